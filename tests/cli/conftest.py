"""Runs that several tests of the command line look at, made once."""

import contextlib
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from elman.cli.main import main

SMALL = ("--cell", "elman", "--hidden-size", "16", "--threads", "1")
TRAINED = (*SMALL, "--learning-rate", "0.02", "--dropout", "0")
QUICK = (*SMALL, "--epochs", "1", "-q")


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Elman = Callable[..., Outcome]


def run(*words: object) -> Outcome:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(word) for word in words])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Outcome(code, out.getvalue(), err.getvalue())


def check(outcome: Outcome, code: int, *said: str) -> None:
    """One message, without a traceback, and nothing on standard output."""
    assert outcome.code == code, outcome
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    for part in said:
        assert part in outcome.err


@pytest.fixture(scope="session")
def elman() -> Elman:
    """The `elman` command."""
    return run


@pytest.fixture(scope="session")
def cats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small text."""
    path = tmp_path_factory.mktemp("text") / "cats.txt"
    path.write_text("I love cats .\nI have you .\nyou love this .\n" * 800)
    return path


@pytest.fixture(scope="session")
def trained(cats: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run; not to be written to."""
    path = tmp_path_factory.mktemp("trained") / "cats"
    outcome = run("train", "language", cats, "--out", path, *TRAINED, "--epochs", 4, "-q")
    assert outcome == Outcome(0, "", "")
    return path


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    """A run that a test may spoil."""
    return Path(shutil.copytree(trained, tmp_path / "copy"))
