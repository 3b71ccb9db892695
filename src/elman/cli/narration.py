"""What a training tells people: its records (docs/runs.md) turned into lines."""

import shlex
from collections.abc import Callable

from elman.records import Record
from elman.tasks.language.config import LanguageConfig
from elman.wording import figure, percent

__all__ = ["Narrator", "duration", "progress"]

COLUMNS = (("epoch", 5), ("train loss", 10), ("perplexity", 10), ("gradient", 8), ("speed", 16))
HEADER = [title for title, _ in COLUMNS]
REASONS = {
    "all epochs": "All epochs are done.",
    "no improvement": "Stopped early: the validation text gained nothing more.",
    "paused": "Paused.",
}
TIMES = (("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60), ("min", 60, "s", 1))


def duration(seconds: float) -> str:
    """A time for people.

    >>> duration(8.4), duration(125), duration(4000), duration(200_000)
    ('8 s', '2 min 5 s', '1 h 6 min', '2 d 7 h')
    """
    for large, large_s, small, small_s in TIMES:
        if seconds >= large_s:
            whole, rest_s = divmod(seconds, large_s)
            return f"{whole:.0f} {large} {rest_s // small_s:.0f} {small}"
    return f"{seconds:.0f} s"


def progress(record: Record, unit: str) -> str:
    """Where training stands, on one line, for a record of the event "progress"."""
    return (
        f"loss {record['loss']:.3f} · gradient norm {record['gradient_norm']:.2f} · "
        f"{record['items_per_s']:,.0f} {unit}s/s · {duration(record['left_s'])} left"
    )


class Narrator:
    """Turns records into lines, and remembers what later lines need.

    Args:
        config: the options of the run.
        place: the run folder, as people would type it.
        text: what to score it on, as people would type it.
    """

    def __init__(self, config: LanguageConfig, place: str, text: str) -> None:
        self._config, self._place, self._text = config, place, text
        self._example = ""
        self._tellers: dict[str, Callable[[Record], list[str]]] = {
            "data": self._data,
            "baseline": self._baseline,
            "start": self._start,
            "epoch": self._epoch,
            "stop": self._stop,
            "scores": self._scores,
        }

    def lines(self, record: Record) -> list[str]:
        """The lines that a record is worth; none for most."""
        teller = self._tellers.get(record["event"])
        return teller(record) if teller else []

    def _data(self, record: Record) -> list[str]:
        self._example = record["example"]
        unit = self._config.unit
        return [
            f"text        {record['tokens']:,} {unit}s to learn from, "
            f"{record['validation_tokens']:,} to validate on ({record['validation']})",
            f"vocabulary  {record['vocabulary']:,} {unit}s; "
            f"{percent(record['unknown'])} of the text is unknown",
        ]

    def _baseline(self, record: Record) -> list[str]:
        return [f"baseline    {record['name']}: perplexity {figure(record['perplexity'])}"]

    def _start(self, record: Record) -> list[str]:
        config = self._config
        layers = f"{config.layers} × " if config.layers > 1 else ""
        network = (
            f"network     {config.cell}, {layers}{config.hidden_size:,} units, "
            f"{record['parameters']:,} parameters → {self._place}"
        )
        table = ["", f"{_row(*HEADER)}   time"]
        if not record.get("resumed"):
            return [network, *table]
        if record["step"] >= record["epochs"] * record["steps_per_epoch"]:
            return [network, "", "This run is finished; more --epochs would go on with it."]
        where = f"epoch {record['epoch']}, step {record['step']:,}"
        return [network, f"going on    at {where}", *table]

    def _epoch(self, record: Record) -> list[str]:
        row = _row(
            f"{record['epoch']}",
            f"{record['loss']:.3f}",
            figure(record["validation"]),
            f"{record['gradient_norm']:.2f}",
            f"{record['items_per_s']:,.0f} {self._config.unit}s/s",
        )
        remark = "" if record["best"] else "   no gain"
        return [f"{row}   {duration(record['training_s'])}{remark}"]

    def _stop(self, record: Record) -> list[str]:
        if record["reason"] != "paused" and not record["best_epoch"]:
            return []  # nothing is worth keeping; the error that follows says why
        best = (
            f" Kept: the weights of epoch {record['best_epoch']}." if record["best_epoch"] else ""
        )
        return ["", REASONS[record["reason"]] + best]

    def _scores(self, record: Record) -> list[str]:
        perplexity = record["scores"][0]
        beside = (
            f" ({perplexity['baseline_name']}: {figure(perplexity['baseline'])})"
            if perplexity["baseline"] is not None
            else ""
        )
        return [
            f"Perplexity {figure(perplexity['value'])} on the validation text, read in one go"
            f"{beside}.",
            "",
            "Next, for example:",
            f"  elman next {self._place} {shlex.quote(self._example)}",
            f"  elman generate {self._place}",
            f"  elman evaluate {self._place} {self._text} --memory off",
        ]


def _row(*cells: str) -> str:
    """One line of the table of epochs."""
    widths = [width for _, width in COLUMNS]
    return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
