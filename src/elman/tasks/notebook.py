"""A bar in notebooks: what `fit` shows there when nobody else observes."""

import html
import sys
import time
from typing import Any

from elman.records import Observer, Record
from elman.wording import figure

__all__ = ["NotebookBar", "notebook_bar"]

EVERY_S = 0.5


def notebook_bar() -> Observer | None:
    """A new bar if this process serves a notebook, else None."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return NotebookBar() if getattr(shell, "kernel", None) is not None else None


class NotebookBar:
    """An observer that draws a bar, the epochs and the last sample, in place."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._epochs: list[Record] = []
        self._sample = ""
        self._drawn_s = -EVERY_S

    def __call__(self, record: Record) -> None:
        """Take a record in, and draw if it is time."""
        event = record["event"]
        if event == "epoch":
            self._epochs.append(record)
        elif event == "sample":
            self._sample = record["text"]
        elif event == "stop":
            self._draw(1.0, _ending(record))
        elif event == "progress" and time.monotonic() - self._drawn_s >= EVERY_S:
            share = record["step"] / record["steps"]
            self._draw(share, f"loss {record['loss']:.3f}, {record['left_s']:.0f} s left")

    def _draw(self, share: float, says: str) -> None:
        from IPython.display import HTML, display

        self._drawn_s = time.monotonic()
        drawing = HTML(self._html(share, says))
        if self._handle is None:
            self._handle = display(drawing, display_id=True)
        else:
            self._handle.update(drawing)

    def _html(self, share: float, says: str) -> str:
        rows = "".join(
            f"<tr><td>{epoch['epoch']}</td><td>{epoch['loss']:.3f}</td>"
            f"<td>{figure(epoch['validation'], 2)}</td></tr>"
            for epoch in self._epochs
        )
        return (
            f'<progress value="{share:.4f}" max="1"></progress> {html.escape(says)}'
            f"<br><em>{html.escape(self._sample)}</em>"
            "<table><tr><th>epoch</th><th>training loss</th><th>validation</th></tr>"
            f"{rows}</table>"
        )


def _ending(record: Record) -> str:
    """What is said when training stops; an error follows where there is no best epoch."""
    if record["best_epoch"] or record["reason"] == "paused":
        return f"done: {record['reason']}"
    return "no epoch ended with a finite loss on the validation text"
