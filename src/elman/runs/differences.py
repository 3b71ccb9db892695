"""How the options and data of now differ from those a run was started with."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from elman.runs.description import ADDED_OPTIONS, Description

__all__ = ["FREE_OPTIONS", "GROWING_OPTIONS", "Difference", "compare", "table"]

GROWING_OPTIONS = ("epochs",)
"""Options that may be larger when a run goes on; all others must be the same."""

FREE_OPTIONS = ("threads", "device")
"""Options that say where a run computes, not what: these may change, with a warning."""

_ABSENT = object()


@dataclass(frozen=True)
class Difference:
    """One row of the table: an option, or the data of a role.

    Attributes:
        name: the option; ``data: train`` for data.
        then: what the run was started with, as shown.
        now: what was given now, as shown.
    """

    name: str
    then: str
    now: str


def compare(now: Description, then: Description) -> list[Difference]:
    """List what forbids that the run described by `then` goes on as `now`.

    Of another task that alone is listed: its options are others, too, which says nothing more.

    >>> then = Description(task="language", config={"layers": 1, "epochs": 5})
    >>> compare(Description(task="language", config={"layers": 2, "epochs": 9}), then)
    [Difference(name='layers', then='1', now='2')]
    """
    if now.task != then.task:
        return [Difference("task", then.task, now.task)]
    rows = []
    for name in dict.fromkeys([*then.config, *now.config]):
        before = then.config.get(name, ADDED_OPTIONS.get(name, _ABSENT))
        after = now.config.get(name, _ABSENT)
        if not _may_go_on(name, before, after):
            rows.append(Difference(name, _shown(before), _shown(after)))
    for role in dict.fromkeys([*then.data, *now.data]):
        before, after = then.data.get(role, _ABSENT), now.data.get(role, _ABSENT)
        if before != after:
            rows.append(Difference(f"data: {role}", _digest(before), _digest(after)))
    return rows


def table(rows: Collection[Difference]) -> str:
    """Show differences in three aligned columns.

    >>> print(table([Difference("hidden_size", "256", "512")]))
      option       then  now
      hidden_size  256   512
    """
    lines = [("option", "then", "now"), *((row.name, row.then, row.now) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    return "\n".join(
        f"  {name:<{widths[0]}}  {then:<{widths[1]}}  {now}" for name, then, now in lines
    )


def _may_go_on(name: str, then: Any, now: Any) -> bool:
    """Whether the option may be `now` where it was `then`."""
    if name in FREE_OPTIONS or then == now:
        return True
    numbers = isinstance(then, int | float) and isinstance(now, int | float)
    left_to_the_data = 0 in (then, now)  # a run keeps what it was planned with
    return name in GROWING_OPTIONS and numbers and (left_to_the_data or now >= then)


def _shown(value: Any) -> str:
    return "(none)" if value is _ABSENT else f"{value}"


def _digest(value: Any) -> str:
    return "(none)" if value is _ABSENT else f"SHA-256 {value[:12]}…"
