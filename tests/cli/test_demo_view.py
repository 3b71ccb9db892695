import io

import pytest
from rich.console import Console

from elman.cli.demo_view import DemoView

RECORDS = [
    {"event": "stage", "text": "choosing a vocabulary"},
    {"event": "start", "parameters": 29848},
    {"event": "sample", "step": 1, "text": "too early: nothing is known of the loss yet"},
    {"event": "progress", "step": 30, "steps": 120, "loss": 1.5, "items_per_s": 9e4, "left_s": 8},
    {"event": "sample", "step": 60, "text": "cats love dogs ."},
    {"event": "epoch", "loss": 1.4},
]


def show(terminal: bool) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=100, highlight=False)
    with DemoView(console, "Elman", 100) as view:
        for record in RECORDS:
            view(record)
    return file.getvalue()


def test_in_a_pipe_a_line_for_each_sample() -> None:
    assert show(terminal=False).splitlines() == [
        "Elman network: 100 units, 29,848 weights",
        "   50 %  perplexity 4.482  cats love dogs .",
    ]


def test_on_a_terminal_a_bar_besides() -> None:
    shown = show(terminal=True)
    assert "   50 %  perplexity 4.482  cats love dogs ." in shown
    assert "\x1b[" in shown
    assert "90,000 words/s · 8 s left" in shown


def test_the_bar_moves_in_its_place() -> None:
    """Each refresh goes back to the line's beginning instead of opening another."""
    file = io.StringIO()
    with DemoView(Console(file=file, force_terminal=True, width=100), "Elman", 100) as view:
        for step in range(1, 50):
            view({**RECORDS[3], "step": step})
            view._live.refresh()
    assert file.getvalue().count("\n") < 5


def test_an_error_passes_through_and_the_terminal_is_given_back() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True)
    with pytest.raises(KeyError), DemoView(console, "Elman", 100):
        raise KeyError
    assert "\x1b[?25h" in file.getvalue()  # the cursor is shown again
