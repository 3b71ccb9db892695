"""Showing two networks while they learn: a line for each sample, and a bar on a terminal."""

from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from elman.cli.narration import duration
from elman.perplexity import perplexity
from elman.records import Record
from elman.wording import figure

__all__ = ["DemoView"]


class DemoView:
    """Prints a line for each sample, with how far training is; on a terminal, a bar moves below.

    Args:
        console: where to print.
        name: the network's name.
        units: of its memory.
    """

    def __init__(self, console: Console, name: str, units: int) -> None:
        self._console, self._name, self._units = console, name, units
        self._live = Live(console=console, transient=True, refresh_per_second=8)
        self._progress: Record = {}

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def __call__(self, record: Record) -> None:
        """Show a record, if it is worth it."""
        match record["event"]:
            case "stage":
                self._live.update(Spinner("dots", Text(f" {record['text']} …")))
            case "start":
                self._print(
                    f"{self._name} network: {self._units} units, {record['parameters']:,} weights"
                )
            case "progress":
                self._progress = record
                self._live.update(self._bar())
            case "sample" if self._progress:
                share = record["step"] / self._progress["steps"]
                reached = figure(perplexity(self._progress["loss"]))
                self._print(f"  {share * 100:3.0f} %  perplexity {reached}  {record['text']}")

    def _print(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)

    def _bar(self) -> Table:
        """Where training stands."""
        now = self._progress
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            f"  {self._name}",
            ProgressBar(total=now["steps"], completed=now["step"], width=24),
            Text(f"{now['items_per_s']:,.0f} words/s · {duration(now['left_s'])} left"),
        )
        return bar
