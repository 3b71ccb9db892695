"""The lab ends while a network learns, in good order or not: the next lab goes on with it."""

import json
import os
import signal
import urllib.request

import pytest
from tests.lab.conftest import Served, start, visit

import elman
from elman.data.datasets.elman_sentences import generate

TEXT = "\n".join(generate(400, seed=3)).encode()
OPTIONS = {"cell": "elman", "hidden_size": 12, "epochs": 8, "dropout": 0.0}

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A run to show, without which starters would learn beside the visitor's network."""
    folder = tmp_path_factory.mktemp("shown")
    (folder / "text.txt").write_bytes(TEXT)
    model = elman.LanguageModel(cell="elman", hidden_size=4, epochs=1, ngram_order=0)
    model.fit(folder / "text.txt", out=folder / "run")
    return folder / "run"


def opened(lab):
    """The address that a lab printed."""
    return lab.stdout.readline().removeprefix("Elman lab: ").strip().rstrip("/")


def until(talk, holds):
    """Hear of the visitor's one training until what is told of it fulfils `holds`."""
    told = talk.wait_news("trainings", lambda body: holds(body["trainings"][0]))
    return told["trainings"][0]


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGINT])
def test_a_training_outlives_its_lab(tmp_path, shown, signal_):
    first = start(tmp_path, str(shown), "--port", "0")
    url = opened(first)
    with visit(url) as talk:
        talk.wait_news("lab", lambda body: body["awake"])
        with urllib.request.urlopen(f"{url}/texts", TEXT) as answer:
            sent = json.load(answer)["text"]
        begun = talk.ask("train.begin", text=sent, name="cats", options=OPTIONS)["id"]
        before = until(talk, lambda told: told["model"] and told["now"].get("step"))
        first.send_signal(signal_)
    first.communicate()
    assert first.returncode == (0 if signal_ == signal.SIGINT else -signal_)

    second = Served(shown, tmp_path / "runs")
    try:
        with second.visit() as talk:
            found = until(talk, lambda told: True)
            assert (found["id"], found["state"]) == (begun, "paused")
            talk.ask("train.resume", id=begun)
            ended = until(talk, lambda told: told["state"] in ("finished", "failed"))
            assert (ended["state"], ended["message"]) == ("finished", "")
            talk.begin("train.watch", id=begun)
            while not talk.parts:
                part = talk.hear().get("part")
                talk.parts += [part] if part else []
            steps = [point[0] for point in talk.parts[0]["points"]]
            assert steps == sorted(set(steps))
            assert steps[-1] == ended["now"]["steps"] > before["now"]["step"]
            assert len(talk.parts[0]["validations"]) == OPTIONS["epochs"]
    finally:
        second.close()
