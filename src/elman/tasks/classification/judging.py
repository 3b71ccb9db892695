"""What classes are worth beside those that are right: confusion, calibration, how early.

Shapes: N examples, K classes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.inspect.plots import Curve, plot_counts, plot_curves
from elman.inspect.results import plain
from elman.inspect.tables import Cell, Column, Table
from elman.wording import percent

__all__ = [
    "Confusion",
    "EarlyAccuracy",
    "calibration_error",
    "confusion_of",
    "early_accuracy_of",
    "macro_f1",
]

BINS = 15
SHARES = tuple(tenths / 10 for tenths in range(1, 11))
_WIDEST = 60
"""Letters up to which a matrix is written beside the figures of each class."""


@dataclass(frozen=True)
class Confusion:
    """Which classes are taken for which, and precision, recall and F1 of each.

    Attributes:
        classes: by number.
        counts: (K, K), examples of the class of the row that were taken for that of the column.

    >>> print(Confusion(("cat", "dog"), ((3, 1), (0, 4))))
    Classes taken for each other
    class  precision  recall     F1  examples  as cat  as dog
    cat        100 %    75 %   86 %         4       3       1
    dog         80 %   100 %   89 %         4       0       4
    """

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def figures(self) -> list[tuple[float | None, float | None, float | None]]:
        """Precision, recall and F1 of every class, shares of 1; None where nothing is to judge."""
        counts = np.array(self.counts)
        found = []
        for hits, said, there in zip(counts.diagonal(), counts.sum(0), counts.sum(1), strict=True):
            f1 = 2 * hits / (said + there) if said + there else None
            found.append((hits / said if said else None, hits / there if there else None, f1))
        return found

    def table(self) -> Table:
        """A line for each class, and what it was taken for.

        That is a column for each class, or, where these would be wider than a terminal, the wrong
        one that was said most often.
        """
        titles = [f"as {name}" for name in self.classes]
        shown = sum(len(title) + 2 for title in titles) <= _WIDEST
        columns = [Column("class"), *(Column(n, percent) for n in ("precision", "recall", "F1"))]
        columns += [Column("examples"), *map(Column, titles if shown else ["mostly taken for"])]
        rows = list[tuple[Cell, ...]]()
        for k, (name, figures) in enumerate(zip(self.classes, self.figures, strict=True)):
            taken = self.counts[k] if shown else (self._mistaken(k),)
            rows.append((name, *figures, sum(self.counts[k]), *taken))
        return Table("Classes taken for each other", tuple(columns), tuple(rows))

    def _mistaken(self, k: int) -> str | None:
        """The wrong class that class k was taken for most often, and how often; None for never."""
        wrong = [0 if other == k else count for other, count in enumerate(self.counts[k])]
        most = max(wrong)
        return f"{self.classes[wrong.index(most)]} ({most:,})" if most else None

    def plot(self, axes: Any = None) -> Any:
        """Draw the matrix with matplotlib, coloured by shares of each class; the axes drawn on."""
        return plot_counts(
            self.counts,
            self.classes,
            axes,
            title="Classes taken for each other",
            x_label="taken for",
            y_label="class",
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values: the counts, and the figures of every class."""
        names = ("precision", "recall", "f1")
        each = [dict(zip(names, figures, strict=True)) for figures in self.figures]
        return {**plain("confusion", self), "by_class": dict(zip(self.classes, each, strict=True))}

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


@dataclass(frozen=True)
class EarlyAccuracy:
    """How often an answer is right after a share of the sequence.

    Attributes:
        shares: of the steps of each sequence, from 0 to 1, rounded up to whole steps.
        accuracies: of the answers then, from 0 to 1.
        agreements: how often they are what is answered at the end.
    """

    shares: tuple[float, ...]
    accuracies: tuple[float, ...]
    agreements: tuple[float, ...]

    def table(self) -> Table:
        """A line for each share."""
        columns = (
            Column("seen", percent),
            Column("accuracy", percent),
            Column("as at the end", percent),
        )
        rows = tuple(zip(self.shares, self.accuracies, self.agreements, strict=True))
        return Table("Accuracy by the share of a sequence that was seen", columns, rows)

    def plot(self, axes: Any = None) -> Any:
        """Draw it with matplotlib; the axes drawn on."""
        return plot_curves(
            [
                Curve(self.shares, self.accuracies, "accuracy"),
                Curve(self.shares, self.agreements, "answers as at the end"),
            ],
            axes,
            title="Accuracy by the share of a sequence that was seen",
            x_label="share seen",
            y_label="share of examples",
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return plain("early_accuracy", self)

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def confusion_of(
    classes: Sequence[str], truth: NDArray[np.int64], said: NDArray[np.int64]
) -> Confusion:
    """Count which classes were taken for which.

    Args:
        classes: by number.
        truth: (N,) numbers; -1, a class that is not known, is left out.
        said: (N,) numbers.
    """
    counts = np.zeros((len(classes), len(classes)), np.int64)
    known = truth >= 0
    np.add.at(counts, (truth[known], said[known]), 1)
    return Confusion(tuple(classes), tuple(map(tuple, counts.tolist())))


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """Mean of the F1 of all classes that occur or were said, a share of 1.

    >>> macro_f1(["a", "a", "b"], ["a", "b", "c"])  # 2/3 of a, 0 of b and c
    0.2222222222222222
    """
    hits = Counter(label for label, guess in zip(truth, said, strict=True) if label == guess)
    either = Counter(truth) + Counter(said)
    return sum(2 * hits[label] / count for label, count in either.items()) / len(either)


def calibration_error(logs: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """Expected calibration error: how far probabilities lie from how often answers are right.

    The answers are sorted into 15 bins of equal width by the probability of the class that is
    chosen; the error is the mean distance of accuracy and mean probability in a bin, weighed by
    the number of answers in it.

    Args:
        logs: (N, K) natural logarithms of probabilities.
        truth: (N,) numbers of the right classes.

    Source: Guo et al., "On calibration of modern neural networks", ICML 2017.

    >>> calibration_error(np.log([[0.8, 0.2], [0.8, 0.2]]), np.array([0, 1]))
    0.3
    """
    sure = np.exp(logs.max(1))
    right = logs.argmax(1) == truth
    bins = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, right - sure, BINS)
    return round(float(np.abs(gaps).sum() / len(truth)), 12)


def early_accuracy_of(
    answers: Iterable[tuple[int, NDArray[np.float64]]], truth: NDArray[np.int64]
) -> EarlyAccuracy:
    """How often answers are right after each tenth of a sequence.

    Args:
        answers: row and log probabilities after every step, (T, K), of N examples.
        truth: (N,) numbers of the right classes.
    """
    right, agreed = np.zeros(len(SHARES)), np.zeros(len(SHARES))
    for row, logs in answers:
        steps = np.ceil(np.array(SHARES) * len(logs) - 1e-9).astype(np.int64) - 1
        said = logs.argmax(1)
        right += said[steps] == truth[row]
        agreed += said[steps] == said[-1]
    N = len(truth)
    return EarlyAccuracy(SHARES, tuple((right / N).tolist()), tuple((agreed / N).tolist()))
