"""Which run is meant: by name, else the latest; and never a text that lies beside it."""

from pathlib import Path

import pytest

from elman.cli.runs import choose_run
from elman.errors import CheckpointError, ConfigError
from elman.runs import Description, Run


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder runs/, where commands are given, with one run, "mine"."""
    monkeypatch.chdir(tmp_path)
    with Run.begin("runs/mine", Description(task="language", config={})) as run:
        run.write_tensors("model.safetensors", {})
    return Path("runs")


def test_a_run_named_first_is_the_run(runs: Path) -> None:
    assert choose_run(("runs/mine", "cats.txt")) == (runs / "mine", ("cats.txt",))


def test_without_one_it_is_the_latest(runs: Path) -> None:
    for words in ((), ("I love cats",), ("I", "love"), ("",), ("x" * 10_000, "y\0")):
        assert choose_run(words) == (runs / "mine", words)


def test_a_missing_run_under_runs_is_meant_but_a_file_there_is_not(runs: Path) -> None:
    (runs / "cats.txt").write_text("I love cats")
    assert choose_run(("runs/yours",))[0] == runs / "yours"
    assert choose_run(("runs/cats.txt",)) == (runs / "mine", ("runs/cats.txt",))


def test_the_wrong_order_is_named(runs: Path) -> None:
    with pytest.raises(ConfigError, match=r"`RUN` must come first, got 'runs/mine' after 'c.txt'"):
        choose_run(("c.txt", "runs/mine"))


def test_a_command_of_one_task_takes_the_latest_run_of_it(runs: Path) -> None:
    with Run.begin("runs/tags", Description(task="tagging", config={})) as run:
        run.write_tensors("model.safetensors", {})
    assert choose_run(())[0] == runs / "tags"
    assert choose_run((), "language")[0] == runs / "mine"
    with pytest.raises(CheckpointError, match="must hold a run of the task 'classification', got"):
        choose_run((), "classification")


def test_what_was_looked_for_is_named_where_there_is_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError, match=r"'nosuch' is no run folder.* runs: it must hold"):
        choose_run(("nosuch",))
    with pytest.raises(CheckpointError, match=r"\Aruns: it must hold a run"):
        choose_run(())
