"""Series ↔ what a network reads: scaled channels, and marks where a value is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.errors import CheckpointError, DataError

__all__ = ["Scaling"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scaling:
    """Channels with mean 0 and standard deviation 1 over the steps they were fitted on.

    A missing value (NaN) becomes the last one before it, and 0, the mean, where there is none:
    this needs no look ahead, so that a live stream is read like a file. If any value was missing
    in the series fitted on, C more channels say where: 1 at a value that is missing, else 0.

    Attributes:
        means: (C,) float32.
        scales: (C,) float32, above 0; 1 for a channel that never changes.
        marked: whether channels that mark missing values follow.

    >>> scaling = Scaling.fit([np.array([[1.0], [np.nan], [3.0]])])
    >>> scaling.encode(np.array([[np.nan], [3.0], [np.nan]])).tolist()
    [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> Scaling.fit([np.array([[1.0, np.nan], [3.0, np.nan]])])
    Traceback (most recent call last):
    elman.errors.DataError: Scaling.fit: channel 2 must have a value in some series, got none but
    missing ones.
    """

    means: Floats
    scales: Floats
    marked: bool

    @classmethod
    def fit(cls, series: Iterable[NDArray[Any]]) -> "Scaling":
        """Take mean and standard deviation of every channel, over all steps of all series.

        Args:
            series: (T, C) each, NaN where a value is missing; read once.

        Raises:
            DataError: there is no series, or a channel without any value.
        """
        count = mean = deviation = np.zeros(0)
        marked = False
        for values in series:
            count, mean, deviation = _joined((count, mean, deviation), values.astype(np.float64))
            marked = marked or bool(np.isnan(values).any())
        if not len(count):
            raise DataError("Scaling.fit: `series` must hold a series, got none.")
        if (count == 0).any():
            channel = int((count == 0).argmax())
            raise DataError(
                f"Scaling.fit: channel {channel + 1} must have a value in some series, "
                "got none but missing ones."
            )
        scales = np.sqrt(deviation / count)
        unchanging = scales <= 1e-7 * np.maximum(np.abs(mean), 1e-30)
        scales = np.where(unchanging, 1.0, scales)
        return cls(mean.astype(np.float32), scales.astype(np.float32), marked)

    @property
    def channels(self) -> int:
        """C, the channels of a series."""
        return len(self.means)

    @property
    def size(self) -> int:
        """I, the numbers that a network reads at each step: C, or 2 C with marks."""
        return self.channels * (1 + self.marked)

    def filled(self, values: NDArray[Any], before: NDArray[Any] | None = None) -> NDArray[Any]:
        """The series (T, C) with every missing value replaced by the last one before it.

        Args:
            values: (T, C).
            before: (C,) the step before, filled; None at the beginning, where a missing value
                becomes the mean.
        """
        rows = np.concatenate([(self.means if before is None else before)[None], values])
        there = np.where(np.isnan(rows), 0, np.arange(len(rows))[:, None])
        last = np.maximum.accumulate(there, axis=0)
        filled: NDArray[Any] = np.take_along_axis(rows, last, axis=0)[1:]
        return filled

    def encode(self, values: NDArray[Any], before: NDArray[Any] | None = None) -> Floats:
        """What a network reads of a series (T, C): (T, I) float32, free of NaN.

        Args:
            values: (T, C).
            before: as of `filled`.

        Raises:
            DataError: it has another number of channels.
        """
        if values.ndim != 2 or values.shape[1] != self.channels:
            raise DataError(
                f"Scaling.encode: `values` must have shape (T, C={self.channels}), "
                f"got {values.shape}."
            )
        scaled = (self.filled(values, before) - self.means) / self.scales
        if self.marked:
            scaled = np.concatenate([scaled, np.isnan(values)], axis=1)
        return scaled.astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """All that `from_json` needs, as plain values."""
        return {
            "means": self.means.tolist(),
            "scales": self.scales.tolist(),
            "marked": self.marked,
        }

    @classmethod
    def from_json(cls, content: Any) -> "Scaling":
        """The scaling that `to_json` described.

        Raises:
            CheckpointError: it describes none.
        """
        try:
            means = np.array(content["means"], np.float32)
            scales = np.array(content["scales"], np.float32)
            shaped = means.shape == scales.shape == (len(means),)
            sound = shaped and bool(np.isfinite(means).all() and (scales > 0).all())
            sound = sound and isinstance(content["marked"], bool)
        except (KeyError, TypeError, ValueError):
            sound = False
        if not sound:
            raise CheckpointError(
                "codec: `codec.json` must hold means and scales of channels, got something else."
            )
        return cls(means, scales, content["marked"])


Moments = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _joined(moments: Moments, values: NDArray[np.float64]) -> Moments:
    """Counts, means and summed squared deviations of all channels, with those of one more series.

    Source: Chan, Golub and LeVeque 1979.
    """
    there = ~np.isnan(values)
    count = there.sum(0).astype(np.float64)
    mean = np.where(there, values, 0).sum(0) / np.maximum(count, 1)
    deviation = (np.where(there, values - mean, 0) ** 2).sum(0)
    old_count, old_mean, old_deviation = moments
    if not len(old_count):
        return count, mean, deviation
    total = np.maximum(old_count + count, 1)
    apart = mean - old_mean
    return (
        old_count + count,
        old_mean + apart * count / total,
        old_deviation + deviation + apart**2 * old_count * count / total,
    )
