"""Series in NumPy's .npz files.

Array X is (N, T, C), or (N, T) for one channel; or, with an array `lengths` (N,), the steps of all
series one below the other, (steps, C). Array y (N,) holds the classes, `groups` (N,) may hold what
each series belongs to.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.data.labelled.labelled import Labelled
from elman.data.lines import opened
from elman.errors import DataError

__all__ = ["read_npz"]

Array = NDArray[Any]

_OBJECTS = (
    " objects, which are never read. Series of unequal lengths go one below the other into X, "
    "their lengths into an array `lengths`, and classes into y as texts or whole numbers."
)


def read_npz(path: Path) -> Iterator[Labelled[NDArray[np.float32]]]:
    """Series one after the other; without y, none has a label. Pickles inside are never loaded.

    Raises:
        DataError: the file cannot be read, or its arrays do not fit together.
    """
    arrays = _arrays(path)
    series = _split(arrays, str(path))
    labels = _names(arrays, "y", len(series), str(path))
    groups = _names(arrays, "groups", len(series), str(path))
    for number, (values, label, group) in enumerate(zip(series, labels, groups, strict=True)):
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is told then
            content = values.astype(np.float32)
        yield Labelled(content, label, f"series {number} of `{path}`", group)


def _arrays(path: Path) -> dict[str, Array]:
    """All arrays of the file."""
    with opened(path) as file:
        if not zipfile.is_zipfile(file):
            raise DataError(f"data: `{path}` must be a .npz file, got a file of another format.")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        got = _OBJECTS if "Object arrays" in str(error) else f": {error}."
        raise DataError(f"data: `{path}` must be a .npz file of plain arrays, got{got}") from error


def _split(arrays: dict[str, Array], path: str) -> list[Array]:
    """The series, (T, C) each."""
    X = arrays.get("X")
    if X is None:
        raise DataError(f"data: `{path}` must have an array X, got {', '.join(arrays) or 'none'}.")
    if X.dtype.kind not in "fiub":
        raise DataError(f"data: `{path}` must have numbers in X, got {X.dtype}.")
    lengths = arrays.get("lengths")
    if lengths is None:
        if X.ndim not in (2, 3):
            raise DataError(f"data: `{path}` must have X of shape (N, T, C), got {X.shape}.")
        return list(X if X.ndim == 3 else X[:, :, None])
    if X.ndim != 2 or lengths.ndim != 1 or lengths.dtype.kind not in "iu":
        raise DataError(
            f"data: `{path}` must have X of shape (steps, C) and lengths of shape (N,), whole "
            f"numbers, got {X.shape} and {lengths.dtype} {lengths.shape}."
        )
    if (lengths < 0).any() or lengths.sum() != len(X):
        raise DataError(
            f"data: `{path}` must have lengths that sum to the {len(X):,} steps of X, "
            f"got {lengths.sum():,}."
        )
    return np.split(X, lengths.cumsum()[:-1])


def _names(arrays: dict[str, Array], name: str, N: int, path: str) -> list[str]:
    """Classes or groups as text, "" for each series if there are none."""
    array = arrays.get(name)
    if array is None:
        return [""] * N
    if array.shape != (N,):
        raise DataError(f"data: `{path}` must have {name} of shape (N={N},), got {array.shape}.")
    if array.dtype.kind == "f" and (array == np.floor(array)).all():
        array = array.astype(np.int64)
    if array.dtype.kind not in "iubU":
        raise DataError(
            f"data: `{path}` must have whole numbers or texts in {name}, got {array.dtype}."
        )
    return [str(label) for label in array.tolist()]
