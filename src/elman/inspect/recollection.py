"""What a measurement of recall says: what a memory still holds, by how long ago it came in."""

from dataclasses import dataclass
from typing import Any

from elman.inspect.plots import Curve, plot_curves
from elman.inspect.probe import Probe
from elman.inspect.results import as_html, plain
from elman.inspect.tables import Column, Table
from elman.page.figures import draw
from elman.wording import percent, plural

__all__ = ["HELD", "Recall"]

HELD = 0.5
"""From this score on an input counts as held."""


@dataclass(frozen=True)
class Recall:
    """What a model's memory still holds, by lag: 0 for the step just read, 1 for the one before.

    Attributes:
        measure: "accuracy" where inputs are ids: the share of held-out steps whose input k steps
            back was read from the state; "R²" where they are values: the share of their variance.
        scores: by lag.
        chance: the score of always naming the commonest input, or the mean.
        present: the score of the same probe when it sees the present input in place of the state,
            by lag, which tells memory from inputs that resemble each other; None for ids.
        positions: held-out steps.
        probe: the reader; None for values.
        unit: what the data counts in, in the singular.
        unit_per_step: how many of it a step is.
    """

    measure: str
    scores: tuple[float, ...]
    chance: float
    present: tuple[float, ...] | None
    positions: int
    probe: Probe | None
    unit: str = "step"
    unit_per_step: float = 1.0

    @property
    def held(self) -> int:
        """How many inputs are held: the first lag whose score is below 0.5."""
        return next((k for k, score in enumerate(self.scores) if score < HELD), len(self.scores))

    def table(self) -> Table:
        """The score of every lag."""
        columns = [Column(f"{plural(self.unit)} back"), Column(self.measure, percent)]
        rows: list[tuple[float, ...]] = [
            (lag * self.unit_per_step, score) for lag, score in enumerate(self.scores)
        ]
        if self.present is not None:
            columns.append(Column("by the present input", percent))
            rows = [(*row, score) for row, score in zip(rows, self.present, strict=True)]
        notes = f"At {self.positions:,} held-out steps; chance: {percent(self.chance)}."
        return Table(
            "Recall: what a linear probe reads from the memory",
            tuple(columns),
            tuple(rows),
            (notes,),
        )

    def plot(self, axes: Any = None) -> Any:
        """Draw the score by lag with matplotlib (extra [plot]); the axes drawn on."""
        lags = [lag * self.unit_per_step for lag in range(len(self.scores))]
        curves = [Curve(lags, self.scores, "the memory")]
        if self.present is not None:
            curves.append(Curve(lags, self.present, "the present input"))
        return plot_curves(
            curves,
            axes,
            title="What the memory still holds",
            x_label=f"{plural(self.unit)} back",
            y_label=self.measure,
            levels=[(self.chance, "chance")],
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first; without the probe."""
        return plain("recall", self, without=("probe",))

    def _repr_html_(self) -> str:
        return as_html(self.table(), *draw(self.to_json()))
