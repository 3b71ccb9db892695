r"""Text files of any size, read in blocks: UTF-8, any line ends, faults named by line and column.

What every reader above may rely on:

- Line ends are ``\n``; a file's last line is closed whether or not it ends in a newline.
- A byte order mark at the beginning is dropped.
- Lines of white space alone are blank. A run of blank lines is one empty line: it separates
  documents. Blank lines at the ends of a file say nothing and are dropped.
- A line longer than a block arrives in pieces, cut after white space where there is any.
"""

import codecs
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from elman.data.lines import HEAD_BYTES, foreign_byte
from elman.errors import DataError

__all__ = [
    "Source",
    "TextSpan",
    "block_of",
    "read_blocks",
    "read_lines",
    "sha256",
    "split_off",
]

BLOCK_BYTES = 1 << 20
_BLANK_LINES = re.compile(r"\n\s*\n")
_LEADING_BLANK_LINES = re.compile(r"\A\s*\n")
_TRAILING_BLANKS = re.compile(r"\n\s*\Z")


@dataclass(frozen=True)
class TextSpan:
    """A part of a text file.

    Attributes:
        path: the file.
        start_bytes: where the part begins.
        stop_bytes: where it ends (excluded); None reads to the end of the file.
    """

    path: Path
    start_bytes: int = 0
    stop_bytes: int | None = None


Source = Path | TextSpan
"""Where text comes from: a whole file or a part of one."""


def sha256(paths: Sequence[Path]) -> str:
    """The SHA-256 of a text: of the one file's bytes, or of the hashes of several, one a line.

    Raises:
        DataError: a file is missing or cannot be read.
    """
    hashes = []
    for path in paths:
        with _opened(path) as file:
            hashes.append(hashlib.file_digest(file, "sha256").hexdigest())
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def read_blocks(source: Source) -> Iterator[str]:
    r"""Read text in blocks of about a megabyte, as whole lines wherever lines are shorter.

    Each ``\n`` in a block ends a line, and ``\n\n`` a document; joined, the blocks are the text.

    Raises:
        DataError: the file is missing, unreadable, a folder, empty, binary, or not UTF-8.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cats.txt"
    >>> _ = path.write_bytes(b"I love cats\r\n\r\n\r\nI love you")
    >>> "".join(read_blocks(path))
    'I love cats\n\nI love you\n'
    >>> next(read_blocks(path.with_name("dogs.txt")))
    Traceback (most recent call last):
    elman.errors.DataError: data: `...dogs.txt` must be a text file, got no such file.
    """
    span = source if isinstance(source, TextSpan) else TextSpan(source)
    text, begun, closed = "", False, True
    for piece in _decoded(span):
        text = _BLANK_LINES.sub("\n\n", text + piece)
        if not begun:
            text = _LEADING_BLANK_LINES.sub("", text)
        block, text = _cut(text)
        if block:
            yield block
            begun, closed = True, block.endswith("\n")
    text = _TRAILING_BLANKS.sub("", text)
    if text.strip() or not closed:
        yield text + "\n"
    elif not begun:
        raise DataError(f"data: `{span.path}` must hold text, got {_nothing(span)}.")


def block_of(text: str) -> str:
    r"""Text that is at hand, as `read_blocks` would give it; nothing for one that is blank.

    >>> block_of("I love cats\r\n\r\n\r\nI love you")
    'I love cats\n\nI love you\n'
    """
    text = io.IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)
    text = _BLANK_LINES.sub("\n\n", text.removeprefix("\ufeff"))
    text = _TRAILING_BLANKS.sub("", _LEADING_BLANK_LINES.sub("", text))
    return f"{text}\n" if text.strip() else ""


def read_lines(source: Source) -> Iterator[str]:
    r"""Read the lines of a text that are not blank, without their line ends.

    A line longer than a block (a megabyte) arrives as several.

    Raises:
        DataError: as `read_blocks`.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cats.txt"
    >>> _ = path.write_bytes(b"I love cats\r\n\r\nI love you")
    >>> list(read_lines(path))
    ['I love cats', 'I love you']
    """
    for block in read_blocks(source):
        yield from filter(None, block.split("\n"))


