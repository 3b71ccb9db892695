"""Series as the arrays of a .npz file: steps one below the other, and how many each series has."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.data.datasets.readers.folds import by_fold, stratified

__all__ = ["in_folds", "npz_of"]

Array = NDArray[Any]


def npz_of(series: Sequence[Array], labels: Sequence[str], groups: Sequence[str]) -> bytes:
    """A .npz file of N series: X (steps of all, C), lengths (N,), y (N,) and groups (N,)."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        X=np.concatenate(series).astype(np.float32),
        lengths=np.array([len(one) for one in series]),
        y=np.array(labels),
        groups=np.array(groups),
    )
    return buffer.getvalue()


def in_folds(series: Sequence[Array], labels: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """A .npz file for each split of stratified folds; groups name the folds."""
    folds = stratified(labels)
    for split, rows in by_fold(folds):
        chosen = [series[row] for row in rows], [labels[row] for row in rows]
        yield split, npz_of(*chosen, [f"fold {folds[row]}" for row in rows])
