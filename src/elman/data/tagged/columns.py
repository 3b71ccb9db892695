"""A word a line with its tag in another column, a blank line after each sentence.

Two columns are word and tag; more are as in CoNLL-2003, where the last one is taken unless another
is named. Columns are parted by tabs or, where there are none, by spaces.
"""

import re
from dataclasses import dataclass

from elman.data.tagged.formats import Cell, FormatError, rows_of
from elman.errors import ChoiceError

__all__ = ["Columns", "split_columns"]

_DOCUMENT = "-DOCSTART-"
_SPACED = re.compile(r"[^ \t\r\n]+")


def split_columns(line: str, tabbed: bool) -> list[str]:
    """The columns of a line."""
    return line.rstrip("\r\n").split("\t") if tabbed else _SPACED.findall(line)


@dataclass(frozen=True)
class Columns:
    r"""Words in the first of `count` columns, tags in another.

    Args:
        count: columns of every line; 1 for words alone, whose tags come to stand in a second.
        column: the number of the tags' column, from 2; "" for the last.
        tabbed: parted by tabs; else by spaces.
        entities: the tags mark entities: B-PER begins one, I-PER goes on, O is outside.

    Raises:
        ChoiceError: there is no such column.

    >>> [cell.tag for cell in Columns(2).cells("I\tPRON\nlove\tVERB\n")]
    ['PRON', 'VERB']
    >>> Columns(2, column="4")
    Traceback (most recent call last):
    elman.errors.ChoiceError: Columns: `column` must be 2, got '4'.
    """

    count: int
    column: str = ""
    tabbed: bool = True
    entities: bool = False
    name = "columns"

    def __post_init__(self) -> None:
        most = max(self.count, 2)
        if self.column and (not self.column.isdecimal() or not 2 <= int(self.column) <= most):
            raise ChoiceError(
                f"Columns: `column` must be {'2' if most == 2 else f'a number from 2 to {most}'}, "
                f"got '{self.column}'."
            )

    @property
    def number(self) -> int:
        """The number of the tags' column, from 1."""
        return int(self.column or max(self.count, 2))

    @property
    def place(self) -> str:
        """Where a word's tag stands, for messages."""
        return f"in column {self.number}"

    def closes(self, line: str) -> bool:
        """A blank line ends a sentence."""
        return not line.strip()

    def says(self, line: str) -> bool:
        """Whether the line holds a word: it is not blank, no comment, and begins no document."""
        if not line.strip() or line.startswith(_DOCUMENT):
            return False
        if not line.startswith("#"):
            return True
        if self.count == 1:
            return not line.startswith("# ")
        return len(split_columns(line, self.tabbed)) == self.count

    def cells(self, text: str) -> list[Cell]:
        """The words; see `Format.cells`."""
        number = self.number - 1
        found, begin = list[Cell](), 0
        for row, line in enumerate(rows_of(text)):
            if self.says(line):
                edges = self._edges(line, row)
                word = line[slice(*edges[0])]
                if not word:
                    raise FormatError(row, "must have a word in column 1, got nothing.")
                before = edges[min(number, self.count) - 1][1]
                start, stop = edges[number] if number < self.count else (before, before)
                found.append(Cell(word, line[start:stop].strip(), begin + before, begin + stop))
            begin += len(line)
        return found

    def write(self, old: str, tag: str) -> str:
        """The tag after what parted it from the column before."""
        blanks = old[: len(old) - len(old.lstrip())]
        return (blanks or ("\t" if self.tabbed else " ")) + tag

    def _edges(self, line: str, row: int) -> list[tuple[int, int]]:
        """Where the columns of a line begin and end."""
        if self.tabbed:
            edges, at = list[tuple[int, int]](), 0
            for cell in split_columns(line, tabbed=True):
                edges.append((at, at + len(cell)))
                at += len(cell) + 1
        else:
            edges = [found.span() for found in _SPACED.finditer(line)]
        if len(edges) != self.count:
            parted = "tab" if self.tabbed else "space"
            raise FormatError(
                row, f"must have {self.count} {parted}-separated columns, got {len(edges)}."
            )
        return edges
