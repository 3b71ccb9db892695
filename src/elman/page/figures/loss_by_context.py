"""The headline figure: what a model loses when it may see only its last steps."""

from collections.abc import Sequence
from dataclasses import dataclass

from elman.page.axes import Axes
from elman.page.svg import Markup
from elman.page.ticks import written

__all__ = ["Reach", "loss_by_context"]


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far back a model looks, on the axis of the figure.

    Attributes:
        at: the horizon; None if it lies beyond the figure.
        low: lower end of its interval; None if unknown.
        high: upper end; None if it lies beyond the figure.
        said: the horizon in words: "9 words (8–10)".
        tolerance: the extra loss that counts as none.
    """

    at: float | None
    low: float | None
    high: float | None
    said: str
    tolerance: float


def loss_by_context(
    contexts: Sequence[float],
    extra: Sequence[float],
    errors: Sequence[float],
    reach: Reach,
    *,
    x_label: str,
    y_label: str,
) -> Markup:
    """Draw the extra loss by context, with its 95 % interval, and mark the horizon.

    The scale is logarithmic and ends at a fifth of the tolerance: what is lower stands at the edge.

    Args:
        contexts: how much the model may see, rising.
        extra: loss beyond that with the full context.
        errors: standard error of each.
        reach: the horizon.
        x_label: what contexts count.
        y_label: what the loss counts.

    >>> reach = Reach(at=2, low=2, high=3, said="2 words (2–3)", tolerance=0.01)
    >>> found = loss_by_context([1, 2, 3], [0.3, 0.008, 0.0], [0.01] * 3, reach, x_label="words",
    ...                         y_label="nats a word")
    >>> found[found.index("<desc>") + 6 : found.index("</desc>")]
    'Seeing 1, it loses 0.3; the model looks back 2 words (2–3).'
    """
    floor = reach.tolerance / 5
    frame = Axes(
        x_range=(min(contexts, default=0.0), max(contexts, default=1.0)),
        y_range=(floor, max(2 * reach.tolerance, *(1.15 * value for value in extra), floor * 10)),
        x_label=x_label,
        y_label=y_label,
        log=True,
    )
    lows, highs = (
        [value + sign * error for value, error in zip(extra, errors, strict=True)]
        for sign in (-1.96, 1.96)
    )
    right = frame.x_range[1]
    parts = [frame.band(contexts, lows, highs, "V")]
    if reach.low is not None:
        parts.append(frame.span(reach.low, right if reach.high is None else reach.high, "V"))
    parts += [frame.line(contexts, extra, "V"), frame.dots(contexts, extra, "V")]
    if reach.at is not None:
        parts.append(frame.mark(reach.at, reach.said, "V"))
    parts.append(frame.level(reach.tolerance, f"tolerance {written(reach.tolerance)}"))
    lost = f"Seeing {written(contexts[0])}, it loses {extra[0]:.2g}; " if extra else ""
    return frame.figure("Loss by context", f"{lost}the model looks back {reach.said}.", *parts)
