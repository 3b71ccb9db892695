import sys
import types
from typing import Any

import pytest

from elman.tasks import notebook
from elman.tasks.notebook import NotebookBar, notebook_bar


class Handle:
    def __init__(self, first: str) -> None:
        self.shown = [first]

    def update(self, drawing: str) -> None:
        self.shown.append(drawing)


@pytest.fixture
def handles(monkeypatch: pytest.MonkeyPatch) -> list[Handle]:
    """A stand-in for IPython, which is no dependency; what it was told to display."""
    made: list[Handle] = []

    def display(drawing: str, display_id: bool) -> Handle:
        made.append(Handle(drawing))
        return made[-1]

    shell = types.SimpleNamespace(kernel=object())
    fake: Any = types.ModuleType("IPython")
    fake.get_ipython = lambda: shell
    fake.display = types.ModuleType("IPython.display")
    fake.display.HTML = str
    fake.display.display = display
    monkeypatch.setitem(sys.modules, "IPython", fake)
    monkeypatch.setitem(sys.modules, "IPython.display", fake.display)
    monkeypatch.setattr(notebook, "EVERY_S", 0.0)
    return made


def progress(step: int) -> dict[str, Any]:
    return {"event": "progress", "step": step, "steps": 8, "loss": 1.5, "left_s": 3.0}


def test_draws_in_one_place(handles: list[Handle]) -> None:
    bar = notebook_bar()
    assert bar is not None
    bar(progress(2))
    bar({"event": "sample", "text": "I <b>love</b> cats"})
    bar({"event": "epoch", "epoch": 1, "loss": 1.25, "validation": 3.5})
    bar(progress(4))
    bar({"event": "stop", "reason": "all epochs", "best_epoch": 1})
    (handle,) = handles
    first, second, last = handle.shown
    assert 'value="0.2500"' in first
    assert 'value="0.5000"' in second
    assert "<td>1</td><td>1.250</td><td>3.50</td>" in second
    assert "I &lt;b&gt;love&lt;/b&gt; cats" in second
    assert "done: all epochs" in last


def test_an_end_with_nothing_finite_is_not_called_done(handles: list[Handle]) -> None:
    NotebookBar()({"event": "stop", "reason": "all epochs", "best_epoch": 0})
    (said,) = handles[0].shown
    assert "done" not in said
    assert "no epoch ended with a finite loss" in said


def test_does_not_draw_too_often(handles: list[Handle], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "EVERY_S", 60.0)
    bar = NotebookBar()
    bar(progress(1))
    bar(progress(2))
    assert len(handles[0].shown) == 1


@pytest.mark.parametrize(
    "shell", [None, types.SimpleNamespace(), types.SimpleNamespace(kernel=None)]
)
def test_elsewhere_there_is_none(
    shell: object, handles: list[Handle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: shell)
    assert notebook_bar() is None


def test_without_ipython_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert notebook_bar() is None
