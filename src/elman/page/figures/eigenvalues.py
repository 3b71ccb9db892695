"""The eigenvalues of the step-to-step Jacobian in the complex plane, beside the unit circle."""

import math
from collections.abc import Sequence

from elman.page.axes import Axes
from elman.page.room import Place
from elman.page.svg import Markup, tag
from elman.wording import percent

__all__ = ["eigenvalue_plane"]

_EDGES = 120  # of the circle


def eigenvalue_plane(points: Sequence[tuple[float, float]], *, name: str = "") -> Markup:
    """Draw eigenvalues as dots, and the circle within which a change of the memory shrinks.

    Both axes have the same scale.

    Args:
        points: (real, imaginary) of each.
        name: the layer's; "" where there is one only.

    >>> found = eigenvalue_plane([(0.5, 0.5), (0.5, -0.5), (1.25, 0.0), (-0.25, 0.0)])
    >>> found[found.index("<desc>") + 6 : found.index("</desc>")]
    '25 % of 4 eigenvalues lie outside the unit circle; the largest modulus is 1.25.'
    """
    finite = [point for point in points if all(map(math.isfinite, point))]
    moduli = [math.hypot(*point) for point in finite]
    largest = max(moduli, default=0.0)
    frame = Axes.about_zero(1.1 * max(1.0, largest), "real", "imaginary", name)
    turns = [2 * math.pi * edge / _EDGES for edge in range(_EDGES + 1)]
    dots = frame.dots([x for x, _ in finite], [y for _, y in finite], "V")
    outside = percent(sum(modulus > 1 for modulus in moduli) / len(moduli)) if moduli else "None"
    said = f"{name}: " if name else ""
    return frame.figure(
        "Eigenvalues of the step-to-step Jacobian",
        f"{said}{outside} of {len(finite)} eigenvalues lie outside the unit circle; "
        f"the largest modulus is {largest:.3g}.",
        frame.line([math.cos(t) for t in turns], [math.sin(t) for t in turns], "soft", dash="2 4"),
        tag("g", dots, opacity=".6"),
        frame.say(_outside(frame), "grows", "soft"),
    )


def _outside(frame: Axes) -> list[Place]:
    """Just outside the circle, at its four corners."""
    sides = ((0.74, "start"), (-0.74, "end"))
    return [Place(frame.x(x), frame.y(y), anchor) for x, anchor in sides for y in (0.74, -0.8)]
