"""README and docs: every Python snippet and every command shown is run as a reader would run it.

In a Markdown file, a fenced ``python`` block is run as a doctest where it shows prompts and as a
program where it does not; blocks of one file share their names and a scratch folder, in which the
reader's own text lies as corpus.txt and held-out.txt, and a tagged one as tagged.txt. Lines that
begin with ``$ elman`` in a ``console`` block are run in that folder and must succeed; in this
process, since a new one takes seconds to import torch, and on a built-in text that is shorter.
"""

import doctest
import logging
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.scoreboard import MARKS, scoreboard
from tests.cli.conftest import run

from elman.data.datasets.elman_sentences import generate
from elman.data.datasets.readers import generated

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHORT = {"train": (20_000, 1), "validation": (1_000, 2), "test": (1_000, 3)}
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def blocks(document: Path) -> list[tuple[str, str, int]]:
    """Language, text and line number of each fenced block."""
    text = document.read_text()
    return [(m[1], m[2], text.count("\n", 0, m.start()) + 1) for m in FENCE.finditer(text)]


@pytest.fixture(autouse=True)
def the_log_as_it_was() -> Iterator[None]:
    logger = logging.getLogger("elman")
    level = logger.level
    yield
    logger.setLevel(level)  # a document may have quietened it


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_what_is_shown_runs(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ELMAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(generated, "SENTENCES", SHORT)
    for name, seed in (("corpus.txt", 1), ("held-out.txt", 2)):
        lines = generate(400, seed=seed)
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
    tagged = "I/PRON love/VERB cats/NOUN\nyou/PRON have/VERB this/DET love/NOUN\n" * 60
    (tmp_path / "tagged.txt").write_text(tagged)
    names: dict[str, object] = {"__name__": "__main__"}
    for language, text, line in blocks(document):
        if language == "python" and ">>>" in text:
            run_doctest(text, names, document, line)
        elif language == "python":
            exec(compile(text, f"{document.name}:{line}", "exec"), names)
        elif language == "console":
            for command in re.findall(r"^\$ (elman .*)$", text, re.MULTILINE):
                words = shlex.split(command, comments=True)
                monkeypatch.setattr(sys, "argv", words)  # a run notes how it was begun
                done = run(*words[1:])
                assert done.code == 0, f"{document.name}:{line}: {command}\n{done}"


def run_doctest(text: str, names: dict[str, object], document: Path, line: int) -> None:
    test = doctest.DocTestParser().get_doctest(text, names, document.name, str(document), line)
    messages: list[str] = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    runner.run(test, out=messages.append, clear_globs=False)
    names.update(test.globs)
    assert not runner.failures, "".join(messages)


def test_the_readme_shows_the_scores_of_the_results() -> None:
    readme, results = ((ROOT / name).read_text() for name in ("README.md", "docs/results.md"))
    shown = readme.partition(MARKS[0])[2].partition(MARKS[1])[0].strip()
    assert shown == scoreboard(results), "run benchmarks/scoreboard.py"
    assert len(shown.splitlines()) > 5


def test_the_readme_shows_how_the_demo_ends() -> None:
    readme = (ROOT / "README.md").read_text()
    shown = readme.partition("<!-- demo -->")[2].partition("<!-- /demo -->")[0]
    for part in ("I love cats", "memory off", "looks back:", "gets wrong:", "elman next runs/demo"):
        assert part in shown, "fill it by benchmarks/first_minutes.py"
