"""Which format a tagged text has, by a look at its first lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from elman.checks import check_choice
from elman.choices import TAGGED_FORMATS
from elman.data.tagged.columns import Columns, split_columns
from elman.data.tagged.conllu import Conllu, looks_like_conllu
from elman.data.tagged.entities import are_entities
from elman.data.tagged.formats import Format
from elman.data.tagged.slashes import Slashes
from elman.errors import ChoiceError

__all__ = ["FORMATS", "detect"]

FORMATS = TAGGED_FORMATS
"""The names a user may give."""

_ALIKE = 0.9


def detect(lines: Sequence[str], name: str = "auto", column: str = "") -> Format:
    r"""The format of a text that begins with `lines`.

    Ten columns that begin with a number are CoNLL-U; else tabs part columns; else words of which
    all have a slash inside are word/tag; else lines of which nine in ten have as many words (more
    than half, where blank lines part groups of two or more) are columns parted by spaces; what is
    left is read as sentences a line that have no tags yet.

    Args:
        lines: the first lines of the text, with or without line ends; one will do.
        name: 'auto', or the format that it is known to have.
        column: which column holds the tags: in CoNLL-U its name ('upos' if ""), else its number.

    Raises:
        ChoiceError: there is no such format or column, or word/tag, which has none.

    >>> detect(["I/PRON love/VERB cats/NOUN"]).name
    'slashes'
    >>> detect(["EU B-ORG", "rejects O", ""])
    Columns(count=2, column='', tabbed=False, entities=True)
    """
    check_choice("tagged text", "format", name, FORMATS)
    said = [line for line in lines if line.strip() and not line.startswith(("#", "-DOCSTART-"))]
    said = said or [line for line in lines if line.strip()]
    if name == "conllu" or (name == "auto" and said and looks_like_conllu(said[0])):
        return Conllu(column or "upos")
    if name == "slashes" or (name == "auto" and not _are_columns(said, lines)):
        if column:
            raise ChoiceError(
                "tagged text: `column` must be left out where words are written word/tag, "
                f"got '{column}'. If these are columns, say so: `format` columns."
            )
        return Slashes()
    return _columns(said, column)


def _are_columns(said: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether lines are rather columns than sentences."""
    if any("\t" in line.strip() for line in said):
        return not all("/" in token for token in " ".join(said).split())
    tokens = [line.split() for line in said]
    if all("/" in token[1:] for line in tokens for token in line):
        return False
    alike = max(Counter(map(len, tokens)).values(), default=0)  # a ragged row is told later
    several = len(said) > 1 or len(lines) > len(said)
    enough = alike >= _ALIKE * len(said) or (_in_groups(lines) and 2 * alike > len(said))
    return several and alike > 0 and enough


def _in_groups(lines: Sequence[str]) -> bool:
    """Whether blank lines part groups of lines, some of several."""
    parted = groupby(lines, key=lambda line: bool(line.strip()))
    groups = [len(list(group)) for filled, group in parted if filled]
    return len(groups) > 1 and max(groups) > 1


def _columns(said: Sequence[str], column: str) -> Columns:
    """Columns as the lines have them, most of them at least."""
    tabbed = any("\t" in line for line in said) or all(len(line.split()) == 1 for line in said)
    rows = [split_columns(line, tabbed) for line in said]
    count = Counter(map(len, rows)).most_common(1)[0][0] if rows else 2
    chosen = Columns(count, column, tabbed)
    number = int(column or count) - 1
    tags = [row[number] for row in rows if len(row) == count and 0 < number < count]
    return replace(chosen, entities=are_entities(tags))
