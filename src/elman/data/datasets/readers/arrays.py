"""Series as the arrays of a .npz file: steps one below the other, and how many each series has."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["npz_of"]

Array = NDArray[np.generic]


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
