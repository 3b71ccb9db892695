"""Gates and units that are stuck at their ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from elman.page.colours import colour
from elman.page.svg import Markup, drawing, tag
from elman.wording import percent

__all__ = ["Shares", "saturation"]

_WIDTH, _ROW, _NAME, _TOP = 440, 32, 150, 26
_LETTERS, _HEAD = 23, 20


@dataclass(frozen=True)
class Shares:
    """One row: where the values of a gate, or of a layer's units, stand.

    Attributes:
        name: of the gate.
        low: share near the lower end: closed, or -1.
        high: share near the upper end: open, or 1.
    """

    name: str
    low: float
    high: float


def saturation(rows: Sequence[Shares], *, name: str = "") -> Markup:
    """Draw a bar for each row: values near the lower end, between, near the upper end.

    Args:
        rows: the gates of a layer.
        name: the layer's; "" where there is one only.

    >>> found = saturation([Shares("update gate", 0.31, 0.02)])
    >>> found[found.index("<desc>") + 6 : found.index("</desc>")]
    'Values near their ends. update gate: 31 % low, 2.0 % high.'
    """
    head = _HEAD if name else 0
    height = head + _TOP + _ROW * max(1, len(rows)) + 8
    bars = [_bar(row, head + _TOP + _ROW * number) for number, row in enumerate(rows)]
    told = "; ".join(
        f"{row.name}: {percent(row.low)} low, {percent(row.high)} high" for row in rows
    )
    said = f"{name}: values" if name else "Values"
    return drawing(
        _WIDTH,
        height,
        "Stuck gates and units",
        f"{said} near their ends. {told}.",
        _heads(name, head),
        *bars,
    )


def _heads(name: str, top: float) -> Markup:
    """Whose gates these are, and what the two ends mean."""
    style = f"fill:{colour('soft')}"
    above = tag("text", name, x=12, y=15, style=style) if name else Markup("")
    y = top + 15
    left = tag("text", "◂ near its low end", x=_NAME, y=y, style=style)
    right = tag("text", "near its high end ▸", x=_WIDTH - 12, y=y, text_anchor="end", style=style)
    return Markup(above + left + right)


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
        tag(
            "text",
            _short(row.name),
            x=_NAME - 8,
            y=top + 12,
            text_anchor="end",
            style=f"fill:{ink}",
        ),
    ]
    small = f"fill:{soft};font-size:10.5px"
    x, y = _NAME + width, top + 25
    parts.append(tag("text", percent(row.low), x=_NAME, y=y, style=small))
    parts.append(tag("text", percent(row.high), x=x, y=y, text_anchor="end", style=small))
    return tag("g", *parts)


def _short(name: str) -> str:
    """A name that fits beside its bar; a screen reader is told all of it."""
    return name if len(name) <= _LETTERS else f"…{name[1 - _LETTERS :]}"
