import bz2
import gzip
import io
import lzma

import pytest

from elman.data import lines
from elman.data.lines import lines_of
from elman.errors import DataError


def test_line_ends_stay_and_a_mark_goes() -> None:
    content = "\ufeffa\r\nb\u2028c\n\nd".encode()
    assert list(lines_of(io.BytesIO(content), "x")) == ["a\r\n", "b\u2028c\n", "\n", "d"]


def test_a_line_that_has_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LINE_BYTES", 8)
    with pytest.raises(DataError, match="`x` must have lines, got one of 8 bytes"):
        list(lines_of(io.BytesIO(b"I love cats"), "x"))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("cats".encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + "I love cats\n".encode("utf-16-be"), "utf-16"),
        (b"\xff\xfe" + "日本語\n日本語".encode("utf-16-le"), "utf-16"),
        ("I love caf\xe9s, 日本\n".encode("utf-16-le"), "utf-16le"),
        ("I\nlove\n".encode("utf-16-le"), "utf-16le"),
        ("I\nlove\n".encode("utf-16-be"), "utf-16be"),
        ("cats".encode("utf-32"), "utf-32"),
        ("I\tPRON\n".encode("utf-32-le"), "utf-32le"),
        ("I\tPRON\n".encode("utf-32-be"), "utf-32be"),
        (b"caf\xe9s", "latin1"),
        (b"BZh caf\xe9s", "latin1"),
    ],
)
def test_what_converts_another_encoding_is_said(content: bytes, encoding: str) -> None:
    with pytest.raises(DataError, match=rf"must be UTF-8 text, .* iconv -f {encoding} -t utf-8"):
        list(lines_of(io.BytesIO(content), "x"))


@pytest.mark.parametrize(
    "content",
    [
        b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0\x3e\0\x01" + bytes(3) + b"\xb0\x61" + bytes(6),
        b"I love cats\nand d\0gs\n",
        bytes(64),
        b"\x89PNG\r\n\x1a\n" + bytes(8),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"PK\x03\x04\x14\x03\x9c\n",
    ],
)
def test_a_binary_file_is_no_text_to_convert(content: bytes) -> None:
    with pytest.raises(
        DataError, match=r"got (a NUL byte|byte 0x..) .* a file of another kind"
    ) as caught:
        list(lines_of(io.BytesIO(content), "x"))
    assert "iconv" not in str(caught.value)


@pytest.mark.parametrize(
    ("packed", "verb"),
    [
        (gzip.compress(b"I love cats", mtime=0), "gunzip"),
        (bz2.compress(b"I love cats"), "bunzip2"),
        (lzma.compress(b"I love cats"), "unxz"),
    ],
    ids=["gzip", "bzip2", "xz"],
)
def test_how_to_unpack_a_compressed_file_is_said(packed: bytes, verb: str) -> None:
    with pytest.raises(
        DataError, match=f"This is a compressed file; unpack it: {verb} < OLD > NEW"
    ):
        list(lines_of(io.BytesIO(packed), "x"))
