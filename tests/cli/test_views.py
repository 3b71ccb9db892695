"""What people see while a network learns."""

import io
import json

import pytest
from rich.console import Console

from elman.cli import views
from elman.cli.language_narration import LanguageNarrator
from elman.cli.narration import Narrator
from elman.cli.views import JsonView, LiveView, PlainView, QuietView
from elman.tasks.language.config import LanguageConfig

PROGRESS = {
    "event": "progress",
    "epoch": 2,
    "epochs": 10,
    "step": 150,
    "steps": 1000,
    "loss": 3.25,
    "gradient_norm": 0.5,
    "items_per_s": 12345.0,
    "left_s": 125.0,
}
EPOCH = {
    "event": "epoch",
    "epoch": 1,
    "loss": 4.5,
    "validation": 98.21,
    "gradient_norm": 0.25,
    "items_per_s": 12345.0,
    "training_s": 65.0,
    "best": True,
}


def narrator() -> Narrator:
    return LanguageNarrator(LanguageConfig(layers=2), "runs/mine", "corpus.txt")


def test_live_view_draws_a_bar_and_a_sample() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=100, color_system=None)
    with LiveView(narrator(), console) as view:
        view({"event": "stage", "text": "counting n-grams"})
        view._live.refresh()
        view({"event": "sample", "text": "I love cats [bold] . \x1b[31m"})
        view(PROGRESS)
        view._live.refresh()
        view(EPOCH)
    shown = file.getvalue()
    assert "counting n-grams …" in shown
    assert "epoch 2/10" in shown
    assert "loss 3.250 · gradient norm 0.50 · 12,345 words/s · 2 min 5 s left" in shown
    assert r"I love cats [bold] . \x1b[31m" in shown  # not obeyed
    assert "    1       4.500       98.21      0.25    12,345 words/s   1 min 5 s" in shown


def test_plain_view_tells_of_progress_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with PlainView(narrator()) as view:
        view(PROGRESS)
        assert capsys.readouterr().out == ""
        monkeypatch.setattr(views, "PLAIN_EVERY_S", 0.0)
        view(PROGRESS)
    told = capsys.readouterr().out
    assert told == (
        "        15%  loss 3.250 · gradient norm 0.50 · 12,345 words/s · 2 min 5 s left\n"
    )


def test_json_view_prints_records_and_no_glimpses(capsys: pytest.CaptureFixture[str]) -> None:
    with JsonView() as view:
        view(PROGRESS)
        view(EPOCH)
    assert json.loads(capsys.readouterr().out) == EPOCH


def test_json_view_has_null_for_what_is_not_finite(capsys: pytest.CaptureFixture[str]) -> None:
    JsonView()({"event": "epoch", "validation": float("nan"), "norms": {"a": float("inf")}})
    assert json.loads(capsys.readouterr().out) == {
        "event": "epoch",
        "validation": None,
        "norms": {"a": None},
    }


def test_quiet_view_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with QuietView() as view:
        view(EPOCH)
    assert capsys.readouterr().out == ""
