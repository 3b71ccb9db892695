"""A series that a visitor pasted: a step a line, a number for each channel."""

import numpy as np
from numpy.typing import NDArray

from elman.errors import DataError

__all__ = ["series_of_rows"]

_MISSING = frozenset(["", "?", "na", "nan", "null", "none"])
_DELIMITERS = "\t;,"
_MOST = float(np.finfo(np.float32).max)


def series_of_rows(text: str, channels: int) -> NDArray[np.float32]:
    r"""The values of a series, (T, C), NaN where one is missing.

    Commas, semicolons, tabs or else spaces part the numbers of a line; a cell that is empty or a ?
    is missing. A first line without any number holds names and is skipped, as are blank lines.

    Args:
        text: the lines.
        channels: C, how many numbers each must have.

    Raises:
        DataError: a line has other cells, or there is no line; the message names it.

    >>> series_of_rows("x,y\n1,2\n3,?\n", 2).tolist()
    [[1.0, 2.0], [3.0, nan]]
    >>> series_of_rows("1,2\n3,cat\n", 2)
    Traceback (most recent call last):
    elman.errors.DataError: lab: line 2, column 2 must be a number or empty, got 'cat'.
    """
    between = next((mark for mark in _DELIMITERS if mark in text), None)
    steps: list[list[float]] = []
    first = True
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split(between)]
        if first and not any(map(_is_value, cells)):
            first = False
            continue
        first = False
        if len(cells) != channels:
            raise DataError(
                f"lab: line {number:,} must have {channels:,} "
                f"{'number' if channels == 1 else 'numbers'}, one for each channel that the model "
                f"reads, got {len(cells):,}. A line is a step."
            )
        steps.append(
            [_value(cell, f"line {number:,}, column {k}") for k, cell in enumerate(cells, 1)]
        )
    if not steps:
        raise DataError("lab: the series must have a line of numbers, got none.")
    return np.array(steps, np.float32)


def _is_value(cell: str) -> bool:
    """Whether a cell is a number, or says that one is missing."""
    if cell.lower() in _MISSING:
        return True
    try:
        return abs(float(cell)) <= _MOST
    except ValueError:
        return False


def _value(cell: str, where: str) -> float:
    """The number in a cell, NaN where it is missing."""
    if not _is_value(cell):
        raise DataError(f"lab: {where} must be a number or empty, got '{cell:.40}'.")
    return float("nan") if cell.lower() in _MISSING else float(cell)
