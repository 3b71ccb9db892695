"""The King James Bible, out of the file of Debian's bible-kjv-text.

The file begins with 92 bytes: a name, at byte 84 the size of a window and at 88 the number of
windows, big-endian; then where each window begins. A window is text compressed as by compress(1),
ended by that program's code for a clear table. A line of the text is "Ge1:1 In the beginning …".

Source: README.bible of Debian's bible-kjv (Chapin 1989); compress(1), Welch 1984.
"""

import itertools
import re
import struct
from collections.abc import Iterator, Mapping

from elman.data.datasets.readers.dealing import deal
from elman.errors import DataError

__all__ = ["read"]

NAME, WINDOWS_AT, OFFSETS_AT = b"EC02", 88, 92
CLEAR, MOST_BITS = 256, 16
_VERSE = re.compile(r"(?P<chapter>\d?[A-Za-z]+\d+):\d+ (?P<text>.+)")


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Verses as lines, chapters as documents; references such as "Ge1:1" are left out.

    Raises:
        DataError: the file does not have that form.
    """
    (data,) = members.values()
    return deal(_chapters(_unpack(data)), every=20)


def _chapters(text: str) -> Iterator[str]:
    """Gather the verses of each chapter."""
    chapter, verses = "", list[str]()
    for line in text.split("\n"):
        verse = _VERSE.fullmatch(line)
        if verse is None:
            continue
        if verse["chapter"] != chapter and verses:
            yield "".join(verses)
            verses = []
        chapter = verse["chapter"]
        verses.append(f"{verse['text'].strip()}\n")
    if verses:
        yield "".join(verses)


def _unpack(data: bytes) -> str:
    """Decompress all windows."""
    if not data.startswith(NAME) or len(data) < OFFSETS_AT:
        raise DataError(f"kjv: the file must begin with {NAME!r}, got {data[:4]!r}.")
    (windows,) = struct.unpack_from(">I", data, WINDOWS_AT)
    if not 0 < windows <= (len(data) - OFFSETS_AT) // 4:
        raise DataError(f"kjv: the file must have room for its {windows:,} windows.")
    edges = [*struct.unpack_from(f">{windows}I", data, OFFSETS_AT), len(data)]
    pieces = (_expand(data[begin:end]) for begin, end in itertools.pairwise(edges))
    try:
        return b"".join(pieces).decode("ascii")
    except UnicodeDecodeError as error:
        raise DataError(f"kjv: the file must be ASCII text, got: {error}.") from error


def _expand(window: bytes) -> bytes:
    """Undo Lempel–Ziv–Welch: codes of 9 to 16 bits, lowest bit first, growing with the table."""
    table = [bytes([byte]) for byte in range(256)] + [b""]
    pieces, before = list[bytes](), b""
    bits, buffer, filled = 9, 0, 0
    for byte in window:
        buffer |= byte << filled
        filled += 8
        if filled < bits:
            continue
        code = buffer & ((1 << bits) - 1)
        buffer >>= bits
        filled -= bits
        if code == CLEAR:
            break
        if code > len(table) or (code == len(table) and not before):
            raise DataError(f"kjv: a code must be in its table of {len(table):,}, got {code:,}.")
        piece = table[code] if code < len(table) else before + before[:1]
        if before and len(table) < 1 << MOST_BITS:
            table.append(before + piece[:1])
            bits = min(MOST_BITS, max(bits, len(table).bit_length()))
        pieces.append(piece)
        before = piece
    return b"".join(pieces)
