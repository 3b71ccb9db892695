"""The command line's outer layer: verbs, help, exit codes, and what import costs."""

import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import ClassVar

import pytest

from elman.cli import main as command_line
from elman.cli.main import VERBS, Verb, main
from elman.errors import ConfigError, DataError


@dataclass
class Raises:
    """A stand-in for a verb whose work ends in an error."""

    error: ClassVar[BaseException]

    def run(self) -> int:
        raise self.error


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> type[Raises]:
    monkeypatch.setitem(VERBS, "fail", Verb("tests:Raises", "fails"))
    monkeypatch.setattr(command_line, "_command", lambda *_: Raises())
    return Raises


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_overview_names_every_verb(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    said = capsys.readouterr().out
    assert all(name in said and verb.summary in said for name, verb in VERBS.items())


@pytest.mark.parametrize(
    ("word", "meant"), [("trian", "train language"), ("evalaute", "evaluate"), ("nxt", "next")]
)
def test_unknown_verb_gets_a_suggestion(
    word: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word, "corpus.txt"]) == 2
    assert f"got '{word}'. Did you mean '{meant}'?" in capsys.readouterr().err


def test_unknown_task_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "langage", "corpus.txt"]) == 2
    assert "Did you mean 'language'?" in capsys.readouterr().err


def test_unknown_option_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["train", "language", "corpus.txt", "--hiden-size", "3"])
    assert exit_.value.code == 2
    assert "--hidden-size" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("`layers` must be at least 1, got 0."), 2),
        (ConfigError("elman: `RUN` must come first."), 2),
        (DataError("line 3 must be text."), 1),
        (PermissionError(13, "Permission denied", "runs/mine"), 1),
        (KeyboardInterrupt("saved."), 130),
    ],
)
def test_errors_become_one_message_and_a_code(
    raising: type[Raises],
    error: BaseException,
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    raising.error = error
    assert main(["fail"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("elman: ")
    assert "elman: elman" not in said.err
    assert "Traceback" not in said.err


def test_other_errors_are_not_hidden(raising: type[Raises]) -> None:
    raising.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        main(["fail"])


HELP_FOR_ALL = """
import os, sys
from elman.cli.main import VERBS, main
for words in (["--help"], ["train", "--help"], *([*name.split(), "--help"] for name in VERBS)):
    if os.fork():  # each sees what it alone imports
        assert os.wait()[1] == 0, words
        continue
    try:
        main(words)
    except SystemExit as exit_:
        assert exit_.code == 0
    heavy = {"torch", "numpy"} & sys.modules.keys()
    assert not heavy, (words, heavy)
    break
"""


def test_help_needs_no_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELP_FOR_ALL], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_warnings_of_the_library_are_messages(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--version"])
    logging.getLogger("elman.training").warning("the schedule is stretched")
    logging.getLogger("elman.training").info("nobody needs to know")
    assert capsys.readouterr().err == "elman: the schedule is stretched\n"


def test_output_survives_a_terminal_without_unicode() -> None:
    words = [sys.executable, "-m", "elman", "datasets"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"1790?2021" in done.stdout


@pytest.mark.parametrize(("load", "policy"), [(0.5, None), (9.0, "PASSIVE")])
def test_threads_do_not_spin_where_others_need_the_processors(
    load: float, policy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, load, load))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "environ", {})
    main(["--version"])
    assert os.environ.get("OMP_WAIT_POLICY") == policy


def test_who_says_how_threads_wait_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (9.0, 9.0, 9.0))
    monkeypatch.setattr(os, "environ", {"OMP_WAIT_POLICY": "ACTIVE"})
    main(["--version"])
    assert os.environ == {"OMP_WAIT_POLICY": "ACTIVE"}
