"""How the gradient fades, or explodes, on its way back through time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from elman.page.axes import Axes
from elman.page.svg import Markup
from elman.page.ticks import written
from elman.wording import counted, plural

__all__ = ["GradientCurve", "gradient_by_lag"]

_DASHES = (None, "7 4", "2 4", "9 3 2 3", "14 4", "9 3 2 3 2 3")
_BESIDE = 3  # so many curves have their names beside them, more a legend
_LOWEST = 1e-12


@dataclass(frozen=True)
class GradientCurve:
    """One layer's gradient.

    Attributes:
        name: of the layer and its direction.
        relative: norm of the gradient k steps back relative to lag 0, for k = 0, 1, 2, ….
    """

    name: str
    relative: Sequence[float]


def gradient_by_lag(
    curves: Sequence[GradientCurve], *, unit: str = "step", unit_per_step: float = 1.0
) -> Markup:
    """Draw one curve for each layer on a logarithmic scale, with the line of 1 %.

    Args:
        curves: what to draw; values that are zero stand at the lower edge.
        unit: what a lag counts, in the singular.
        unit_per_step: how many of it a step is.

    >>> found = gradient_by_lag([GradientCurve("layer 1", [1.0, 0.5, 0.25, 0.005])])
    >>> found[found.index("<desc>") + 6 : found.index("</desc>")]
    'layer 1: 0.005 of the gradient arrives 3 steps back.'
    """
    values = [value for curve in curves for value in curve.relative if math.isfinite(value)]
    positive = [max(_LOWEST, value) for value in values if value > 0]
    longest = max((len(curve.relative) for curve in curves), default=1)
    frame = Axes(
        x_range=(0, max(1, longest - 1) * unit_per_step),
        y_range=(min(5e-3, *positive, 5e-3) * 0.8, max(1.25, *positive, 1.25) * 1.1),
        x_label=f"{plural(unit)} back",
        y_label="gradient, relative to lag 0",
        log=True,
    )
    drawn = [
        (
            curve.name,
            [lag * unit_per_step for lag in range(len(curve.relative))],
            [max(_LOWEST, value) for value in curve.relative],
            _DASHES[number % len(_DASHES)],
        )
        for number, curve in enumerate(curves)
    ]
    parts = [frame.line(lags, heights, "V", dash=dash) for _, lags, heights, dash in drawn]
    parts.append(frame.level(0.01, "1 %"))
    legend = []
    if len(curves) > _BESIDE:
        legend = [(name, frame.sample("V", dash)) for name, _, _, dash in drawn]
    elif len(curves) > 1:
        parts += [frame.beside(lags, heights, name, "soft") for name, lags, heights, _ in drawn]
    told = "; ".join(_told(curve, unit, unit_per_step) for curve in curves if curve.relative)
    return frame.figure("Gradient by lag", f"{told}.", *parts, legend=legend)


def _told(curve: GradientCurve, unit: str, unit_per_step: float) -> str:
    """A curve in words."""
    last = (len(curve.relative) - 1) * unit_per_step
    share = written(float(f"{curve.relative[-1]:.2g}")) if curve.relative else "0"
    return f"{curve.name}: {share} of the gradient arrives {counted(last, unit)} back"
