import io

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


def test_utf_16() -> None:
    with pytest.raises(DataError, match=r"got byte 0xff in line 1, column 1|NUL byte"):
        list(lines_of(io.BytesIO("cats".encode("utf-16")), "x"))
