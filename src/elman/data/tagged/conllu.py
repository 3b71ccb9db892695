r"""CoNLL-U: a word a line in ten tab-separated columns, a blank line after each sentence.

Lines that begin with # are comments; those of multiword tokens (an ID such as 3-4) and of empty
nodes (8.1) are kept and hold no words: tags belong to syntactic words alone.

Read by ourselves rather than by the package `conllu`, which makes objects of whole sentences and
writes them anew: here every byte that is no tag stays as it was.

Source: https://universaldependencies.org/format.html
"""

import re
from dataclasses import dataclass

from elman.checks import check_choice
from elman.data.tagged.formats import Cell, FormatError, rows_of

__all__ = ["COLUMNS", "Conllu", "column_title", "looks_like_conllu"]

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_PLAIN = COLUMNS[2:]
_KEYED = ("feats", "misc")
_EMPTY = "_"
_SKIPPED_ID = re.compile(r"\d+(?:-\d+|\.\d+)")


def looks_like_conllu(line: str) -> bool:
    """Whether a line that is no comment may come from a CoNLL-U file."""
    cells = line.rstrip("\r\n").split("\t")
    return len(cells) == len(COLUMNS) and cells[0].replace("-", "").replace(".", "").isdigit()


def column_title(column: str) -> str:
    """A column as files write it.

    >>> column_title("upos"), column_title("feats.Number")
    ('UPOS', 'FEATS.Number')
    """
    name, dot, key = column.partition(".")
    return f"{name.upper()}{dot}{key}"


@dataclass(frozen=True)
class Conllu:
    r"""CoNLL-U, with the tags in one column.

    Args:
        column: 'upos', 'xpos', 'lemma', 'deprel', … in any case, or a key of FEATS or MISC, as in
            'feats.Number'; a word without that key has the tag `_`.

        in_order: each sentence's IDs count from 1; not so where lines come one by one.

    Raises:
        ChoiceError: there is no such column.

    >>> text = "1\tcats\tcat\tNOUN\t_\tNumber=Plur\t0\troot\t_\t_\n"
    >>> Conllu("upos").cells(text)[0].tag, Conllu("feats.Number").cells(text)[0].tag
    ('NOUN', 'Plur')
    >>> Conllu("pos")
    Traceback (most recent call last):
    elman.errors.ChoiceError: Conllu: `column` must be one of 'lemma', 'upos', 'xpos', 'feats',
    'head', 'deprel', 'deps', 'misc'; got 'pos'. Did you mean 'xpos'?
    """

    column: str = "upos"
    in_order: bool = True
    name = "conllu"
    entities = False

    def __post_init__(self) -> None:
        name, dot, _ = self.column.partition(".")
        check_choice("Conllu", "column", name.lower(), _KEYED if dot else _PLAIN)

    @property
    def place(self) -> str:
        """Where a word's tag stands, for messages."""
        return f"in {column_title(self.column)}"

    @property
    def key(self) -> str:
        """The key within the column; "" for the column as a whole."""
        return self.column.partition(".")[2]

    def closes(self, line: str) -> bool:
        """A blank line ends a sentence."""
        return not line.strip()

    def says(self, line: str) -> bool:
        """Whether the line is that of a syntactic word, or of nothing that CoNLL-U knows."""
        if line.startswith("#") or not line.strip():
            return False
        return _SKIPPED_ID.fullmatch(line.partition("\t")[0]) is None

    def cells(self, text: str) -> list[Cell]:
        """The syntactic words; see `Format.cells`."""
        number = COLUMNS.index(self.column.partition(".")[0].lower())
        found, begin = list[Cell](), 0
        for row, line in enumerate(rows_of(text)):
            if self.says(line):
                columns = _columns(line, row, len(found) + 1 if self.in_order else None)
                start = begin + sum(map(len, columns[:number])) + number
                tag = self._tag(columns[number])
                found.append(Cell(columns[1], tag, start, start + len(columns[number])))
            begin += len(line)
        return found

    def write(self, old: str, tag: str) -> str:
        """The column's new content."""
        if not self.key:
            return tag or _EMPTY
        pairs = [pair for pair in old.split("|") if pair not in ("", _EMPTY)]
        names = [pair.partition("=")[0] for pair in pairs]
        place = names.index(self.key) if self.key in names else None
        if place is not None:
            pairs[place : place + 1] = [] if tag in ("", _EMPTY) else [f"{self.key}={tag}"]
        elif tag not in ("", _EMPTY):
            after = (k for k, name in enumerate(names) if name.lower() > self.key.lower())
            pairs.insert(next(after, len(pairs)), f"{self.key}={tag}")
        return "|".join(pairs) or _EMPTY

    def _tag(self, content: str) -> str:
        """What the column says of a word."""
        if self.key:
            pairs = dict(pair.partition("=")[::2] for pair in content.split("|"))
            return pairs.get(self.key, _EMPTY)
        unsaid = content == _EMPTY and self.column.lower() not in _KEYED
        return "" if unsaid else content


def _columns(line: str, row: int, expected: int | None) -> list[str]:
    """The ten columns of the sentence's next word, whose ID must be `expected`; None for any."""
    columns = line.rstrip("\r\n").split("\t")
    if len(columns) != len(COLUMNS):
        raise FormatError(
            row, f"must have {len(COLUMNS)} tab-separated columns, got {len(columns)}."
        )
    if expected is not None and columns[0] != str(expected):
        raise FormatError(
            row,
            f"must have the ID {expected} in column 1, got '{columns[0]:.20}'. "
            "Sentences end with a blank line.",
        )
    if not columns[1]:
        raise FormatError(row, "must have a word in column 2 (FORM), got nothing.")
    return columns
