"""What the memory still holds, by how long ago it came in."""

from collections.abc import Sequence

from elman.page.axes import Axes
from elman.page.svg import Markup
from elman.wording import counted, percent, plural

__all__ = ["recall_by_lag"]


def recall_by_lag(
    scores: Sequence[float],
    chance: float,
    *,
    present: Sequence[float] | None = None,
    measure: str = "accuracy",
    unit: str = "step",
    unit_per_step: float = 1.0,
) -> Markup:
    """Draw how well a linear probe reads inputs back from the memory, by lag.

    Args:
        scores: 0, 1, 2, … steps back; what is below 0 stands at the edge.
        chance: the same without looking at the memory.
        present: the same from the present input in place of the memory; None for none.
        measure: what a score is.
        unit: what a lag counts, in the singular.
        unit_per_step: how many of it a step is.

    >>> found = recall_by_lag([1.0, 0.62, 0.3], 0.2, unit="word")
    >>> found[found.index("<desc>") + 6 : found.index("</desc>")]
    'From 100 % for the word just read to 30 % 2 words back; chance is 20 %.'
    """
    lags = [lag * unit_per_step for lag in range(len(scores))]
    frame = Axes(
        x_range=(0, lags[-1] if len(lags) > 1 else unit_per_step),
        y_range=(0, 1),
        x_label=f"{plural(unit)} back",
        y_label=f"read from memory ({measure})",
        form=lambda value: f"{100 * value:.0f} %",
    )
    heights = [max(chance, score) for score in scores]
    parts = [frame.band(lags, [chance] * len(lags), heights, "V")]
    if present is not None:
        parts.append(frame.line(lags, present, "U", dash="5 4"))
    parts += [frame.line(lags, scores, "V"), frame.dots(lags, scores, "V")]
    if present is not None:
        parts.append(frame.beside(lags, present, "by the present input", "U"))
    parts.append(frame.level(chance, "chance"))
    ends = f"{_ends(scores, unit, unit_per_step)}; " if scores else ""
    return frame.figure("Recall by lag", f"{ends}chance is {percent(chance)}.", *parts)


def _ends(scores: Sequence[float], unit: str, unit_per_step: float) -> str:
    """The first and the last score in words."""
    last = counted((len(scores) - 1) * unit_per_step, unit)
    return (
        f"From {percent(scores[0])} for the {unit} just read to {percent(scores[-1])} {last} back"
    )
