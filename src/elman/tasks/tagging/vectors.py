"""Word vectors in word2vec's or fastText's text format: a word a line and its numbers."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elman.errors import DataError
from elman.wording import counted

__all__ = ["Vectors", "read_vectors"]


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
    vector says how wide all are. A word may hold spaces: the last numbers of a line are its vector.

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
    found, lines, is_of_use = 0, 0, False
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                cells = line.rstrip().split(b" ")
                heads = number == 1 and len(cells) == 2 and all(map(bytes.isdigit, cells))
                if not found:
                    found = int(cells[1]) if heads else len(cells) - 1
                    _check_width(path, found)
                if heads:
                    continue
                lines += 1
                if len(cells) <= found:
                    got = "those of a binary file" if 0 in line else f"{len(cells) - 1}"
                    raise DataError(_at(path, number, f"a word and {found} numbers", got))
                word = _word(path, number, b" ".join(cells[:-found]))
                if word not in rows and (word in needed or lines <= first):
                    rows[word] = _numbers(path, number, cells[-found:])
                    is_of_use = is_of_use or word in needed
    except OSError as error:
        raise DataError(
            f"data: `{path}` must be a file of word vectors, got: {error.strerror}."
        ) from error
    if not is_of_use:
        got = f"none in {lines:,} of them" if lines else "no vector"
        raise DataError(f"data: `{path}` must hold vectors of words of the text, got {got}.")
    return Vectors(tuple(rows), np.stack(list(rows.values())))


def _word(path: Path, number: int, word: bytes) -> str:
    try:
        return word.decode()
    except UnicodeDecodeError as error:
        got = f"byte 0x{word[error.start]:02x} in column {error.start + 1}"
        raise DataError(_at(path, number, "UTF-8", got)) from None


def _numbers(path: Path, number: int, cells: list[bytes]) -> NDArray[np.float32]:
    found = list[float]()
    try:
        found.extend(map(float, cells))
    except ValueError:
        cell = cells[len(found)].decode(errors="replace")
        got = f"'{cell:.40}' as number {len(found) + 1}"
        raise DataError(_at(path, number, f"{len(cells)} numbers after its word", got)) from None
    with np.errstate(over="ignore"):  # what is too large is infinite, and told below
        vector = np.array(found, np.float32)
    if not np.isfinite(vector).all():
        raise DataError(_at(path, number, "finite numbers", "NaN or infinity"))
    return vector


def _check_width(path: Path, found: int) -> None:
    if found < 2:
        raise DataError(
            _at(
                path,
                1,
                "a word and its numbers, parted by spaces",
                counted(max(0, found), "number"),
            )
        )


def _at(path: Path, number: int, wanted: str, got: str) -> str:
    return f"data: line {number:,} of `{path}` must have {wanted}, got {got}."
