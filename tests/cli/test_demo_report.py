import json
import math
import sys
from pathlib import Path

import pytest

from elman.cli import demo_report
from elman.inspect.grammar import Comparison, Slip, Span
from elman.inspect.horizon import Horizon
from elman.tasks.language.demonstration import EXAMPLE, Expectation, Pupil

SHORT_SLIP = Slip(("cats", "that", "Mary"), 2, "loves", "love", 0.4, 0.25)
LONG_SLIP = Slip(("the",) * 13, 9, "is", "are", 0.9, 0.01)


def make(name: str, steps: int | None, slips: tuple[Slip, ...]) -> Pupil:
    comparison = Comparison(
        0.01, 6.1, 5.6, (Span(1, 900, 0.0, 0.0), Span(2, 34, 0.1, 0.0)), slips, 9
    )
    return Pupil(
        name=name,
        path=Path("runs/my demo") / name,
        comparison=comparison,
        memory_off=14.2,
        horizon=Horizon(steps, steps, steps, 0.01, (0.5, 0.001), (0.0, 0.0), math.log(6.1), 100),
        expectations=tuple(Expectation(w, f, 0.008, 0.21, 0.22) for w, f in EXAMPLE),
        training_s=20.0,
    )


PUPILS = [make("Elman", 4, (SHORT_SLIP, LONG_SLIP)), make("LSTM", None, ())]


def test_layout() -> None:
    lines = demo_report.lines(PUPILS, 47.2)
    assert lines[:9] == [
        "I love cats          before training     after      truth",
        "I      → am          0.8 %              21 %       22 %",
        "love   → cats        0.8 %              21 %       22 %",
        "cats   → .           0.8 %              21 %       22 %",
        "memory off 14.20 · Elman 6.10 · LSTM 6.10 · exact 5.60   perplexity",
        "looks back: Elman 4 words · LSTM more than 2 · the grammar needs 9",
        "Elman gets wrong: cats that Mary … loves 40 %, love 25 %",
        "LSTM agrees with the subject at all 934 verbs of the test text",
        "Elman unfolded, playable, with all figures: runs/my demo/Elman/report.html",
    ]
    assert "47 s" in lines[10]


def test_a_long_sentence_is_shown_only_for_want_of_a_short_one() -> None:
    lines = demo_report.lines([make("Elman", 4, (LONG_SLIP,)), PUPILS[1]], 1.0)
    assert lines[6].startswith("Elman gets wrong: the the the")


def test_json_is_plain() -> None:
    found = json.loads(json.dumps(demo_report.as_json(PUPILS, 47.2)))
    assert found["networks"][0]["slip"]["wrong"] == "loves"
    assert found["networks"][1]["slip"] is None
    assert found["networks"][1]["horizon"] is None


def test_commands_are_as_typed_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def first() -> str:
        return demo_report.lines(PUPILS, 1.0)[-3].strip()

    rest = "next 'runs/my demo/Elman' \"I love cats\""
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert first() == f"elman {rest}"
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.chdir(tmp_path)
    programs = tmp_path / ".venv" / "bin"
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    assert first() == f"{programs / 'python'} -m elman {rest}"
    programs.mkdir(parents=True)
    (programs / "elman").touch()
    assert first() == f".venv/bin/elman {rest}"
