"""What one step does to a small change of the memory: the singular values of its Jacobian."""

from collections.abc import Sequence

from elman.page.axes import Axes
from elman.page.svg import Markup
from elman.page.ticks import written

__all__ = ["singular_values"]

_LOWEST = 1e-6


def singular_values(
    middle: Sequence[float], low: Sequence[float], high: Sequence[float], *, name: str = ""
) -> Markup:
    """Draw the singular values in falling order, with their spread along the text.

    Above the line of 1 a change of the memory grows in one step, below it shrinks.

    Args:
        middle: the median over the steps looked at, largest first.
        low: lower end of their spread.
        high: upper end.
        name: the layer's; "" where there is one only.

    >>> found = singular_values([1.3, 0.6], [1.1, 0.4], [1.6, 0.7])
    >>> found[found.index("<desc>") + 6 : found.index("</desc>")]
    '1 of 2 directions grow in one step; the largest is stretched 1.3 times.'
    """
    frame = Axes(
        x_range=(1, max(2, len(middle))),
        y_range=(
            max(_LOWEST, min(0.05, *(value for value in low if value > 0), 0.05)),
            max(2.0, *(1.2 * value for value in high), 2.0),
        ),
        x_label="direction, by how much it is stretched",
        y_label="stretched in one step",
        log=True,
        form=lambda value: f"×{written(value)}",
        name=name,
    )
    ranks = range(1, len(middle) + 1)
    growing = sum(value > 1 for value in middle)
    largest = (
        f"; the largest is stretched {written(float(f'{middle[0]:.2g}'))} times" if middle else ""
    )
    said = f"{name}: " if name else ""
    return frame.figure(
        "Singular values of the step-to-step Jacobian",
        f"{said}{growing} of {len(middle)} directions grow in one step{largest}.",
        frame.band(ranks, low, high, "V"),
        frame.line(ranks, middle, "V"),
        frame.dots(ranks, middle, "V"),
        frame.level(1.0, "neither grows nor fades"),
    )
