"""`elman train classification`, `evaluate`, `predict` and `inspect` on its runs."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Elman, check
from tests.tasks.classification.conftest import series, texts

OPTIONS = ("--hidden-size", "16", "--threads", "1", "--learning-rate", "0.02", "--epochs", "8")


@pytest.fixture(scope="module")
def signs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file of series."""
    path = tmp_path_factory.mktemp("signs") / "signs.ts"
    path.write_text(series(100))
    return path


@pytest.fixture(scope="module")
def classifier(elman: Elman, signs: Path) -> Path:
    """A finished run; not to be written to."""
    run = signs.parent / "run"
    words = ("train", "classification", signs, "--out", run, *OPTIONS, "--pooling", "last")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["elman", *map(str, words)])
        outcome = elman(*words)
    assert (outcome.code, outcome.err) == (0, "")
    (signs.parent / "printed").write_text(outcome.out)
    return run


def test_training_tells_what_it_found_and_what_to_type_next(classifier: Path) -> None:
    printed = (classifier.parent / "printed").read_text()
    assert "series to learn from" in printed and "a tenth of every class" in printed
    assert "length      3 to 9 samples; 2 numbers a step" in printed
    assert "classes     2: down, up" in printed
    assert "Accuracy 100.00 % on the validation data" in printed
    assert f"elman predict {classifier}" in printed and "--memory off" in printed


def test_evaluate_prints_the_confusion_and_how_early_it_is_right(
    elman: Elman, classifier: Path, signs: Path
) -> None:
    found = json.loads(elman("evaluate", classifier, signs, "--json").out)
    assert found["task"] == "classification"
    assert [score["name"] for score in found["scores"]] == [
        "accuracy",
        "macro F1",
        "calibration error",
    ]
    assert [each["kind"] for each in found["details"]] == ["confusion", "early_accuracy"]
    shown = elman("evaluate", classifier, signs, "--memory", "off").out
    assert "state wiped before each sample" in shown and "as down" in shown


def test_predict_prints_a_line_for_each_example(
    elman: Elman, classifier: Path, signs: Path
) -> None:
    head, *lines = elman("predict", classifier, signs).out.splitlines()
    assert head.split("\t") == ["example", "class", "probability"] and len(lines) == 100
    (first, *_) = elman("predict", classifier, signs, "--json", "--probabilities").out.splitlines()
    found = json.loads(first)
    assert found["example"] == 1 and set(found["probabilities"]) == {"down", "up"}
    assert found["probability"] == max(found["probabilities"].values())
    head = elman("predict", classifier, signs, "--probabilities").out.partition("\n")[0]
    assert head.endswith("p(down)\tp(up)")


def test_series_of_a_table_are_answered_by_name(
    elman: Elman, classifier: Path, tmp_path: Path
) -> None:
    table = tmp_path / "walks.csv"
    table.write_text("series,a,b\nw7,2,0\nw7,0,0\nx,-2,0\n")
    _, *lines = elman("predict", classifier, table).out.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["w7", "up"], ["x", "down"]]
    _, *lines = elman("predict", classifier, table, "--every-step").out.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["w7", "1"], ["w7", "2"], ["x", "1"]]
    table.write_text('series,a,b\n"w\t7\nx",2,0\n')
    _, *lines = elman("predict", classifier, table).out.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["w\\t7\\nx", "up"]]


def test_predict_answers_after_every_step(
    elman: Elman, classifier: Path, signs: Path, tmp_path: Path
) -> None:
    unlabelled = tmp_path / "one.ts"
    unlabelled.write_text("@classLabel false\n@data\n2,0,0:0,0,0\n")
    _, *lines = elman("predict", classifier, unlabelled, "--every-step").out.splitlines()
    assert [line.split("\t")[:3] for line in lines] == [["1", str(n), "up"] for n in (1, 2, 3)]
    run = tmp_path / "both"
    words = ("train", "classification", signs, "--out", run, *OPTIONS[:-1], "1", "-q")
    assert elman(*words, "--bidirectional").code == 0
    check(elman("predict", run, unlabelled, "--every-step"), 2, "must be False for an answer")


def test_texts_are_judged_from_standard_input(
    elman: Elman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, run = tmp_path / "sayings.csv", tmp_path / "run"
    file.write_text(texts(60))
    assert elman("train", "classification", file, "--out", run, *OPTIONS, "-q").code == 0
    given = io.TextIOWrapper(io.BytesIO(b"I love my cats\n\nI lost the dogs\n"))
    monkeypatch.setattr("sys.stdin", given)
    _, *lines = elman("predict", run).out.splitlines()
    assert [line.split("\t")[1] for line in lines] == ["joy", "woe"]
    (tmp_path / "plain.txt").write_text("I love my cats\n\nI lost the dogs\n")
    assert elman("predict", run, tmp_path / "plain.txt").out.splitlines()[1:] == lines
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"I love\ncaf\xe9\n")))
    said = "`standard input` must be UTF-8 text, got byte 0xe9 in line 2, column 4"
    outcome = elman("predict", run)
    assert outcome.code == 1 and said in outcome.err
    assert len(outcome.out.splitlines()) == 2  # what came before the fault was answered
    command = [sys.executable, "-m", "elman", "predict", str(run), "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1) as process:
        assert process.stdin is not None and process.stdout is not None
        for number, text in enumerate(("I love my cats", "I lost the dogs"), 1):
            process.stdin.write(f"{text}\n")  # the next one is not there yet
            assert json.loads(process.stdout.readline())["example"] == number
        process.stdin.close()
    assert process.returncode == 0


def test_inspect_speaks_of_samples(elman: Elman, classifier: Path) -> None:
    outcome = elman("inspect", classifier)
    assert outcome.code == 0, outcome
    assert "sample" in outcome.out


def test_options_are_named_as_flags(elman: Elman, signs: Path, tmp_path: Path) -> None:
    words = ("train", "classification", signs, "--out", tmp_path / "run")
    check(elman(*words, "--pooling", "lats"), 2, "`--pooling` must be one of", "'last'?")
    check(elman(*words, "--value-columns", "x", "--noise", "-1"), 2, "`--noise` must be at least")
    check(elman("train", "classification", "brown"), 1, "must be a data set for classification")
