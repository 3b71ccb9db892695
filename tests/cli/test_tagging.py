"""`elman train tagging`, `evaluate`, `predict` and `inspect` on its runs."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tests.cli.conftest import Elman, check

TEXT = "I/PRON saw/VERB her/PRON duck/VERB\nI/PRON saw/VERB the/DET duck/NOUN\n" * 60
TINY = ("--hidden-size", "12", "--character-hidden-size", "6", "--threads", "1")
OPTIONS = (*TINY, "--learning-rate", "0.02", "--dropout", "0.1", "--epochs", "4")


@pytest.fixture(scope="session")
def ducks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small tagged text."""
    path = tmp_path_factory.mktemp("ducks") / "ducks.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="session")
def tagger(elman: Elman, ducks: Path) -> Path:
    """A finished run; not to be written to."""
    run = ducks.parent / "run"
    outcome = elman("train", "tagging", ducks, "--out", run, *OPTIONS)
    assert (outcome.code, outcome.err) == (0, "")
    (ducks.parent / "printed").write_text(outcome.out)
    return run


def test_training_tells_what_it_found_and_what_to_type_next(tagger: Path) -> None:
    printed = (tagger.parent / "printed").read_text()
    assert "432 words in 108 sentences to learn from, 48 words to validate on (the last 10%" in (
        printed
    )
    assert "tags        4" in printed and "baseline    trigram HMM: 0.000 % wrong" in printed
    assert "epoch  train loss     wrong %" in printed
    assert "Accuracy 100.00 % on the validation text" in printed
    assert f"elman predict {tagger}" in printed and "--memory off" in printed


def test_evaluate_prints_every_baseline(elman: Elman, tagger: Path, ducks: Path) -> None:
    found = json.loads(elman("evaluate", tagger, ducks, "--json").out)
    assert found["task"] == "tagging"
    first = found["scores"][0]
    assert (first["name"], first["value"], first["unit"]) == ("accuracy", 100, "%")
    shown = elman("evaluate", tagger, ducks, "--memory", "off").out
    assert "state wiped before each word" in shown
    heads = shown.splitlines()[2]
    for name in ("memory off", "memory on", first["baseline_name"], *first["others"]):
        assert name in heads


def test_predict_fills_in_a_file(elman: Elman, tagger: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("I saw her duck\nthe duck\n")
    outcome = elman("predict", tagger, text)
    assert outcome.out == "I/PRON saw/VERB her/PRON duck/VERB\nthe/DET duck/NOUN\n"
    assert ":0." in elman("predict", tagger, text, "--probabilities").out


def test_predict_prints_an_object_a_sentence(elman: Elman, tagger: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("I saw her duck\nthe d\u00fcck\n")
    first, second = elman("predict", tagger, text, "--json").out.splitlines()
    assert json.loads(first) == {
        "words": ["I", "saw", "her", "duck"],
        "tags": ["PRON", "VERB", "PRON", "VERB"],
    }
    assert "d\u00fcck" in second
    sure = elman("predict", tagger, text, "--json", "--probabilities").out.splitlines()[0]
    assert all(0 < p <= 1 for p in json.loads(sure)["probabilities"])


def test_predict_reads_standard_input(
    elman: Elman, tagger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Input:
        buffer = io.BufferedReader(io.BytesIO(b"I\nsaw\n\n"))  # type: ignore[arg-type]

    monkeypatch.setattr(sys, "stdin", Input())
    assert elman("predict", tagger).out == "I\tPRON\nsaw\tVERB\n\n"
    monkeypatch.setattr(sys, "stdin", None)
    check(elman("predict", tagger), 2, "must be named where standard input is closed")


@pytest.fixture(scope="module")
def forward(elman: Elman, ducks: Path) -> Path:
    """A run in one direction."""
    run = ducks.parent / "forward"
    assert elman("train", "tagging", ducks, "--out", run, *OPTIONS, "--no-bidirectional").code == 0
    return run


def test_each_word_is_answered_before_the_next_one_is_there(forward: Path) -> None:
    command = [sys.executable, "-m", "elman", "predict", str(forward), "--every-step"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1) as process:
        assert process.stdin is not None and process.stdout is not None
        for said in ("I PRON", "saw VERB", "her PRON", "duck VERB", "", "the DET", "duck NOUN"):
            process.stdin.write(f"{said.partition(' ')[0]}\n")
            assert process.stdout.readline() == said.replace(" ", "\t") + "\n"
        process.stdin.close()
    assert process.returncode == 0


def test_both_directions_cannot_answer_word_by_word(
    elman: Elman, tagger: Path, ducks: Path
) -> None:
    refused = elman("predict", tagger, ducks, "--every-step")
    check(refused, 2, "`bidirectional` must be False", "--no-bidirectional")


def test_what_cannot_be_filled_in_is_said(
    elman: Elman, trained: Path, tagger: Path, cats: Path
) -> None:
    check(elman("predict", trained, cats), 2, "must be a model that gives answers", "elman next")
    check(elman("predict", tagger, "no.txt"), 1, "`no.txt` must be a file that can be read")
    check(elman("predict", tagger, "a", "b"), 2, "`FILE` must be one, got 2")
    check(elman("next", tagger, "I"), 1, "`task` must be 'language', got a run of 'tagging'")


def test_faults_name_flags_and_lines(elman: Elman, tmp_path: Path) -> None:
    check(elman("train", "tagging"), 2, "elman train tagging: `DATA` must name")
    file = tmp_path / "x.txt"
    file.write_text("I/PRON saw\n")
    check(elman("train", "tagging", file), 1, f"line 1 of `{file}` must have a tag")
    wrong = elman("train", "tagging", file, "--head", "crv")
    check(wrong, 2, "elman train tagging: `--head` must be one of 'crf', 'softmax'; got 'crv'")
    check(elman("train", "taging", file), 2, "Did you mean 'tagging'?")


def test_inspect_speaks_of_words(elman: Elman, tagger: Path, ducks: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    outcome = elman("inspect", tagger, ducks, "--json", "--out", report)
    assert outcome.code == 0, outcome.err
    assert "word" in report.read_text()
    found = json.loads(outcome.out)
    assert found["results"]["memory_horizon"]["unit"] == "word"


def test_killed_in_mid_training_it_goes_on_to_the_same_bits(
    elman: Elman, ducks: Path, tmp_path: Path
) -> None:
    words = ["train", "tagging", ducks, *TINY, "--epochs", "4", "--out"]
    command = [sys.executable, "-m", "elman", *map(str, words), str(tmp_path / "cut"), "-q"]
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})
    while not (tmp_path / "cut" / "resume.safetensors").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for name in ("cut", "whole"):
        assert elman(*words, tmp_path / name, "-q").code == 0
    ours, theirs = (load_file(tmp_path / name / "model.safetensors") for name in ("cut", "whole"))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
