"""Labelled series out of files of several formats."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elman.data.labelled.labelled import ColumnNames, Labelled
from elman.data.series.long_table import read_long
from elman.data.series.npz_file import read_npz
from elman.data.series.ts_file import read_ts
from elman.errors import DataError
from elman.wording import counted

__all__ = ["Series", "read_series"]

Series = NDArray[np.float32]
"""Values of a series, (T, C), NaN where one is missing."""


def read_series(
    paths: Iterable[Path], names: ColumnNames | None = None, *, labelled: bool = True
) -> Iterator[Labelled[Series]]:
    r"""Series with their classes: lengths may differ, channels may not.

    A file whose name ends in .ts is of the UEA and UCR archives' format, one in .npz is NumPy's;
    .parquet and all others are tables in long form. Tables that name the same channels in another
    order are read in that of the first.

    Args:
        paths: the files.
        names: which columns of a table hold what.
        labelled: whether each series must have a label.

    Raises:
        DataError: a file cannot be read or is not of its format, a series has no step, no value at
            all, an infinite one, or other channels than the first.
        ConfigError: a file is Parquet, and polars is not installed.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cats.ts"
    >>> _ = path.write_text("@classLabel true a b\n@data\n1,2,?:4,5,6:a\n1,2:3:b\n")
    >>> series = read_series([path])
    >>> next(series).content.tolist()
    [[1.0, 4.0], [2.0, 5.0], [nan, 6.0]]
    >>> next(series)
    Traceback (most recent call last):
    elman.errors.DataError: data: line 4 of `...cats.ts` must have as many values in each channel,
    got 2, 1.
    """
    names = names or ColumnNames()
    channels, first = 0, ""
    for path in paths:
        found = False
        for example in _read(path, names, labelled):
            _check(example, labelled)
            C = example.content.shape[1]
            channels, first = channels or C, first or example.origin
            if channels != C:
                raise DataError(
                    f"data: {example.origin} must have {counted(channels, 'channel')}, "
                    f"as {first} has, got {C}."
                )
            found, names = True, replace(names, order=names.order or example.channels)
            yield example
        if not found:
            raise DataError(f"data: `{path}` must hold series, got none.")


def _read(path: Path, names: ColumnNames, labelled: bool) -> Iterator[Labelled[Series]]:
    """The series of one file."""
    if path.suffix == ".ts":
        return read_ts(path)
    if path.suffix == ".npz":
        return read_npz(path)
    return read_long(path, names, labelled=labelled)


def _check(example: Labelled[Series], labelled: bool) -> None:
    """Raise unless there is something to learn from a series."""
    problem = ""
    if labelled and not example.label:
        problem = "must have a label, got none"
    elif not len(example.content):
        problem = "must have at least one step, got none"
    elif np.isnan(example.content).all():
        problem = "must have a value, got none but missing ones"
    elif np.isinf(example.content).any():
        step, channel = np.argwhere(np.isinf(example.content))[0] + 1
        problem = f"must have finite values, got an infinite one in step {step}, channel {channel}"
    if problem:
        raise DataError(f"data: {example.origin} {problem}.")
