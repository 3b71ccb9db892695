"""Tagged text of any size, sentence by sentence, and the same text with other tags."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from elman.data.lines import lines_of, opened
from elman.data.tagged.detection import detect
from elman.data.tagged.entities import iob2
from elman.data.tagged.formats import Cell, Format, FormatError
from elman.data.tagged.sentence import Sentence
from elman.errors import DataError

__all__ = ["fill", "format_of", "line_of", "read_lines", "read_sentences", "read_tagged"]

_HEAD_LINES = 1000
_PIECE_LINES = 100_000


def format_of(path: Path, name: str = "auto", column: str = "") -> Format:
    """The format of a file, by a look at its first thousand lines; arguments as of `detect`.

    Raises:
        ChoiceError: there is no such format or column.
        DataError: the file is missing, unreadable, or not UTF-8 text.
    """
    with opened(path) as file:
        return detect(list(islice(lines_of(file, str(path)), _HEAD_LINES)), name, column)


def read_tagged(paths: Iterable[Path], written: Format) -> Iterator[Sentence]:
    r"""Sentences to learn from or to score on: each has words, and each word has a tag.

    Raises:
        DataError: a file is missing, of another format, has a word without a tag, or no words.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cats.tsv"
    >>> _ = path.write_text("I\tPRON\nlove\tVERB\ncats\tNOUN\n\nYes\t\n")
    >>> sentences = read_tagged([path], format_of(path))
    >>> next(sentences).tags
    ('PRON', 'VERB', 'NOUN')
    >>> next(sentences)
    Traceback (most recent call last):
    elman.errors.DataError: data: line 5 of `...cats.tsv` must have a tag for the word 'Yes', got
    none in column 2.
    """
    for path in paths:
        found = False
        with opened(path) as file:
            for sentence in read_sentences(file, written, str(path)):
                if sentence.words:
                    _check_tagged(sentence, written)
                    found = True
                    yield sentence
        if not found:
            raise DataError(f"data: `{path}` must hold tagged sentences, got none.")


def read_sentences(file: BinaryIO, written: Format, path: str = "<stdin>") -> Iterator[Sentence]:
    r"""Every sentence as soon as its last line is read, tagged or not; the texts make up the file.

    Only the last may be without words: comments or blank lines at the end of the file.

    Args:
        file: opened for reading bytes, such as `sys.stdin.buffer`; it need not end.
        written: its format.
        path: what messages call it.

    Raises:
        DataError: it is not UTF-8 text, or not of that format; the message names the line.

    >>> from io import BytesIO
    >>> from elman.data.tagged.slashes import Slashes
    >>> for sentence in read_sentences(BytesIO(b"I love/VERB cats\n"), Slashes()):
    ...     print(sentence.tags, repr(sentence.text))
    ('', 'VERB', '') 'I love/VERB cats\n'
    """
    line = 1
    for text in _pieces(lines_of(file, path), written, path):
        yield _parsed(text, written, path, line)
        line += text.count("\n")


def read_lines(file: BinaryIO, written: Format, path: str = "<stdin>") -> Iterator[Sentence]:
    r"""Every line as soon as it is read, as a sentence of its own; a blank one has no words.

    Where a format has a word a line, `Format.closes` says which line ends a sentence.

    Args:
        file: see `read_sentences`.
        written: its format; in CoNLL-U with `in_order` False.
        path: see `read_sentences`.

    Raises:
        DataError: see `read_sentences`.

    >>> from io import BytesIO
    >>> from elman.data.tagged.columns import Columns
    >>> [line.words for line in read_lines(BytesIO(b"I\nlove\n\n"), Columns(1))]
    [('I',), ('love',), ()]
    """
    for number, line in enumerate(lines_of(file, path), 1):
        yield _parsed(line, written, path, number)


def fill(sentence: Sentence, tags: Sequence[str], written: Format) -> str:
    r"""The text of a sentence with these tags in place of those it has; nothing else is changed.

    Args:
        sentence: as `read_sentences` gave it.
        tags: one for each word.
        written: the format it was read in.

    >>> from io import BytesIO
    >>> from elman.data.tagged.slashes import Slashes
    >>> (sentence,) = read_sentences(BytesIO(b"I  love/NOUN cats\n"), Slashes())
    >>> fill(sentence, ["PRON", "VERB", "NOUN"], Slashes())
    'I/PRON  love/VERB cats/NOUN\n'
    """
    parts, at = list[str](), 0
    for cell, tag in zip(written.cells(sentence.text), tags, strict=True):
        parts += (
            sentence.text[at : cell.start],
            written.write(sentence.text[cell.start : cell.stop], tag),
        )
        at = cell.stop
    return "".join([*parts, sentence.text[at:]])


def line_of(sentence: Sentence, index: int, written: Format) -> int:
    """The number of the line, from 1, in which word `index` of a sentence stands."""
    return sentence.line + _row(sentence.text, written.cells(sentence.text)[index])


def _pieces(lines: Iterator[str], written: Format, path: str) -> Iterator[str]:
    """Gather lines up to the one that closes a sentence."""
    piece, said, number = list[str](), False, 0
    for number, line in enumerate(lines, 1):
        piece.append(line)
        said = said or written.says(line)
        if said and written.closes(line):
            yield "".join(piece)
            piece, said = [], False
        elif len(piece) > _PIECE_LINES:
            raise DataError(
                f"data: `{path}` must have blank lines between its sentences, got none in "
                f"{_PIECE_LINES:,} lines before line {number:,}."
            )
    if piece:
        yield "".join(piece)


def _parsed(text: str, written: Format, path: str, line: int) -> Sentence:
    """A sentence out of its text."""
    try:
        cells = written.cells(text)
    except FormatError as fault:
        raise DataError(
            f"data: line {line + fault.row:,} of `{path}` {fault.problem}{_other(text, written)}"
        ) from None
    tags = tuple(cell.tag for cell in cells)
    if written.entities:
        tags = _normalised(tags, cells, text, f"of `{path}`", line)
    return Sentence(tuple(cell.word for cell in cells), tags, text, path, line)


def _normalised(
    tags: tuple[str, ...], cells: Sequence[Cell], text: str, where: str, line: int
) -> tuple[str, ...]:
    """Tags of entities in IOB2; a word without a tag counts as outside here, and is told later."""
    try:
        found = iob2([tag or "O" for tag in tags])
    except ValueError as error:
        index = int(str(error))
        raise DataError(
            f"data: line {line + _row(text, cells[index]):,} {where} must have O or an entity's "
            f"mark such as B-PER or I-PER as its tag, got '{tags[index]:.40}'."
        ) from None
    return tuple(new if old else "" for old, new in zip(tags, found, strict=True))


def _other(text: str, written: Format) -> str:
    """A hint if the text looks like another format."""
    name = detect(text.split("\n")[:10]).name
    plain = name == "slashes" and "/" not in text  # what is left looks like nothing
    return "" if plain or name == written.name else f" It looks like the format '{name}'."


def _check_tagged(sentence: Sentence, written: Format) -> None:
    """Raise unless each word has a tag."""
    if "" in sentence.tags:
        index = sentence.tags.index("")
        raise DataError(
            f"data: line {line_of(sentence, index, written):,} of `{sentence.path}` must have a "
            f"tag for the word '{sentence.words[index]:.40}', got none {written.place}."
        )


def _row(text: str, cell: Cell) -> int:
    """The line of a text, from 0, in which a word stands."""
    return text.count("\n", 0, cell.start)
