"""Gates and units that are stuck at their ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from elman.page.colours import colour
from elman.page.svg import Markup, drawing, tag
from elman.wording import percent

__all__ = ["Shares", "saturation"]

_WIDTH, _ROW, _NAME, _TOP = 440, 30, 118, 26


@dataclass(frozen=True)
class Shares:
    """One row: where the values of a gate, or of a layer's units, stand.

    Attributes:
        name: of the gate and its layer.
        low: share stuck at the lower end: closed, or -1.
        high: share stuck at the upper end: open, or 1.
    """

    name: str
    low: float
    high: float


def saturation(rows: Sequence[Shares]) -> Markup:
    """Draw a bar for each row: stuck at the lower end, free, stuck at the upper end.

    >>> found = saturation([Shares("update gate", 0.31, 0.02)])
    >>> found[found.index("<desc>") + 6 : found.index("</desc>")]
    'update gate: 31 % stuck low, 2.0 % stuck high.'
    """
    height = _TOP + _ROW * max(1, len(rows)) + 8
    bars = [_bar(row, _TOP + _ROW * number) for number, row in enumerate(rows)]
    told = "; ".join(
        f"{row.name}: {percent(row.low)} stuck low, {percent(row.high)} stuck high" for row in rows
    )
    return drawing(_WIDTH, height, "Stuck gates and units", f"{told}.", _heads(), *bars)


def _heads() -> Markup:
    """What the two ends mean."""
    style = f"fill:{colour('soft')}"
    left = tag("text", "◂ stuck low (closed, −1)", x=_NAME, y=15, style=style)
    right = tag(
        "text", "stuck high (open, 1) ▸", x=_WIDTH - 12, y=15, text_anchor="end", style=style
    )
    return Markup(left + right)


def _bar(row: Shares, top: float) -> Markup:
    """One row: its name, its bar, its two figures."""
    width = _WIDTH - _NAME - 12
    low, high = (min(1.0, max(0.0, share)) * width for share in (row.low, row.high))
    ink, shade, soft = colour("ink"), colour("shade"), colour("soft")
    box = {"y": top, "height": 15}
    parts = [
        tag("rect", x=_NAME, width=width, rx=4, style=f"fill:{shade}", **box),
        tag("rect", x=_NAME, width=low, rx=3, style=f"fill:{ink};opacity:.78", **box),
        tag("rect", x=_NAME + width - high, width=high, rx=3, style=f"fill:{soft}", **box),
        tag("text", row.name, x=_NAME - 8, y=top + 12, text_anchor="end", style=f"fill:{ink}"),
    ]
    small = f"fill:{soft};font-size:10.5px"
    x, y = _NAME + width, top + 25
    parts.append(tag("text", percent(row.low), x=_NAME, y=y, style=small))
    parts.append(tag("text", percent(row.high), x=x, y=y, text_anchor="end", style=small))
    return tag("g", *parts)
