"""What the memory still holds, by how long ago it came in."""

from collections.abc import Sequence

from elman.page.axes import Axes
from elman.page.svg import Markup
from elman.wording import counted, percent, plural

__all__ = ["recall_by_lag"]


def recall_by_lag(accuracy: Sequence[float], chance: float, *, unit: str = "step") -> Markup:
    """Draw the share of inputs that a linear probe reads back from the memory, by lag.

    Args:
        accuracy: share read rightly 0, 1, 2, … steps back.
        chance: the same without looking at the memory.
        unit: what a lag counts, in the singular.

    >>> found = recall_by_lag([1.0, 0.62, 0.3], 0.2, unit="word")
    >>> found[found.index("<desc>") + 6 : found.index("</desc>")]
    'From 100 % of the words just read to 30 % 2 words back; chance is 20 %.'
    """
    frame = Axes(
        x_range=(0, max(1, len(accuracy) - 1)),
        y_range=(0, 1),
        x_label=f"{plural(unit)} back",
        y_label="read back from the memory",
        form=lambda value: f"{100 * value:.0f} %",
    )
    lags = range(len(accuracy))
    last = len(accuracy) - 1
    ends = (
        f"From {percent(accuracy[0])} of the {plural(unit)} just read to {percent(accuracy[-1])} "
        f"{counted(last, unit)} back; "
        if accuracy
        else ""
    )
    return frame.figure(
        "Recall by lag",
        f"{ends}chance is {percent(chance)}.",
        frame.band(lags, [chance] * len(accuracy), [max(chance, share) for share in accuracy], "V"),
        frame.level(chance, "chance"),
        frame.line(lags, accuracy, "V"),
        frame.dots(lags, accuracy, "V"),
    )
