"""Series in long form: a table whose rows are steps, out of CSV or Parquet.

A column says which series a row belongs to, one perhaps its time, one the class of the series,
which is the same in all its rows; all others, or those that are named, are the channels, but for
columns without a name, as pandas writes its index. Rows of a series need not stand together.
Without a column of times, or at the same time, they are in the order of the file.
"""

import datetime
import importlib
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.data.labelled.labelled import ColumnNames, Labelled
from elman.data.labelled.tables import column_of, has_column, header_of, read_rows
from elman.errors import ConfigError, DataError

__all__ = ["read_long"]

_MISSING = frozenset(["", "?", "na", "nan", "null", "none"])
_LARGEST = float(np.finfo(np.float32).max)
_INDEX = re.compile(r"(Unnamed: \d+|__index_level_\d+__)?")  # what pandas calls a nameless column


@dataclass(frozen=True)
class _Places:
    """Where in a row the parts of a step stand; None for what there is not."""

    series: int
    time: int | None
    label: int | None
    group: int | None
    values: list[int]


@dataclass
class _Gathered:
    """The steps of one series so far."""

    label: str
    group: str
    line: int
    times: list[Any] = field(default_factory=list)
    steps: list[list[float]] = field(default_factory=list)


def read_long(
    path: Path, names: ColumnNames, *, labelled: bool
) -> Iterator[Labelled[NDArray[np.float32]]]:
    """Series in the order in which they first occur; the table is held whole.

    Args:
        path: a .parquet file (needs polars), or CSV with a line of names.
        names: which columns hold what.
        labelled: whether there must be a column of labels.

    Raises:
        DataError: the file cannot be read, a column is missing, a cell is no number, or the rows
            of a series have several labels; the message names the line.
        ConfigError: the file is Parquet, and polars is not installed.
    """
    if path.suffix == ".parquet":
        header, rows = _parquet(path)
    else:
        header, rows = header_of(path), ((row.cells, row.line) for row in read_rows(path))
    places = _places(header, names, str(path), labelled)
    channels = tuple(header[k] for k in places.values)
    found = dict[str, _Gathered]()
    for cells, line in rows:
        _gather(found, cells, line, places, header, str(path))
    for name, one in found.items():
        order = _order(one, name, str(path)) if places.time is not None else slice(None)
        values = np.array(one.steps, np.float32)[order]
        origin = f"series '{name}' of `{path}`"
        yield Labelled(values, one.label, origin, one.group, name, channels)


def _places(header: Sequence[str], names: ColumnNames, path: str, labelled: bool) -> _Places:
    """Where the columns are."""
    has = {
        "time": has_column(header, names.time, "time"),
        "label": labelled or has_column(header, names.label, "label"),
        "group": has_column(header, names.group, "group"),
    }
    special = {
        usual: column_of(header, getattr(names, usual), usual, path)
        for usual in ("series", "time", "label", "group")
        if has.get(usual, True)
    }
    values = [column_of(header, name, "", path) for name in names.values]
    values = values or [
        k
        for k, name in enumerate(header)
        if k not in special.values() and not _INDEX.fullmatch(name)
    ]
    if not values:
        raise DataError(f"data: `{path}` must have a column of values, got none beside the others.")
    called = {header[k]: k for k in values}
    if not names.values and len(called) == len(values) and sorted(called) == sorted(names.order):
        values = [called[name] for name in names.order]
    return _Places(
        special["series"], special.get("time"), special.get("label"), special.get("group"), values
    )


def _gather(
    found: dict[str, _Gathered],
    cells: Sequence[Any],
    line: int,
    places: _Places,
    header: Sequence[str],
    path: str,
) -> None:
    """Add one row to its series."""
    where = f"line {line:,} of `{path}`"
    name = _name(cells[places.series])
    if not name:
        raise DataError(
            f"data: {where} must say which series it belongs to in column "
            f"'{header[places.series]}', got nothing."
        )
    label = "" if places.label is None else _name(cells[places.label])
    group = "" if places.group is None else _name(cells[places.group])
    one = found.setdefault(name, _Gathered(label, group, line))
    if one.label != label:
        raise DataError(
            f"data: {where} must have the label '{one.label:.40}', as line {one.line:,} of the "
            f"same series '{name:.40}' has, got '{label:.40}'."
        )
    one.steps.append([_number(cells[k], header[k], where) for k in places.values])
    if places.time is not None:
        one.times.append(_time(cells[places.time], header[places.time], where))


def _name(cell: Any) -> str:
    """A series, a class or a group, whole numbers without a fraction; "" for a missing one."""
    if cell is None or cell != cell:  # NaN
        return ""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _number(cell: Any, column: str, where: str) -> float:
    """The value of a cell, NaN if it is missing."""
    if cell is None or (isinstance(cell, str) and cell.strip().lower() in _MISSING):
        return float("nan")
    try:
        number = float(cell)
    except (TypeError, ValueError):
        comma = re.fullmatch(r"\s*[+-]?\d+,\d+\s*", str(cell))
        hint = "Write decimals with a point." if comma else "Name the columns that hold values."
        raise DataError(
            f"data: {where} must have a number in column '{column}', got '{cell!s:.40}'. {hint}"
        ) from None
    if abs(number) > _LARGEST:
        raise DataError(
            f"data: {where} must have a finite number in column '{column}', got {number}."
        )
    return number


def _time(cell: Any, column: str, where: str) -> Any:
    """A number, or a date with time, that can be put in order."""
    found = _read_time(cell) if isinstance(cell, str) else cell
    if found is None or (isinstance(found, float) and not math.isfinite(found)):
        raise DataError(
            f"data: {where} must have a number or a date such as 2026-01-31T12:00 in column "
            f"'{column}', got '{cell!s:.40}'."
        )
    return found


def _read_time(cell: str) -> float | datetime.datetime | None:
    """The time that a text says, None if it says none."""
    for kind in (float, datetime.datetime.fromisoformat):
        try:
            return kind(cell)
        except ValueError:
            continue
    return None


def _order(one: _Gathered, name: str, path: str) -> list[int]:
    """The rows of a series in the order of their times."""
    try:
        return sorted(range(len(one.times)), key=one.times.__getitem__)
    except TypeError:
        raise DataError(
            f"data: `{path}` must have times of one kind in series '{name:.40}', got numbers "
            "beside dates, or dates with and without a zone."
        ) from None


def _parquet(path: Path) -> tuple[list[str], Iterable[tuple[Sequence[Any], int]]]:
    """Column names, and rows with their numbers."""
    try:
        polars = importlib.import_module("polars")
    except ImportError:
        raise ConfigError(
            f"data: `{path}` must be read by polars, got none. "
            "Install it, in Elman's folder: pip install '.[tables]'"
        ) from None
    try:
        table = polars.read_parquet(path)
    except (OSError, polars.exceptions.PolarsError) as error:
        raise DataError(f"data: `{path}` must be a Parquet file, got: {error!s:.200}.") from error
    return table.columns, zip(table.iter_rows(), range(1, table.height + 1), strict=True)
