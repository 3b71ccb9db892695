"""Rows of a CSV file by the names of its columns, as they come."""

import csv
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from elman.checks import suggest
from elman.data.lines import lines_of, opened
from elman.errors import DataError

__all__ = ["Row", "column_of", "has_column", "header_of", "hint_of", "name_in", "read_rows"]

_DELIMITERS = ",\t;"
_FIELD_BYTES = 1 << 26


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        cells: as many as there are columns.
        line: the number, from 1, of the line in which it ends.
    """

    cells: list[str]
    line: int


def header_of(path: Path) -> list[str]:
    """The names of a CSV file's columns, without blanks around them.

    Raises:
        DataError: the file cannot be read, or is empty.
    """
    return [name.strip() for name in next(_parsed(path)).cells]


def read_rows(path: Path) -> Iterator[Row]:
    """The rows after the header, whose most frequent of comma, tab and semicolon parts columns.

    Raises:
        DataError: the file cannot be read, is empty, or a row has another number of columns.
    """
    rows = _parsed(path)
    header = next(rows).cells
    for row in rows:
        if len(row.cells) != len(header):
            raise DataError(
                f"data: line {row.line:,} of `{path}` must have {len(header)} columns as the first "
                f"line has, got {len(row.cells)}."
            )
        yield row


def name_in(header: Sequence[str], asked: str, usual: str) -> str:
    """What a header calls a column: just what is asked for, else the usual name, in any case.

    >>> name_in(["Text", "Mood"], "", "text"), name_in(["Text", "Mood"], "mood", "label")
    ('Text', 'mood')
    """
    name = asked or usual
    alike = [] if asked or name in header else [each for each in header if each.lower() == name]
    return alike[0] if len(alike) == 1 else name


def has_column(header: Sequence[str], asked: str, usual: str) -> bool:
    """Whether a column is asked for, or one is there that has the usual name in any case.

    >>> has_column(["Time", "TIME"], "", "time"), has_column(["x", "y"], "", "time")
    (True, False)
    """
    return bool(asked) or usual in map(str.lower, header)


def column_of(header: Sequence[str], asked: str, usual: str, where: str) -> int:
    """The place of a column: of the one asked for, else of the usual one.

    Args:
        header: the names of all columns.
        asked: its name; "" for the usual.
        usual: what it is called if nothing else is said.
        where: the file, for messages.

    Raises:
        DataError: there is no such column, or several.

    >>> column_of(["id", "text", "label"], "", "text", "cats.csv")
    1
    >>> column_of(["id", "txt", "label"], "", "text", "cats.csv")
    Traceback (most recent call last):
    elman.errors.DataError: data: line 1 of `cats.csv` must have a column 'text', got 'id', 'txt',
    'label'. Did you mean 'txt'?
    """
    name = name_in(header, asked, usual)
    if header.count(name) != 1:
        listed = ", ".join(f"'{column:.40}'" for column in header[:12])
        got = f"it {header.count(name)} times" if name in header else listed
        raise DataError(
            f"data: line 1 of `{where}` must have a column '{name}', got {got}."
            f"{'' if name in header else hint_of(name, header)}"
        )
    return header.index(name)


def hint_of(name: str, header: Sequence[str]) -> str:
    """What may be meant by a name that no column has; of one column alone, how to part several.

    >>> hint_of("txt", ["text", "label"]), hint_of("text", ["text|label"])
    (" Did you mean 'text'?", ' Columns are parted by commas, tabs or semicolons.')
    """
    if len(header) == 1:
        return " Columns are parted by commas, tabs or semicolons."
    return suggest(name, header)


def _parsed(path: Path) -> Iterator[Row]:
    """The rows with the header, blank lines left out."""
    csv.field_size_limit(_FIELD_BYTES)
    begun = 1
    with opened(path) as file:
        lines = lines_of(file, str(path))
        first = next(lines, "")
        if not first.strip():
            got = "a blank one" if first else "an empty file"
            raise DataError(f"data: `{path}` must begin with a line of column names, got {got}.")
        delimiter = max(_DELIMITERS, key=first.count)
        reader = csv.reader(itertools.chain([first], lines), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                begun = reader.line_num + 1
                if cells:
                    yield Row(cells, reader.line_num)
        except csv.Error as error:
            alone = str(error).startswith("new-line character")  # \r, then more of the line
            got = "a carriage return that ends no line" if alone else str(error)
            raise DataError(
                f"data: line {begun:,} of `{path}` must begin a row of a table, "
                f"got: {got} in line {reader.line_num:,}."
            ) from None
