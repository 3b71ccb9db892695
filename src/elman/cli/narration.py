"""What a training tells people: its records (docs/runs.md) turned into lines."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from elman.fields import StackFields
from elman.records import Record
from elman.wording import figure

__all__ = ["Narrator", "duration", "progress"]

REASONS = {
    "all epochs": "All epochs are done.",
    "no improvement": "Stopped early: the validation data gained nothing more.",
    "paused": "Paused.",
}
TIMES = (("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60), ("min", 60, "s", 1))
WIDTHS = (5, 10, 10, 8, 16)


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


class Narrator(ABC):
    """Turns records into lines, and remembers what later lines need; a task says what is its own.

    Args:
        config: the network's options.
        place: the run folder, as people would type it.
        unit: what speed counts, in the singular.
        validated: the validation figure, as it stands above its column.
        members: how many networks learn side by side.
    """

    def __init__(
        self, config: StackFields, place: str, unit: str, validated: str, members: int = 1
    ) -> None:
        self.config, self.place, self.unit, self._members = config, place, unit, members
        self._header = ("epoch", "train loss", validated, "gradient", "speed")
        self._tellers: dict[str, Callable[[Record], list[str]]] = {
            "data": self.data,
            "baseline": self.baseline,
            "start": self._start,
            "epoch": self._epoch,
            "stop": self._stop,
            "scores": self.scores,
        }

    @abstractmethod
    def data(self, record: Record) -> list[str]:
        """What was found in the data."""

    @abstractmethod
    def baseline(self, record: Record) -> list[str]:
        """What a baseline is worth."""

    @abstractmethod
    def scores(self, record: Record) -> list[str]:
        """What the model is worth, and what to type next."""

    def lines(self, record: Record) -> list[str]:
        """The lines that a record is worth; none for most."""
        teller = self._tellers.get(record["event"])
        return teller(record) if teller else []

    def _start(self, record: Record) -> list[str]:
        config = self.config
        layers = f"{config.layers} × " if config.layers > 1 else ""
        members = f"{self._members} members, " if self._members > 1 else ""
        network = (
            f"network     {config.cell}, {layers}{config.hidden_size:,} units, {members}"
            f"{record['parameters']:,} parameters → {self.place}"
        )
        table = ["", f"{_row(*self._header)}   time"]
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
            f"{record['items_per_s']:,.0f} {self.unit}s/s",
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


def _row(*cells: str) -> str:
    """One line of the table of epochs."""
    return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
