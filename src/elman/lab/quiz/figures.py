"""The small figures that an experiment leaves: a table, bars, or curves."""

from dataclasses import dataclass
from typing import Any

from elman.inspect.results import plain

__all__ = ["Bars", "Curve", "Curves", "Figure", "Table"]


@dataclass(frozen=True)
class Table:
    """Rows of words and numbers, ready to be shown.

    Attributes:
        columns: heads of the columns.
        rows: as many cells each.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain fields."""
        return plain("table", self)


@dataclass(frozen=True)
class Bars:
    """One number for each of a few things.

    Attributes:
        names: of the things.
        values: their numbers, from 0 up.
        labels: the numbers as they are written.
        unit: what they count.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    labels: tuple[str, ...]
    unit: str

    def to_json(self) -> dict[str, Any]:
        """Plain fields."""
        return plain("bars", self)


@dataclass(frozen=True)
class Curve:
    """A named row of numbers, over 0, 1, 2, …."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Curves:
    """Numbers by step.

    Attributes:
        x: what the steps are.
        y: what the numbers are.
        curves: one or several.
        logarithmic: whether the numbers are best seen as powers of ten.
    """

    x: str
    y: str
    curves: tuple[Curve, ...]
    logarithmic: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain fields."""
        return plain("curves", self)


Figure = Table | Bars | Curves
