"""Rows of a CSV file by the names of its columns, as they come."""

import csv
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from elman.checks import suggest
from elman.data.lines import lines_of, opened
from elman.errors import DataError

__all__ = ["Row", "column_of", "header_of", "read_rows"]

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
    """The names of a CSV file's columns.

    Raises:
        DataError: the file cannot be read, or is empty.
    """
    return next(_parsed(path)).cells


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
    name = asked or usual
    if header.count(name) != 1:
        listed = ", ".join(f"'{column:.40}'" for column in header[:12])
        got = f"it {header.count(name)} times" if name in header else listed
        raise DataError(
            f"data: line 1 of `{where}` must have a column '{name}', got {got}."
            f"{'' if name in header else suggest(name, header)}"
        )
    return header.index(name)


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
            raise DataError(
                f"data: line {begun:,} of `{path}` must begin a row of a table, "
                f"got: {error} in line {reader.line_num:,}."
            ) from None
