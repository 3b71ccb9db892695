"""What a measurement of the memory horizon says: how far back a model looks, and how surely."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from elman.inspect.bootstrap import resampled_means, spread
from elman.inspect.plots import Curve, plot_curves
from elman.inspect.results import as_html, plain
from elman.inspect.tables import Column, Table
from elman.page.figures import draw
from elman.wording import counted, plural, significant

__all__ = ["Horizon", "smallest_context", "summarise"]


@dataclass(frozen=True)
class Horizon:
    """How far back a model looks.

    Attributes:
        steps: the smallest n from which on every context measured stays within `tolerance` of the
            full one; None if that is more than was measured.
        low: lower end of the 95 % interval about `steps`; None if that too is out of sight.
        high: upper end; None if that is more than was measured.
        tolerance: of `extra`, in the measure's own unit.
        extra: what contexts of 1, 2, 3, … steps cost beyond the full one, per step.
        errors: standard error of each.
        full_loss: per step, with the full context.
        positions: contexts measured.
        measure: what `extra` counts: "nats", "squared error", "loss", or "change of output", which
            is relative to the variance of the outputs, and stands for a loss without targets.
        unit: what the data counts in, in the singular.
        unit_per_step: how many of it a step is.
    """

    steps: int | None
    low: int | None
    high: int | None
    tolerance: float
    extra: tuple[float, ...]
    errors: tuple[float, ...]
    full_loss: float
    positions: int
    measure: str = "nats"
    unit: str = "step"
    unit_per_step: float = 1.0

    @property
    def losses(self) -> tuple[float, ...]:
        """Loss per step for contexts of 1, 2, 3, … steps."""
        return tuple(self.full_loss + extra for extra in self.extra)

    @property
    def longest(self) -> int:
        """The longest context measured, in steps."""
        return len(self.extra)

    @property
    def said(self) -> str:
        """The horizon in the data's own unit, with its interval.

        >>> common = {"tolerance": 0.01, "extra": (0.0,) * 12, "errors": (0.0,) * 12}
        >>> Horizon(9, 8, 10, **common, full_loss=1.0, positions=500, unit="word").said
        '9 words (8–10)'
        >>> Horizon(9, 8, None, **common, full_loss=1.0, positions=500).said
        '9 steps (8 to more than 12)'
        >>> Horizon(None, 11, None, **common, full_loss=1.0, positions=500).said
        'more than 12 steps (at least 11)'
        """
        if self.steps is None:
            least = "" if self.low is None else f" (at least {self._number(self.low)})"
            return f"more than {counted(self.longest * self.unit_per_step, self.unit)}{least}"
        found = counted(self.steps * self.unit_per_step, self.unit)
        if self.low is None or self.low == self.high:
            return found
        if self.high is None:
            longest = self._number(self.longest)
            return f"{found} ({self._number(self.low)} to more than {longest})"
        return f"{found} ({self._number(self.low)}–{self._number(self.high)})"

    def __str__(self) -> str:
        return f"more than {self.longest}" if self.steps is None else str(self.steps)

    def table(self) -> Table:
        """What each context costs."""
        contexts = range(1, self.longest + 1)
        rows = zip(contexts, self.losses, self.extra, self.errors, strict=True)
        return Table(
            f"Memory horizon: {self.said}",
            (Column("steps seen"), Column(self._loss), Column("beyond full"), Column("error")),
            tuple(rows),
            (
                f"At {self.positions:,} places; the full context: "
                f"{significant(self.full_loss)}; tolerance {significant(self.tolerance)}.",
            ),
        )

    def plot(self, axes: Any = None) -> Any:
        """Draw the loss by context with matplotlib (extra [plot]); the axes drawn on."""
        low, high = (
            [extra + sign * error for extra, error in zip(self.extra, self.errors, strict=True)]
            for sign in (-1.96, 1.96)
        )
        contexts = [n * self.unit_per_step for n in range(1, self.longest + 1)]
        return plot_curves(
            [Curve(contexts, self.extra, "", low, high)],
            axes,
            title=f"Memory horizon: {self.said}",
            x_label=f"context ({plural(self.unit)})",
            y_label=f"{self._loss} beyond the full context's",
            levels=[(self.tolerance, "tolerance")],
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first, and the horizon as `said`."""
        return plain("memory_horizon", self) | {"said": self.said}

    def _repr_html_(self) -> str:
        return as_html(self.table(), *draw(self.to_json()))

    @property
    def _loss(self) -> str:
        """What `extra` counts, for people."""
        return self.measure if self.measure == "change of output" else f"{self.measure} a step"

    def _number(self, steps: int) -> str:
        """Steps in the data's own unit, without its name."""
        return significant(steps * self.unit_per_step)


def smallest_context(extra: Sequence[float], tolerance: float) -> float:
    """The smallest n from which on all of `extra`, for n = 1, 2, …, are within `tolerance`.

    >>> smallest_context([0.5, 0.1, 0.2, 0.05], 0.1), smallest_context([0.5], 0.1)
    (4, inf)
    """
    beyond = [n for n, value in enumerate(extra, 1) if value > tolerance]
    smallest = max(beyond, default=0) + 1
    return smallest if smallest <= len(extra) else math.inf


def summarise(
    extra: Tensor,
    *,
    full_loss: float,
    tolerance: float,
    measure: str = "nats",
    unit: str = "step",
    unit_per_step: float = 1.0,
) -> Horizon:
    r"""Make a horizon of what every cut context cost at every place.

        steps = min {n : mean of extra(m) ≤ tolerance for all m ≥ n measured}

    Shapes: P places, N contexts.

    Args:
        extra: (P, N), beyond the full context's loss there; neighbouring places in neighbouring
            rows.
        full_loss: per step, with the full context.
        tolerance: what a context may cost.
        measure: as in `Horizon`.
        unit: what the data counts in.
        unit_per_step: how many of it a step is.

    Source of the interval: a paired percentile bootstrap; Efron and Tibshirani, "An introduction to
    the bootstrap", 1993, chapter 13.
    """
    means = resampled_means(extra)
    low, high = spread(means, lambda row: smallest_context(row, tolerance))
    mean = extra.double().mean(0).tolist()
    return Horizon(
        steps=_finite(smallest_context(mean, tolerance)),
        low=_finite(low),
        high=_finite(high),
        tolerance=tolerance,
        extra=tuple(mean),
        errors=tuple(means.std(0).tolist()),
        full_loss=full_loss,
        positions=len(extra),
        measure=measure,
        unit=unit,
        unit_per_step=unit_per_step,
    )


def _finite(steps: float) -> int | None:
    return None if math.isinf(steps) else int(steps)
