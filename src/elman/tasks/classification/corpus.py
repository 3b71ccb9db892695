"""Which examples a classifier learns from, and which ones it is validated on."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from elman.data.labelled import ColumnNames, Labelled, classes_of, kind_of, read_texts
from elman.data.series import read_series
from elman.data.sources import Data, expand
from elman.data.text import sha256
from elman.errors import DataError
from elman.tasks.classification.config import ExampleFields

__all__ = ["TASK", "Corpus", "Example", "open_corpus", "read_all"]

Example = Labelled[Any]
"""A text or a series, with its class."""

TASK = "classification"
_EVERY = 10  # of the examples of a class, or of the groups, one is held out


@dataclass(frozen=True)
class Corpus:
    """Examples to learn from and to validate on.

    Attributes:
        train: what is learned.
        validation: what chooses the best weights.
        digests: SHA-256 by role, as a run folder records them.
        source: the files, for messages.
        split: how the two were told apart, in words.
    """

    train: list[Example]
    validation: list[Example]
    digests: dict[str, str]
    source: str
    split: str


def open_corpus(data: Data, validation: Data | None, fields: ExampleFields) -> Corpus:
    """Read examples; without `validation`, a data set brings its own, else a share is split off.

    Raises:
        DataError: a file is missing or holds something else; the message names file and line.
    """
    paths = expand(data, "train", TASK)
    held_out = expand(data if validation is None else validation, "validation", TASK)
    train, digests = read_all(paths, fields), {"train": sha256(paths)}
    source = ", ".join(map(str, paths))
    if validation is None and paths == held_out:
        before, after, split = _split_off(train, source)
        return Corpus(before, after, digests, source, split)
    digests["validation"] = sha256(held_out)
    split = "as the data set has it" if validation is None else "as given"
    more = read_all(held_out, fields, order=train[0].channels)
    if isinstance(train[0].content, str) is not isinstance(more[0].content, str):
        raise DataError(
            f"data: `{held_out[0]}` must hold {_kind(train[0])} as `{paths[0]}` does, "
            f"got {_kind(more[0])}."
        )
    return Corpus(train, more, digests, source, split)


def read_all(
    paths: Sequence[Path],
    fields: ExampleFields,
    *,
    labelled: bool = True,
    kind: str = "",
    order: tuple[str, ...] = (),
) -> list[Example]:
    """All examples of some files, texts or series.

    Args:
        paths: the files.
        fields: which columns hold what.
        labelled: whether each must have a label.
        kind: what they must hold, "text" or "series"; "" for whatever the first holds.
        order: the channels of series, by name, as they are to stand; () as the first file has them.

    Raises:
        DataError: a file is missing or holds something else; the message names file and line.
    """
    names = replace(_columns(fields), order=order)
    as_whom = "the model reads" if kind else f"`{paths[0]}` does"
    kinds = {path: kind_of(path, names, labelled=labelled) for path in paths}
    kind = kind or kinds[paths[0]]
    for path, other in kinds.items():
        if other != kind:
            raise DataError(
                f"data: `{path}` must hold {_PLURAL[kind]}, as {as_whom}, got {_PLURAL[other]}."
            )
    read = read_texts if kind == "text" else read_series
    found: Iterator[Example] = read(paths, names, labelled=labelled)
    return list(found)


def _columns(fields: ExampleFields) -> ColumnNames:
    """The columns that options name."""
    return ColumnNames(
        text=fields.text_column,
        label=fields.label_column,
        group=fields.group_column,
        series=fields.series_column,
        time=fields.time_column,
        values=tuple(name.strip() for name in fields.value_columns.split(",") if name.strip()),
    )


_PLURAL = {"text": "texts", "series": "series"}


def _kind(example: Example) -> str:
    return "texts" if isinstance(example.content, str) else "series"


def _split_off(examples: list[Example], source: str) -> tuple[list[Example], list[Example], str]:
    """Hold a tenth out: of the groups where examples have groups, else of every class."""
    classes_of((example.label for example in examples), source)  # two at least
    groups = {example.group for example in examples}
    random = np.random.default_rng(0)
    if len(groups) > 1 and "" not in groups:
        kept_out = _groups_held_out(examples, source, random)
        rows = {row for row, each in enumerate(examples) if each.group in kept_out}
        split = f"{len(kept_out):,} of {len(groups):,} groups, split off"
    else:
        rows, split = _of_every_class(examples, random), "a tenth of every class, split off"
    train = [each for row, each in enumerate(examples) if row not in rows]
    held_out = [each for row, each in enumerate(examples) if row in rows]
    if not held_out:
        raise DataError(
            f"data: `{source}` must hold at least 2 examples of a class for one to be held out to "
            f"judge by, got 1 of each of {len(examples):,} classes. Give more examples."
        )
    return train, held_out, split


def _groups_held_out(examples: list[Example], source: str, random: np.random.Generator) -> set[str]:
    """A tenth of the groups by chance, of those whose every class other groups have, too.

    Raises:
        DataError: there is none of those.
    """
    classes = dict[str, set[str]]()
    for each in examples:
        classes.setdefault(each.group, set()).add(each.label)
    having = Counter(label for labels in classes.values() for label in labels)
    wanted, chosen = max(1, len(classes) // _EVERY), set[str]()
    names = sorted(classes)
    for row in random.permutation(len(names)).tolist():
        group = names[row]
        if len(chosen) < wanted and all(having[label] > 1 for label in classes[group]):
            chosen.add(group)
            having.subtract(classes[group])
    if not chosen:
        alone = sum(count == 1 for count in having.values())
        raise DataError(
            f"data: `{source}` must hold a group whose every class other groups have, too, for it "
            f"to be held out to judge by, got {len(classes):,} groups with {alone:,} of "
            f"{len(having):,} classes in one group alone. Give more groups, or validation data."
        )
    return chosen


def _of_every_class(examples: list[Example], random: np.random.Generator) -> set[int]:
    """Rows to hold out: every tenth of each class in an order by chance, one at least of two."""
    rows = dict[str, list[int]]()
    for row, example in enumerate(examples):
        rows.setdefault(example.label, []).append(row)
    return {
        int(row)
        for of_class in rows.values()
        for row in random.permutation(of_class)[: max(len(of_class) > 1, len(of_class) // _EVERY)]
    }
