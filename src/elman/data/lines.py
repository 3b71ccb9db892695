"""Lines of UTF-8 text as they come, with their ends: from files, pipes and standard input."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from elman.errors import DataError

__all__ = ["foreign_byte", "lines_of", "opened"]

LINE_BYTES = 1 << 26


def lines_of(file: BinaryIO, path: str) -> Iterator[str]:
    r"""Each line as soon as it is read; a byte order mark at the beginning is dropped.

    Args:
        file: opened for reading bytes; it need not end.
        path: what messages call it.

    Raises:
        DataError: it is not UTF-8 text; the message names line and column. Or a line is longer
            than 64 MiB.

    >>> list(lines_of(io.BytesIO(b"I love\r\ncats"), "cats.txt"))
    ['I love\r\n', 'cats']
    >>> list(lines_of(io.BytesIO(b"I love caf\xe9s"), "cats.txt"))
    Traceback (most recent call last):
    elman.errors.DataError: data: `cats.txt` must be UTF-8 text, got byte 0xe9 in line 1, column 11.
    If it is text in another encoding, convert it: iconv -f latin1 -t utf-8 OLD > NEW
    """
    number = 0
    while line := file.readline(LINE_BYTES):
        number += 1
        if len(line) == LINE_BYTES:
            raise DataError(f"data: `{path}` must have lines, got one of {LINE_BYTES:,} bytes.")
        if b"\0" in line:
            raise foreign_byte(path, number, line.index(b"\0"), "a NUL byte", "utf-16")
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            got = f"byte 0x{line[error.start]:02x}"
            raise foreign_byte(path, number, error.start, got, "latin1") from None
        yield text.removeprefix("\ufeff") if number == 1 else text


def opened(path: Path) -> io.BufferedReader:
    """Open a file for reading bytes.

    Raises:
        DataError: it cannot be read.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise DataError(
            f"data: `{path}` must be a file that can be read, got: {error.strerror or error}."
        ) from error


def foreign_byte(path: str | Path, line: int, at: int, got: str, encoding: str) -> DataError:
    """What to raise for a byte that does not belong in a text.

    Args:
        path: what messages call the text.
        line: which line, from 1.
        at: which byte of the line, from 0.
        got: the byte in words.
        encoding: what the text may be in.
    """
    return DataError(
        f"data: `{path}` must be UTF-8 text, got {got} in line {line:,}, column {at + 1:,}. "
        f"If it is text in another encoding, convert it: iconv -f {encoding} -t utf-8 OLD > NEW"
    )