def split_off(paths: list[Path], share: float) -> tuple[list[TextSpan], list[TextSpan]]:
    """Cut about the last `share` of a text off, where a line begins (or a word, in a long line).

    Args:
        paths: the files, read one after the other.
        share: the part to cut off, by bytes, above 0 and below 1.

    Returns:
        What comes before the cut, and what comes after.

    Raises:
        DataError: the text is too short to be cut.
    """
    ends = [_end_of_text(path) for path in paths]
    begins = [_start_of_text(path, end) for path, end in zip(paths, ends, strict=True)]
    lengths = [end - begin for begin, end in zip(begins, ends, strict=True)]
    number, target = 0, int(sum(lengths) * (1 - share))
    while target > lengths[number]:
        number, target = number + 1, target - lengths[number]
    path, begin, end = paths[number], begins[number], ends[number]
    at = _start_near(path, begin, begin + target, end)
    before = [TextSpan(whole) for whole in paths[:number]]
    after = [TextSpan(whole) for whole in paths[number + 1 :]]
    if at > begin:
        before.append(TextSpan(path, 0, at))
    if at < end:
        after.insert(0, TextSpan(path, at))
    if not before or not after:
        words = sum(len(line.split()) for path in paths for line in read_lines(path))
        raise DataError(
            f"data: `{path}` must have at least 2 words for {share:.0%} of it to be held out to "
            f"judge by, got {words}. Give more text."
        )
    return before, after


def _cut(text: str) -> tuple[str, str]:
    """Divide `text` into whole lines to hand out, and the beginning of what follows.

    What follows always begins with a line that is not blank, so runs of blank lines stay whole.
    """
    body = text.rstrip()
    at = body.rfind("\n") + 1
    if at == 0 and len(text) >= BLOCK_BYTES:  # one line longer than a block
        words = body.rsplit(None, 1)
        at = len(body) - len(words[1]) if len(words) == 2 else len(body) or len(text)
    return text[:at], text[at:]


def _decoded(span: TextSpan) -> Iterator[str]:
    r"""The text of a span in pieces, with every line end as ``\n``."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    offset = span.start_bytes
    with _opened(span.path) as file:
        file.seek(offset)
        while True:
            limit = BLOCK_BYTES if span.stop_bytes is None else span.stop_bytes - offset
            chunk = file.read(min(BLOCK_BYTES, limit))
            if (nul := chunk.find(0)) >= 0:
                raise _foreign_byte(span.path, offset + nul, 0)
            pending = len(decoder.getstate()[0])
            try:
                piece = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                at = offset - pending + error.start
                raise _foreign_byte(span.path, at, error.object[error.start]) from None
            piece = newlines.decode(piece, final=not chunk)
            yield piece.removeprefix("\ufeff") if offset == 0 else piece
            offset += len(chunk)
            if not chunk:
                return


def _opened(path: Path) -> io.BufferedReader:
    """Open a regular file for reading bytes."""
    try:
        return _regular(path).open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"data: `{path}` must be readable, got: {reason}.") from error


def _regular(path: Path) -> Path:
    """Return `path`, if it is a file that can be read more than once."""
    if path.is_file():
        return path
    got = "no such file"
    if path.is_dir():
        got = "a folder"
    elif path.exists():
        got = "a pipe or device. Text is read more than once: save it to a file first"
    raise DataError(f"data: `{path}` must be a text file, got {got}.")


def _foreign_byte(path: Path, offset: int, byte: int) -> DataError:
    """What to raise for the byte at `offset` of a file."""
    line, begin, read = 1, 0, 0
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        while chunk := file.read(min(BLOCK_BYTES, offset - read)):
            line += chunk.count(b"\n")
            begin = read + end + 1 if (end := chunk.rfind(b"\n")) >= 0 else begin
            read += len(chunk)
    return foreign_byte(path, line, offset - begin, byte, head)


def _nothing(span: TextSpan) -> str:
    """How a text is empty."""
    return "an empty file" if span.path.stat().st_size == 0 else "only blank lines"


def _end_of_text(path: Path) -> int:
    """The position in bytes after the last byte of a file that is not white space."""
    with _opened(path) as file:
        end = file.seek(0, io.SEEK_END)
        while end:
            start = max(0, end - BLOCK_BYTES)
            file.seek(start)
            if body := file.read(end - start).rstrip():
                return start + len(body)
            end = start
    return 0


def _start_of_text(path: Path, end: int) -> int:
    """The position in bytes of the first byte of a file that is not white space; at most `end`."""
    start = 0
    with _opened(path) as file:
        while start < end and not (body := (block := file.read(BLOCK_BYTES)).lstrip()):
            start += len(block)
    return start + len(block) - len(body) if start < end else end


def _start_near(path: Path, begin: int, offset: int, end: int) -> int:
    """Where, near `offset`, from `begin` on, a line begins; else a word; else a character."""
    start = max(begin, offset - BLOCK_BYTES)
    with _opened(path) as file:
        file.seek(start)
        behind = file.read(offset - start)
        ahead = file.read(min(BLOCK_BYTES, end - offset))
    for marks in ((b"\n", b"\r"), (b" ", b"\t")):
        if (last := max(map(behind.rfind, marks))) >= 0:
            return start + last + 1
        if further := [found for mark in marks if (found := ahead.find(mark)) >= 0]:
            return offset + min(further) + 1
    if start == begin:
        return begin
    return offset + next((i for i, byte in enumerate(ahead) if byte & 0xC0 != 0x80), 0)
