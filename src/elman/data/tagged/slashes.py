"""Lines of word/tag: a sentence a line, words parted by spaces or tabs."""

import re
from dataclasses import dataclass

from elman.data.tagged.formats import Cell, FormatError

__all__ = ["Slashes"]

_TOKEN = re.compile(r"[^ \t\r\n]+")  # other blanks, such as a no-break space, may be part of a word


@dataclass(frozen=True)
class Slashes:
    r"""Lines of word/tag; the last slash counts, so that 1/2/NUM is the word 1/2.

    A token without a slash, or that is nothing else, is a word without a tag.

    >>> [cell.word for cell in Slashes().cells("I/PRON love/VERB 1/2/NUM cats\n")]
    ['I', 'love', '1/2', 'cats']
    """

    name = "slashes"
    column = ""
    place = "after a slash"
    entities = False

    def closes(self, line: str) -> bool:
        """Every line that holds a word ends a sentence."""
        return bool(line.strip())

    def says(self, line: str) -> bool:
        """Whether the line is not blank."""
        return bool(line.strip())

    def cells(self, text: str) -> list[Cell]:
        """The words; see `Format.cells`."""
        found = []
        for token in _TOKEN.finditer(text):
            word, slash, tag = token[0].rpartition("/")
            if not slash or token[0] == slash:
                word, tag = token[0], ""
            if not word:
                row = text.count("\n", 0, token.start())
                raise FormatError(row, f"must have a word before each slash, got '{token[0]:.40}'.")
            found.append(Cell(word, tag, token.start() + len(word), token.end()))
        return found

    def write(self, old: str, tag: str) -> str:  # noqa: ARG002  # the same for every tag
        """The tag with its slash."""
        return f"/{tag}"
