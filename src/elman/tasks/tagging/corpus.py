"""Which tagged text a tagger learns from, and which one it is validated on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elman.data.labelled import kind_of
from elman.data.sources import Data, expand, vectors_file
from elman.data.tagged import Format, Sentence, format_of, read_tagged
from elman.data.tagged.columns import Columns
from elman.data.text import sha256
from elman.errors import ChoiceError, DataError
from elman.tasks.tagging.config import TaggedTextFields
from elman.wording import counted

__all__ = ["TASK", "Corpus", "open_corpus", "read_all"]

TASK = "tagging"
VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class Corpus:
    """Sentences to learn from and to validate on.

    Attributes:
        train: what is learned.
        validation: what chooses the best weights.
        written: format and column of the training text, whether its tags mark entities, and how
            many columns it has where spaces part them.
        digests: SHA-256 by role, as a run folder records them.
        split: how the two were told apart, in words.
        vectors: the file of words' vectors; None for none.
    """

    train: list[Sentence]
    validation: list[Sentence]
    written: dict[str, Any]
    digests: dict[str, str]
    split: str
    vectors: Path | None


def open_corpus(data: Data, validation: Data | None, fields: TaggedTextFields) -> Corpus:
    """Read tagged text; without `validation`, a data set brings its own, else a share is split off.

    Raises:
        ChoiceError: there is no such column.
        DataError: a text is missing, or no tagged text; the message names file and line.
    """
    paths = expand(data, "train", TASK)
    held_out = expand(data if validation is None else validation, "validation", TASK)
    with _hinting(paths[0]):
        written = format_of(paths[0], fields.format, fields.column)
    facts = {"format": written.name, "column": written.column, "entities": written.entities}
    if isinstance(written, Columns) and not written.tabbed:
        facts["count"] = written.count
    train = read_all(paths, fields)
    digests = {"train": sha256(paths)}
    vectors = vectors_file(fields.vectors) if fields.vectors else None
    if vectors is not None:
        digests["vectors"] = sha256([vectors])
    if validation is None and paths == held_out:
        cut = len(train) - max(1, round(VALIDATION_SHARE * len(train)))
        if cut < 1:
            raise DataError(
                f"data: `{paths[0]}` must hold at least 2 sentences for one to be held out to "
                f"judge by, got 1 of {counted(len(train[0].words), 'word')}. Give more "
                f"sentences{'' if written.name == 'slashes' else ', a blank line between them'}."
            )
        split = f"the last {VALIDATION_SHARE:.0%} of the sentences, split off"
        return Corpus(train[:cut], train[cut:], facts, digests, split, vectors)
    digests["validation"] = sha256(held_out)
    split = "as the data set has it" if validation is None else "as given"
    return Corpus(train, read_all(held_out, fields), facts, digests, split, vectors)


def read_all(paths: Sequence[Path], fields: TaggedTextFields) -> list[Sentence]:
    """All sentences of some files, each in the format that it has itself.

    Raises:
        DataError: a file is missing, no tagged text, or has no such column; the message names file
            and line.
    """
    found = list[Sentence]()
    for path in paths:
        with _hinting(path):
            found += read_tagged([path], _format_of(path, fields))
    return found


def _format_of(path: Path, fields: TaggedTextFields) -> Format:
    """The format of a file, which must have the column that the options name, if it has several."""
    try:
        return format_of(path, fields.format, fields.column)
    except ChoiceError:
        found = format_of(path, fields.format)
        if found.name == "slashes":
            return found
        raise DataError(
            f"data: `{path}` must have tags in the column '{fields.column}', as the training text "
            f"has, got the format '{found.name}' without such a column."
        ) from None


@contextmanager
def _hinting(path: Path) -> Iterator[None]:
    """Add to a fault of a file that it may be for another task."""
    try:
        yield
    except DataError as error:
        said = str(error)
        hint = _other_task(path)
        raise DataError(f"{said}{'.' if hint and said[-1] not in '.?' else ''}{hint}") from None


def _other_task(path: Path) -> str:
    """A hint if a file looks like labelled texts or series."""
    try:
        kind = kind_of(path)
    except DataError:  # neither, and what is wrong with it was said already
        return ""
    found = "texts" if kind == "text" else kind
    return f" It looks like labelled {found}: elman train classification {path}"
