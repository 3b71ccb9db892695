"""Logistic regression on a few numbers that sum a series up, whatever its length."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from elman.baselines.array_file import pack_texts, read_arrays, unpack_texts, write_arrays
from elman.baselines.logistic import fit_logistic
from elman.data.codecs.scaling import Scaling
from elman.data.labelled import Labelled, classes_of

__all__ = ["SummaryStatistics", "summary"]

Floats = NDArray[np.float64]

_FILE_NAME = "summary_statistics.safetensors"
_KIND = "summary statistics"
_PENALTY = 1e-3


@dataclass(frozen=True, eq=False)
class SummaryStatistics:
    """Multinomial logistic regression on the mean, deviation, extremes and slope of each channel.

    Attributes:
        classes: the K classes.
        scaling: of the channels, with missing values carried forward.
        center: (D,) the mean of each number in the series fitted on.
        spread: (D,) its standard deviation, 1 where it is 0.
        weights: (D+1, K), the bias in the last row.

    >>> rising, falling = np.arange(5.0)[:, None], np.arange(5.0)[::-1, None]
    >>> model = SummaryStatistics.fit([Labelled(rising, "up", ""), Labelled(falling, "down", "")])
    >>> model.predict([rising[:3] + 1])
    ['up']
    """

    classes: list[str]
    scaling: Scaling
    center: Floats
    spread: Floats
    weights: Floats
    name = "summary statistics"

    @classmethod
    def fit(cls, examples: Iterable[Labelled[NDArray[Any]]]) -> "SummaryStatistics":
        """Fit labelled series.

        Raises:
            DataError: there are fewer than two classes, or a channel has no value.
        """
        known = list(examples)
        classes = classes_of((example.label for example in known), "SummaryStatistics.fit")
        scaling = Scaling.fit(example.content for example in known)
        rows = np.stack([summary(scaling.encode(example.content)) for example in known])
        center, spread = rows.mean(0), rows.std(0)
        spread = np.where(spread > 1e-9, spread, 1.0)
        scaled = torch.from_numpy((rows - center) / spread)
        targets = torch.tensor([classes.index(example.label) for example in known])
        weights = fit_logistic(lambda w: scaled @ w[:-1] + w[-1], len(center), targets, _PENALTY)
        return cls(classes, scaling, center, spread, weights.numpy())

    def probabilities(self, series: Sequence[NDArray[Any]]) -> Floats:
        """The probability of each class for each series, (N, K)."""
        if not series:
            return np.zeros((0, len(self.classes)))
        rows = np.stack([summary(self.scaling.encode(values)) for values in series])
        logits = (rows - self.center) / self.spread @ self.weights[:-1] + self.weights[-1]
        probabilities: Floats = torch.from_numpy(logits).softmax(1).numpy()
        return probabilities

    def predict(self, series: Sequence[NDArray[Any]]) -> list[str]:
        """The likeliest class of each series."""
        return [self.classes[k] for k in self.probabilities(series).argmax(1)]

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, in place of an older one there.

        Raises:
            CheckpointError: the file cannot be written.
        """
        arrays = {
            "classes": pack_texts(self.classes),
            "center": self.center,
            "spread": self.spread,
            "weights": self.weights,
        }
        write_arrays(folder / _FILE_NAME, arrays, kind=_KIND, scaling=self.scaling.to_json())

    @classmethod
    def load(cls, folder: Path) -> "SummaryStatistics":
        """The model that `save` wrote.

        Raises:
            CheckpointError: the file is missing, damaged, or not such a model.
        """
        arrays, facts = read_arrays(folder / _FILE_NAME, _KIND)
        classes = unpack_texts(arrays.pop("classes"))
        return cls(classes, Scaling.from_json(facts["scaling"]), **arrays)


def summary(values: NDArray[Any]) -> Floats:
    """Mean, standard deviation, least, most and slope of each channel, and the logarithm of T.

    The slope is that of the straight line of least squares over the whole series as 0 … 1.

    Args:
        values: (T, C), free of NaN, at least one step.

    Returns:
        (5 C + 1,)

    >>> summary(np.array([[1.0], [3.0], [5.0]])).round(2).tolist()
    [3.0, 1.63, 1.0, 5.0, 4.0, 1.1]
    """
    steps = np.linspace(-0.5, 0.5, len(values)) if len(values) > 1 else np.zeros(1)
    values = values.astype(np.float64)
    slope = steps @ values / max(steps @ steps, 1e-30)
    parts = (values.mean(0), values.std(0), values.min(0), values.max(0), slope)
    return np.concatenate([*parts, [np.log(len(values))]])
