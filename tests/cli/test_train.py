"""`elman train language`: what it prints, what it refuses, and how it goes on."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.conftest import SMALL, TRAINED, Elman

from elman.runs import Run

TINY = (*SMALL, "--epochs", "1")


def test_lines_in_a_pipe(elman: Elman, cats: Path, tmp_path: Path) -> None:
    outcome = elman("train", "language", cats, "--out", tmp_path / "run", *TINY)
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0] == (
        "text        10,795 words to learn from, 1,205 to validate on "
        "(the last 10% of the text, split off)"
    )
    assert lines[1] == "vocabulary  9 words; 0.0 % of the text is unknown"
    assert lines[2].startswith("baseline    5-gram modified Kneser–Ney: perplexity 1.0")
    assert lines[3] == f"network     elman, 16 units, 697 parameters → {tmp_path / 'run'}"
    assert lines[5].split() == ["epoch", "train", "loss", "perplexity", "gradient", "speed", "time"]
    epochs = [words for line in lines[6:] if (words := line.split()) and "%" not in words[0]]
    assert epochs[0][0] == "1"  # a slow machine says before it how far the epoch is, in per cent
    assert "All epochs are done. Kept: the weights of epoch 1." in lines
    suggested = [line for line in lines if line.startswith("  elman ")]
    assert len(suggested) == 3
    assert lines[-1].startswith(f"It learned from {cats}")
    for line in suggested:  # works when pasted
        assert elman(*shlex.split(line)[1:]).code == 0


def test_help_says_what_each_flag_does(elman: Elman) -> None:
    said = " ".join(elman("train", "language", "--help").out.replace("│", " ").split())
    assert "--cell elman|rnn|gru|lstm Kind of cell" in said
    assert "--no-tie-weights Learn an output layer of its own" in said
    assert "Steps through which gradients flow back (--bptt is the same)" in said
    assert "None" not in said


def test_json_lines(elman: Elman, cats: Path, tmp_path: Path) -> None:
    outcome = elman("train", "language", cats, "--out", tmp_path / "run", *TINY, "--json")
    records = [json.loads(line) for line in outcome.out.splitlines()]
    told = [r["event"] for r in records if r["event"] not in ("step", "sample")]
    assert told == ["data", "baseline", "start", "epoch", "stop", "scores"]
    assert records[-1]["scores"][0]["name"] == "perplexity"


def test_dying_gradients_are_told_once(elman: Elman, cats: Path, tmp_path: Path) -> None:
    dying = (*SMALL, "--layers", "3", "--learning-rate", "0.5", "--epochs", "2", "--dropout", "0")
    outcome = elman("train", "language", cats, "--out", tmp_path / "run", *dying)
    assert outcome.code == 0
    (line,) = outcome.err.splitlines()
    assert line.startswith("elman: train: the gradient of layer")
    assert "died away at step" in line
    records = [r for r in Run.open(tmp_path / "run").history() if r["event"] == "warning"]
    assert line == f"elman: train: {records[0]['text']}"
    assert outcome.out.count("died") == 0


def test_the_default_run_is_named_after_the_text(
    elman: Elman, cats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert elman("train", "language", cats, *TINY, "-q").code == 0
    assert (tmp_path / "runs" / "language-cats" / "model.safetensors").is_file()


def test_every_option_reaches_the_config(elman: Elman, cats: Path, tmp_path: Path) -> None:
    outcome = elman(
        *("train", "language", cats, "--out", tmp_path / "run", *TINY, "-q"),
        *("--bptt", 11, "--unit", "character", "--no-tie-weights", "--clip-norm", 0.5),
        *("--embedding-size", 5, "--variational-dropout", "--ngram-order", 2, "--seed", 7),
    )
    assert outcome.code == 0
    config = Run.open(tmp_path / "run").description.config
    assert config["truncation_steps"] == 11
    assert config["tie_weights"] is False
    assert config["variational_dropout"] is True
    assert (config["unit"], config["clip_norm"], config["seed"]) == ("character", 0.5, 7)


def test_a_finished_run_stays_as_it_is(elman: Elman, trained: Path, cats: Path) -> None:
    before = (trained / "model.safetensors").read_bytes()
    again = ("train", "language", cats, "--out", trained, *TRAINED, "--epochs", 4, "-q")
    assert elman(*again).code == 0
    assert (trained / "model.safetensors").read_bytes() == before


def test_other_options_are_refused_with_the_difference(
    elman: Elman, trained: Path, cats: Path
) -> None:
    before = (trained / "model.safetensors").read_bytes()
    outcome = elman("train", "language", cats, "--out", trained, *TRAINED, "--layers", 2)
    assert outcome.code == 1
    assert "option  then  now" in outcome.err
    assert "layers  1     2" in outcome.err
    assert "--overwrite" in outcome.err
    assert (trained / "model.safetensors").read_bytes() == before


def test_more_epochs_go_on(elman: Elman, cats: Path, tmp_path: Path) -> None:
    run = ("train", "language", cats, "--out", tmp_path / "run", *SMALL, "--schedule", "constant")
    assert elman(*run, "--epochs", 1, "-q").code == 0
    outcome = elman(*run, "--epochs", 2)
    assert outcome.code == 0
    assert "going on    at epoch 2, step 155" in outcome.out
    epochs = [r["epoch"] for r in Run.open(tmp_path / "run").history() if r["event"] == "epoch"]
    assert epochs == [1, 2]


def test_overwrite_starts_anew(elman: Elman, cats: Path, tmp_path: Path) -> None:
    run = ("train", "language", cats, "--out", tmp_path / "run", *TINY, "-q")
    assert elman(*run).code == 0
    assert elman(*run, "--layers", 2, "--overwrite").code == 0
    assert Run.open(tmp_path / "run").description.config["layers"] == 2


LONG = ("--cell", "gru", "--hidden-size", "24", "--threads", "1", "--epochs", "2")


def start(text: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "elman", "train", "language", str(text), "--out", str(out)]
    return subprocess.Popen(
        [*command, *LONG],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def wait_for_history(process: subprocess.Popen[str], out: Path, lines: int) -> None:
    """Wait until so many records are written."""
    history = out / "history.jsonl"
    while not history.is_file() or len(history.read_bytes().splitlines()) < lines:
        assert process.poll() is None
        time.sleep(0.02)


@pytest.fixture(scope="module")
def uninterrupted(elman: Elman, cats: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that others must end like."""
    out = tmp_path_factory.mktemp("whole") / "run"
    done = elman("train", "language", cats, "--out", out, *LONG)
    assert (done.code, done.err) == (0, "")
    return out


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_ends_with_the_same_bits(
    number: signal.Signals, uninterrupted: Path, elman: Elman, cats: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    process = start(cats, out)
    wait_for_history(process, out, 60)  # in the second epoch
    process.send_signal(number)
    _, said = process.communicate()
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert f"Saved in {out}; the same command goes on from there." in said
        assert "Traceback" not in said
    else:
        assert process.returncode == -signal.SIGKILL
    again = elman("train", "language", cats, "--out", out, *LONG)
    assert (again.code, again.err) == (0, "")
    assert "going on" in again.out
    for name in ("model.safetensors", "probe.safetensors", "tokenizer.json"):
        assert (out / name).read_bytes() == (uninterrupted / name).read_bytes(), name


def test_a_text_whose_name_is_not_utf8(
    elman: Elman, cats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = Path(os.fsdecode(b"caf\xe9.txt"))
    text.write_bytes(cats.read_bytes()[:3000])
    monkeypatch.setattr(sys, "argv", ["elman", "train", "language", str(text)])
    assert elman("train", "language", text, *TINY, "-q").code == 0
    assert r"caf\udce9.txt" in Run.open("runs/language-caf_").description.command
