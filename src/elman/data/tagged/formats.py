"""What a format of tagged text must say of itself; all else is the same for every format."""

import re
from typing import NamedTuple, Protocol

__all__ = ["Cell", "Format", "FormatError", "rows_of"]

_ROW = re.compile(r"[^\n]*\n|[^\n]+")


def rows_of(text: str) -> list[str]:
    r"""The lines of a text with their ends; \n alone ends one, as in the files themselves."""
    return _ROW.findall(text)


class Cell(NamedTuple):
    """A word, its tag, and where in the text the tag is written.

    Attributes:
        word: as it is written.
        tag: "" if there is none.
        start: where what `Format.write` replaces begins, in characters of the text.
        stop: where it ends (excluded); `start` if nothing stands there yet.
    """

    word: str
    tag: str
    start: int
    stop: int


class FormatError(Exception):
    """What is wrong with a line: raised by a format, told with file and line by the reader.

    Attributes:
        row: the line within the text, from 0.
        problem: what must be, and what was got, from "must" on.
    """

    def __init__(self, row: int, problem: str) -> None:
        super().__init__(problem)
        self.row = row
        self.problem = problem


class Format(Protocol):
    """A way to write words and tags: where sentences end, and where each word's tag stands."""

    @property
    def name(self) -> str:
        """'conllu', 'columns' or 'slashes'."""
        ...

    @property
    def column(self) -> str:
        """Which column holds the tags, as the user may name it; "" where there is but one."""
        ...

    @property
    def place(self) -> str:
        """Where a word's tag stands, for messages: 'in column 2'."""
        ...

    @property
    def entities(self) -> bool:
        """Whether the tags mark the beginnings and insides of entities (B-PER, I-PER, O)."""
        ...

    def closes(self, line: str) -> bool:
        """Whether a sentence that has words ends with this line."""
        ...

    def says(self, line: str) -> bool:
        """Whether the line holds words; others are kept and say nothing."""
        ...

    def cells(self, text: str) -> list[Cell]:
        """The words of one sentence in the order of the text.

        Raises:
            FormatError: a line is not of this format.
        """
        ...

    def write(self, old: str, tag: str) -> str:
        """What replaces `old`, the text between a cell's start and stop, to say `tag`."""
        ...
