import numpy as np
import pytest

from elman.errors import DataError
from elman.lab.rows import series_of_rows

NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,2\n3,4\n", [[1, 2], [3, 4]]),
        ("x,y\n1,2\n", [[1, 2]]),
        ("1;2\r\n\r\n-3;4e1\r\n", [[1, 2], [-3, 40]]),
        ("1 2\n  3   4", [[1, 2], [3, 4]]),
        ("1\t\n?\t4", [[1, NAN], [NAN, 4]]),
        (",\n1,2", [[NAN, NAN], [1, 2]]),
    ],
)
def test_rows_are_read_as_people_paste_them(text: str, expected: list[list[float]]) -> None:
    np.testing.assert_array_equal(series_of_rows(text, 2), np.array(expected, np.float32))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must have a line of numbers, got none"),
        ("x,y\n", "must have a line of numbers, got none"),
        ("1,2\n3,4,5\n", "line 2 must have 2 numbers, one for each channel .*, got 3"),
        ("1,2\n\n3,<b>\n", r"line 3, column 2 must be a number or empty, got '<b>'"),
        ("1,inf\n", "line 1, column 2 must be a number or empty, got 'inf'"),
        ("1,1e99\n", "line 1, column 2 must be a number or empty, got '1e99'"),
    ],
)
def test_what_is_no_series_is_named_by_line_and_column(text: str, why: str) -> None:
    with pytest.raises(DataError, match=why):
        series_of_rows(text, 2)
