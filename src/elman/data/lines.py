"""Lines of UTF-8 text as they come, with their ends: from files, pipes and standard input."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from elman.errors import DataError

__all__ = ["HEAD_BYTES", "foreign_byte", "lines_of", "opened"]

LINE_BYTES = 1 << 26
HEAD_BYTES = 256
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # which begins with the next one
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = frozenset(range(32)) - frozenset(b"\b\t\n\v\f\r\x1b")  # control characters
_SIGNATURES = (b"\x89PNG", b"%PDF")  # of files whose first line may have none of those
_UNPACKERS = {b"\x1f\x8b": "gunzip", b"BZh91AY&SY": "bunzip2", b"\xfd7zXZ": "unxz"}
_WIDE = ("utf-32le", "utf-32be", "utf-16le", "utf-16be")


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
    number, head = 0, b""
    while line := file.readline(LINE_BYTES):
        number += 1
        head = head or line[:HEAD_BYTES]
        if len(line) == LINE_BYTES:
            raise DataError(f"data: `{path}` must have lines, got one of {LINE_BYTES:,} bytes.")
        if b"\0" in line:
            raise foreign_byte(path, number, line.index(b"\0"), 0, head)
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise foreign_byte(path, number, error.start, line[error.start], head) from None
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


def foreign_byte(path: str | Path, line: int, at: int, byte: int, head: bytes) -> DataError:
    """What to raise for a byte that does not belong in a text.

    Args:
        path: what messages call the text.
        line: which line, from 1.
        at: which byte of the line, from 0.
        byte: its value.
        head: what the text begins with, 256 bytes at most.
    """
    got = f"byte 0x{byte:02x}" if byte else "a NUL byte"
    encoding = _wide_encoding(head) or ("latin1" if byte and not _is_binary(head) else "")
    unpack = next((verb for magic, verb in _UNPACKERS.items() if head.startswith(magic)), "")
    hint = "This is a file of another kind, or a damaged one."
    if unpack:
        hint = f"This is a compressed file; unpack it: {unpack} < OLD > NEW"
    elif encoding:
        hint = (
            f"If it is text in another encoding, convert it: iconv -f {encoding} -t utf-8 OLD > NEW"
        )
    return DataError(
        f"data: `{path}` must be UTF-8 text, got {got} in line {line:,}, column {at + 1:,}. {hint}"
    )


def _is_binary(head: bytes) -> bool:
    """Whether a file that begins so is none of text, in whatever encoding of single bytes."""
    return head.startswith(_SIGNATURES) or not _NOT_TEXT.isdisjoint(head)


def _wide_encoding(head: bytes) -> str:
    """UTF-16 or UTF-32, if a byte order mark or the pattern of zero bytes says so; else ""."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    for name in _WIDE:
        text = head.decode(name, "replace")
        plain = sum(map(str.isascii, text))  # of these all bytes but one are zero
        if 2 * plain >= len(text) and all(c.isprintable() or c.isspace() for c in text):
            return name
    return ""
