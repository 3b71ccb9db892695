"""Small tables: what an instrument found, in rows and columns, for terminals and notebooks."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from elman.errors import ShapeError
from elman.wording import significant

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Cell", "Column", "Table"]

Cell = str | int | float | None
"""What stands in a place of a table; None where there is nothing to say."""

_NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: what it holds, with its unit.
        form: how its numbers are written.
    """

    title: str
    form: Callable[[float], str] = significant

    def write(self, cell: Cell) -> str:
        """A cell as people read it."""
        if cell is None:
            return _NOTHING
        return cell if isinstance(cell, str) else self.form(cell)


@dataclass(frozen=True)
class Table:
    """What an instrument found; printed, it is text, and rich and notebooks draw it.

    Attributes:
        title: what it shows, in a line.
        columns: left to right.
        rows: of as many cells as there are columns.
        notes: what a reader must know to understand it, a sentence each.

    Raises:
        ShapeError: a row has more or fewer cells than there are columns.

    >>> from elman.wording import percent
    >>> columns = Column("lag"), Column("accuracy", percent)
    >>> print(Table("Recall", columns, ((0, 0.98), (10, 0.2))))
    Recall
    lag  accuracy
      0      98 %
     10      20 %
    >>> Table("Recall", (Column("lag"),), ((0, 0.98),))
    Traceback (most recent call last):
    elman.errors.ShapeError: Table: `rows[0]` must have 1 cells, got 2.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for index, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ShapeError(
                    f"Table: `rows[{index}]` must have {len(self.columns)} cells, got {len(row)}."
                )

    def written(self) -> list[list[str]]:
        """The rows as people read them."""
        return [
            [column.write(cell) for column, cell in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    def is_wordy(self, index: int) -> bool:
        """Whether a column holds words, which stand left, where numbers stand right."""
        return any(isinstance(row[index], str) for row in self.rows)

    def __str__(self) -> str:
        lines = [[column.title for column in self.columns], *self.written()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        wordy = [self.is_wordy(index) for index in range(len(widths))]
        drawn = [
            "  ".join(
                cell.ljust(width) if left else cell.rjust(width)
                for cell, width, left in zip(line, widths, wordy, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([self.title, *drawn, *self.notes])

    def __rich__(self) -> "RenderableType":
        from rich import table as tables
        from rich.console import Group
        from rich.text import Text

        table = tables.Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for index, column in enumerate(self.columns):
            justify = "left" if self.is_wordy(index) else "right"
            table.add_column(Text(column.title), justify=justify)  # type: ignore[arg-type]
        for row in self.written():
            table.add_row(*map(Text, row))
        notes = [Text(note, style="dim") for note in self.notes]
        return Group(Text(self.title, style="bold"), table, *notes)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(column.title)}</th>" for column in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>"
            for row in self.written()
        )
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return (
            f"<table><caption>{html.escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"
        )
