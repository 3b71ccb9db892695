"""Word vectors in word2vec's or fastText's text format: a word a line and its numbers."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elman.errors import ConfigError, DataError

__all__ = ["Vectors", "read_vectors"]


@dataclass(frozen=True)
class Vectors:
    """Vectors of the words that are needed.

    Attributes:
        width: numbers in each.
        rows: word → vector, (width,) float32.
    """

    width: int
    rows: dict[str, NDArray[np.float32]]


def read_vectors(path: Path, needed: Collection[str], width: int = 0) -> Vectors:
    r"""Read vectors line by line, and keep those that are needed.

    A first line of two whole numbers (how many, how wide) is no vector; without it, the first
    vector says how wide all are. A word may hold spaces: the last numbers of a line are its vector.

    Args:
        path: the file.
        needed: the words to keep, as they are looked up.
        width: what they must be wide; 0 for anything.

    Raises:
        DataError: the file cannot be read, a line is not as it must be, or no needed word is there.
        ConfigError: the vectors are of another width.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cats.vec"
    >>> _ = path.write_text("3 2\ncats 1 0.5\nlove -1 0\ndogs 0 0\n")
    >>> read_vectors(path, {"cats", "love"}).rows["cats"].tolist()
    [1.0, 0.5]
    >>> read_vectors(path, {"zebras"})
    Traceback (most recent call last):
    elman.errors.DataError: data: `...cats.vec` must hold vectors of words of the text, got none in
    3 of them.
    """
    rows: dict[str, NDArray[np.float32]] = {}
    found, lines = 0, 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                cells = line.rstrip().split(b" ")
                heads = number == 1 and len(cells) == 2 and all(map(bytes.isdigit, cells))
                if not found:
                    found = int(cells[1]) if heads else len(cells) - 1
                    _check_width(path, found, width)
                if heads:
                    continue
                lines += 1
                if len(cells) <= found:
                    got = "those of a binary file" if 0 in line else f"{len(cells) - 1}"
                    raise DataError(_at(path, number, f"a word and {found} numbers", got))
                word = _word(path, number, b" ".join(cells[:-found]))
                if word in needed and word not in rows:
                    rows[word] = _numbers(path, number, cells[-found:])
    except OSError as error:
        raise DataError(
            f"data: `{path}` must be a file of word vectors, got: {error.strerror}."
        ) from error
    if not rows:
        got = f"none in {lines:,} of them" if lines else "no vector"
        raise DataError(f"data: `{path}` must hold vectors of words of the text, got {got}.")
    return Vectors(found, rows)


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


def _check_width(path: Path, found: int, width: int) -> None:
    if found < 2:
        raise DataError(
            _at(path, 1, "a word and its numbers, parted by spaces", f"{max(0, found)} numbers")
        )
    if width and found != width:
        raise ConfigError(
            f"Tagger.fit: `embedding_size` must be {found}, the width of the vectors in `{path}`, "
            f"or 0, got {width}."
        )


def _at(path: Path, number: int, wanted: str, got: str) -> str:
    return f"data: line {number:,} of `{path}` must have {wanted}, got {got}."
