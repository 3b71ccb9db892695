"""What every instrument gives back: a frozen record that can show, draw and write itself.

A result is a frozen dataclass with four short methods of its own, each of which hands plain numbers
to the functions that do the work:

    table()          `elman.inspect.tables.Table`
    plot(axes)       `elman.inspect.plots`, with matplotlib
    to_json()        `plain` below, under "kind"
    _repr_html_()    `as_html` below: the table, and SVG figures
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from torch import Tensor

from elman.inspect.tables import Table
from elman.runs.history import strict

__all__ = ["Result", "as_html", "plain"]


@runtime_checkable
class Result(Protocol):
    """What an instrument found."""

    def table(self) -> Table:
        """Its figures in rows and columns."""
        ...

    def plot(self, axes: Any = None) -> Any:
        """Draw it with matplotlib (extra [plot]); the axes drawn on.

        Args:
            axes: of matplotlib; None takes new ones.
        """
        ...

    def to_json(self) -> dict[str, Any]:
        """Plain values under the field's standard names, its "kind" first."""
        ...


def plain(kind: str, result: Any, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a result as values that JSON can say; what is not finite becomes None.

    Args:
        kind: what the result is called.
        result: a dataclass of numbers, strings, tensors, and dataclasses, tuples or mappings of
            them.
        without: fields to leave out.

    >>> @dataclasses.dataclass(frozen=True)
    ... class Found:
    ...     lags: tuple[int, ...]
    ...     worst: float
    >>> plain("found", Found((0, 1), float("inf")))
    {'kind': 'found', 'lags': [0, 1], 'worst': None}
    >>> plain("found", 3)
    Traceback (most recent call last):
    TypeError: must be called with a dataclass type or instance
    """
    values = {
        each.name: _plain(getattr(result, each.name))
        for each in dataclasses.fields(result)
        if each.name not in without
    }
    found: dict[str, Any] = strict({"kind": kind, **values})
    return found


def as_html(table: Table, *figures: str) -> str:
    """What a notebook shows: figures as SVG, and the table below them."""
    return "".join([*figures, table._repr_html_()])


def _plain(value: Any) -> Any:
    """A value without dataclasses and tensors in it."""
    if isinstance(value, Tensor):
        return value.tolist()
    if dataclasses.is_dataclass(value):
        names = [each.name for each in dataclasses.fields(value)]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
