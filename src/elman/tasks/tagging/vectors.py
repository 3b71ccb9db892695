"""Word vectors in word2vec's or fastText's text format: a word a line and its numbers."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elman.data.lines import lines_of, opened
from elman.errors import DataError
from elman.wording import counted

__all__ = ["Vectors", "read_vectors"]

_ENDS = " \r\n"  # of a line; other white space may be a word
_WHOLE = re.compile("[0-9]{1,9}")


@dataclass(frozen=True)
class Vectors:
    """Vectors of words.

    Attributes:
        words: V words.
        table: their vectors of N numbers, (V, N) float32.
    """

    words: tuple[str, ...]
    table: NDArray[np.float32]


def read_vectors(path: Path, needed: Collection[str], first: int = 0) -> Vectors:
    r"""Read vectors line by line, and keep those that are needed, and the first of the file.

    A first line of two whole numbers (how many, how wide) is no vector; without it, the first
    vector says how wide all are. A word may hold spaces: the last numbers of a line are its vector,
    and what stands before them is no further number. Blank lines are passed over.

    Args:
        path: the file.
        needed: the words to keep.
        first: how many words at the head of the file to keep, whatever they are.

    Raises:
        DataError: the file cannot be read, a line is not as it must be, or no needed word is there.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cats.vec"
    >>> _ = path.write_text("3 2\ncats 1 0.5\nlove -1 0\ndogs 0 0\n")
    >>> found = read_vectors(path, {"love"}, first=1)
    >>> found.words, found.table.tolist()
    (('cats', 'love'), [[1.0, 0.5], [-1.0, 0.0]])
    >>> read_vectors(path, {"zebras"})
    Traceback (most recent call last):
    elman.errors.DataError: data: `...cats.vec` must hold vectors of words of the text, got none in
    3 of them.
    """
    rows: dict[str, NDArray[np.float32]] = {}
    width, lines, is_of_use = 0, 0, False
    with opened(path) as file:
        for number, line in enumerate(lines_of(file, str(path)), 1):
            cells = line.rstrip(_ENDS).split(" ")
            heads = number == 1 and len(cells) == 2 and all(map(_WHOLE.fullmatch, cells))
            if not width and cells != [""]:
                width = int(cells[1]) if heads else len(cells) - 1
                _check_width(path, number, width)
            if heads or cells == [""]:
                continue
            lines += 1
            if len(cells) <= width or (len(cells) > width + 1 and _is_number(cells[-width - 1])):
                got = f"{len(cells) - 1:,}"
                raise DataError(_at(path, number, f"a word and {counted(width, 'number')}", got))
            word = " ".join(cells[:-width])
            if word not in rows and (word in needed or lines <= first):
                rows[word] = _numbers(path, number, cells[-width:])
                is_of_use = is_of_use or word in needed
    if not is_of_use:
        got = f"none in {lines:,} of them" if lines else "no vector"
        raise DataError(f"data: `{path}` must hold vectors of words of the text, got {got}.")
    return Vectors(tuple(rows), np.stack(list(rows.values())))


def _is_number(cell: str) -> bool:
    """Whether a cell is no part of a word, but one number too many."""
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _numbers(path: Path, number: int, cells: list[str]) -> NDArray[np.float32]:
    found = list[float]()
    try:
        found.extend(map(float, cells))
    except ValueError:
        got = f"'{cells[len(found)]:.40}' as number {len(found) + 1:,}"
        raise DataError(_at(path, number, f"{len(cells):,} numbers after its word", got)) from None
    with np.errstate(over="ignore"):  # what is too large is infinite, and told below
        vector = np.array(found, np.float32)
    if not np.isfinite(vector).all():
        at = int(np.isfinite(vector).argmin())
        got = f"'{cells[at]:.40}' as number {at + 1:,}"
        raise DataError(_at(path, number, "finite numbers", got))
    return vector


def _check_width(path: Path, number: int, width: int) -> None:
    if width < 2:
        wanted = "a word and its numbers, parted by spaces"
        raise DataError(_at(path, number, wanted, counted(width, "number")))


def _at(path: Path, number: int, wanted: str, got: str) -> str:
    return f"data: line {number:,} of `{path}` must have {wanted}, got {got}."
