from pathlib import Path

import pytest

from elman.data.labelled.tables import column_of, has_column, header_of, name_in, read_rows
from elman.errors import DataError


def table(folder: Path, content: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b'\xef\xbb\xbftext,label\r\n"a, ""b""\nc",X\r\n\r\nd,Y',
        b'text\tlabel\n"a, ""b""\nc"\tX\n\nd\tY\n',
        b'text;label\n"a, ""b""\nc";X\n\nd;Y\n',
    ],
)
def test_delimiters_quotes_and_lines(tmp_path: Path, content: bytes) -> None:
    path = table(tmp_path, content)
    assert header_of(path) == ["text", "label"]
    assert list(read_rows(path)) == [(['a, "b"\nc', "X"], 3), (["d", "Y"], 5)]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "must begin with a line of column names, got an empty file"),
        (b"\na,b\n", "must begin with a line of column names, got a blank one"),
        (b"a,b\n1,2\n1,2,3\n", r"line 3 of `.*` must have 2 columns as the first line has, got 3"),
        (b'a,b\n1,"2\n3,4\n', r"line 2 of `.*` must begin a row of a table, got: .* in line 3"),
        (b"a,b\n1,\xe9\n", r"got byte 0xe9 in line 2, column 3\."),
        (b"a,b\n1,2\r3,4\n", r"line 2 of .* a carriage return that ends no line in line 2\."),
    ],
)
def test_bad_tables(tmp_path: Path, content: bytes, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        list(read_rows(table(tmp_path, content)))


def test_columns() -> None:
    assert column_of(["a", "text"], "a", "text", "x") == 0
    with pytest.raises(DataError, match=r"a column 'txet', got 'a', 'text'\. Did you mean 'text'"):
        column_of(["a", "text"], "txet", "text", "x")
    with pytest.raises(DataError, match=r"a column 'a', got it 2 times\.$"):
        column_of(["a", "a"], "a", "text", "x")
    with pytest.raises(DataError, match=r"'text', got 'a\|text'\. Columns are parted by commas,"):
        column_of(["a|text"], "", "text", "x")


def test_two_columns_alike_are_refused_not_passed_over() -> None:
    header = ["Time", "TIME", "x"]
    assert has_column(header, "", "time")
    with pytest.raises(DataError, match=r"must have a column 'time', got 'Time', 'TIME', 'x'"):
        column_of(header, "", "time", "t.csv")


def test_blanks_around_names_and_capitals_of_usual_ones(tmp_path: Path) -> None:
    header = header_of(table(tmp_path, b" Text , LABEL\nI love cats, joy\n"))
    assert header == ["Text", "LABEL"]
    assert column_of(header, "", "label", "x") == 1
    assert name_in(["Text", "TEXT"], "", "text") == "text"  # which of them?
    assert name_in(["Text", "text"], "", "text") == "text"
    with pytest.raises(DataError, match=r"a column 'label', .* Did you mean 'LABEL'"):
        column_of(header, "label", "text", "x")  # what is asked for is meant just so
