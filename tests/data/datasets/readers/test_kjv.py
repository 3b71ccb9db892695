import struct

import pytest

from elman.data.datasets.readers.kjv import CLEAR, read
from elman.errors import DataError


def compressed(text: bytes) -> bytes:
    """Lempel–Ziv–Welch as compress(1) has it, ended by the code for a clear table."""
    table = {bytes([byte]): byte for byte in range(256)}
    codes: list[tuple[int, int]] = []
    bits, free, word = 9, CLEAR + 1, b""
    for byte in text:
        longer = word + bytes([byte])
        if longer in table:
            word = longer
            continue
        codes.append((table[word], bits))
        if free < 1 << 16:
            table[longer] = free
            free += 1
        if free > 1 << bits and bits < 16:
            bits += 1
        word = bytes([byte])
    codes.append((table[word], bits))
    bits += free + 1 > 1 << bits and bits < 16
    codes.append((CLEAR, bits))
    buffer = filled = 0
    for code, width in codes:
        buffer |= code << filled
        filled += width
    return buffer.to_bytes(-(-filled // 8), "little")


def packed(text: str, window_bytes: int) -> bytes:
    """A file of windows."""
    data = text.encode()
    windows = [compressed(data[at : at + window_bytes]) for at in range(0, len(data), window_bytes)]
    begin = 92 + 4 * len(windows)
    offsets = []
    for window in windows:
        offsets.append(begin)
        begin += len(window)
    head = b"EC02Compressed Data File".ljust(84, b"\0") + struct.pack(
        f">II{len(offsets)}I", window_bytes, len(windows), *offsets
    )
    return head + b"".join(windows)


def verses(chapters: int) -> str:
    lines = ["Holy Bible, in small."]
    for chapter in range(1, chapters + 1):
        lines += [f"1Jo{chapter}:{verse} And it was {verse} of {chapter}." for verse in (1, 2, 3)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("window_bytes", [100, 1000, 65536])
def test_verses_are_lines_and_chapters_documents(window_bytes: int) -> None:
    dealt = list(read({"bible.data": packed(verses(45), window_bytes)}))
    assert len(dealt) == 45
    assert dealt[0] == ("train", "".join(f"And it was {v} of 1.\n" for v in (1, 2, 3)))
    tests = [document.split(" of ")[1][:3] for split, document in dealt if split == "test"]
    assert tests == ["20.", "40."]


def test_codes_grow_with_the_table() -> None:
    text = verses(3000)
    documents = [document for _, document in read({"bible.data": packed(text, 1 << 20)})]
    assert len(documents) == 3000
    assert documents[-1].endswith("And it was 3 of 3000.\n")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "must begin with b'EC02'"),
        (b"GZIP" + b"\0" * 200, "must begin with b'EC02', got b'GZIP'"),
        (b"EC02" + b"\0" * 84 + b"\xff" * 8, "must have room for its 4,294,967,295 windows"),
        (
            b"EC02" + b"\0" * 84 + struct.pack(">II", 1, 96) + b"\xff\xff",
            "a code must be in its table",
        ),
        (b"EC02" + b"\0" * 84 + struct.pack(">II", 1, 96) + b"\xff\x00", "must be ASCII text"),
    ],
)
def test_other_files(data: bytes, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        list(read({"bible.data": data}))
