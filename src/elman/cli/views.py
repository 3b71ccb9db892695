"""Showing a training while it runs: a live bar, plain lines, JSON, or nothing."""

import json
import time
from typing import Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from elman.cli.narration import Narrator, progress
from elman.records import Record
from elman.runs.history import strict
from elman.wording import visible

__all__ = ["JsonView", "LiveView", "PlainView", "QuietView", "View"]

PLAIN_EVERY_S = 15.0


class View(Protocol):
    """Shows records as they come, between entering and leaving."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, *error: object) -> None:
        """End."""
        ...

    def __call__(self, record: Record) -> None:
        """Show a record, if it is worth it."""
        ...


class QuietView:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __call__(self, record: Record) -> None:
        """Nothing to show."""


class JsonView:
    """Prints every record but glimpses of progress as a line of JSON."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __call__(self, record: Record) -> None:
        """Print the record."""
        if record["event"] not in ("stage", "progress", "checkpoint"):
            print(json.dumps(strict(record), ensure_ascii=False), flush=True)


class PlainView:
    """Prints lines, as for a pipe or a log: what is worth a line, and progress now and then.

    Args:
        narrator: turns records into lines.
    """

    def __init__(self, narrator: Narrator) -> None:
        self._narrator = narrator
        self._told_s = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __call__(self, record: Record) -> None:
        """Print what the record is worth."""
        for line in self._narrator.lines(record):
            print(line, flush=True)
        if record["event"] == "progress" and time.monotonic() - self._told_s >= PLAIN_EVERY_S:
            self._told_s = time.monotonic()
            share = record["step"] / record["steps"]
            print(f"       {share:4.0%}  {progress(record, self._narrator.unit)}", flush=True)


class LiveView:
    """Prints lines above a bar that moves, with the last sample below it.

    Args:
        narrator: turns records into lines.
        console: the terminal.
    """

    def __init__(self, narrator: Narrator, console: Console) -> None:
        self._narrator = narrator
        self._live = Live(console=console, transient=True, refresh_per_second=8)
        self._sample = ""

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def __call__(self, record: Record) -> None:
        """Print what the record is worth, and move the bar."""
        for line in self._narrator.lines(record):
            self._live.console.print(Text(line))
        if record["event"] == "stage":
            self._live.update(Spinner("dots", Text(f" {record['text']} …")))
        elif record["event"] == "sample":
            self._sample = visible(record["text"])
        elif record["event"] == "progress":
            self._live.update(self._bar(record))
        elif record["event"] == "stop":
            self._live.update(Text())

    def _bar(self, record: Record) -> RenderableType:
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            f"epoch {record['epoch']}/{record['epochs']}",
            ProgressBar(total=record["steps"], completed=record["step"], width=20),
            Text(progress(record, self._narrator.unit)),
        )
        sample = Text(f"  {self._sample}", style="italic", no_wrap=True, overflow="ellipsis")
        return Group(bar, sample)
