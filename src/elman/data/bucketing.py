"""Sequences of like length side by side, so that little of a batch is padding.

Shapes: N sequences, B of them side by side.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["by_length", "shuffled"]

_POOL = 50  # batches whose sequences are sorted by length together


def by_length(lengths: NDArray[np.int64], batch_size: int) -> Iterator[NDArray[np.int64]]:
    """All rows in batches of like length, the shortest first: whatever is read but once.

    >>> [rows.tolist() for rows in by_length(np.array([3, 1, 2]), 2)]
    [[1, 2], [0]]
    """
    order = np.argsort(lengths, kind="stable")
    return (order[at : at + batch_size] for at in range(0, len(order), batch_size))


def shuffled(
    lengths: NDArray[np.int64], batch_size: int, seed: int, epoch: int
) -> list[NDArray[np.int64]]:
    """All rows in batches of like length, in an order that depends on seed and epoch alone.

    Rows are shuffled, sorted by length within pools of some batches, cut, and batches shuffled.
    """
    random = np.random.default_rng([seed, epoch])
    order, pool = random.permutation(len(lengths)), batch_size * _POOL
    sorted_pools = [
        rows[np.argsort(lengths[rows], kind="stable")]
        for rows in (order[at : at + pool] for at in range(0, len(order), pool))
    ]
    whole = np.concatenate(sorted_pools)
    batches = [whole[at : at + batch_size] for at in range(0, len(whole), batch_size)]
    return [batches[number] for number in random.permutation(len(batches))]
