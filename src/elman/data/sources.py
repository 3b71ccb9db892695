"""Which files the user means: files, folders, and data sets by name."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from elman.checks import check_choice, suggest
from elman.data import datasets
from elman.errors import DataError

__all__ = ["FOLDERS", "Data", "expand", "vectors_file"]

Data = str | Path | Sequence[str | Path]
"""A file, a folder, the name of a data set, or several of these."""

FOLDERS: dict[str, tuple[str, ...]] = {
    "language": (".txt",),
    "tagging": (".conllu", ".conll", ".tsv", ".iob", ".iob2", ".bio", ".txt"),
    "classification": (".ts", ".npz", ".csv", ".parquet", ".jsonl", ".tsv", ".txt"),
}
"""Task → which files of a folder it reads, by the ends of their names."""

_TEXT = "If that is the text itself, save it to a file and name the file."


def expand(data: Data, split: str = "train", task: str = "language") -> list[Path]:
    """The files that the user means.

    Args:
        data: a file, a folder (its files of the task's kinds, by name), a data set (NAME or
            NAME:SPLIT; it is fetched if need be), or several of them. What is on the disk goes
            before a data set.
        split: which split a data set's bare name means: 'train', 'validation' or 'test'.
        task: what they are for, one of `FOLDERS`.

    Raises:
        ChoiceError: there is no such split.
        DataError: there is no such thing, it cannot be fetched, it is for another task, or `data`
            is something else.

    >>> expand("pen-treebank")
    Traceback (most recent call last):
    elman.errors.DataError: data: `pen-treebank` must be a file, a folder or a data set, got none of
    these. Did you mean 'penn-treebank'? `elman datasets` lists the data sets.
    """
    several: list[Any] = [data]
    if isinstance(data, Sequence) and not isinstance(data, str):
        several = list(data)
    for one in several:
        if not isinstance(one, str | os.PathLike):
            hint = f" {_TEXT}" if isinstance(one, Sequence) else ""
            raise DataError(
                "data: `data` must be a file, a folder, the name of a data set, or a list of "
                f"these, got {one!r:.60}.{hint}"
            )
    if not several:
        raise DataError("data: `data` must name a file, got nothing.")
    return [path for one in several for path in _expand_one(os.fspath(one), split, task)]


def vectors_file(name: str) -> Path:
    """The file of word vectors that the user means: a file, or a data set of vectors, fetched.

    Raises:
        DataError: there is no such thing, or it cannot be fetched.

    >>> vectors_file("globe")
    Traceback (most recent call last):
    elman.errors.DataError: data: `vectors` must be a file or a data set of word vectors, got
    'globe', which is neither. Did you mean 'glove'?
    """
    if os.path.exists(name):
        return Path(name)
    known = [each.name for each in datasets.DATASETS.values() if each.kind == "vectors"]
    if name not in known:
        raise DataError(
            "data: `vectors` must be a file or a data set of word vectors, got "
            f"'{name:.80}', which is neither.{suggest(name, known)}"
        )
    return datasets.fetch(name).train


def _expand_one(name: str, split: str, task: str) -> list[Path]:
    """The files behind one name."""
    if os.path.isdir(name):  # unlike Path's, it bears any text, however long
        return _files_of(Path(name), FOLDERS[task])
    if os.path.exists(name):
        return [Path(name)]
    dataset, _, asked = name.partition(":")
    if dataset not in datasets.DATASETS:
        listed = "`elman datasets` lists the data sets."
        hint = _TEXT if any(map(str.isspace, name)) else listed
        raise DataError(
            f"data: `{name:.80}` must be a file, a folder or a data set, got none of these."
            f"{suggest(dataset, datasets.DATASETS)} {hint}"
        )
    check_choice("data", "split", asked or split, datasets.SPLITS)
    if (meant := datasets.find(dataset)).task != task:
        got = f"one for {meant.task}" if meant.task else "vectors of words"
        raise DataError(
            f"data: `{dataset}` must be a data set for {task}, got {got}. "
            "`elman datasets` says what each is for."
        )
    return [getattr(datasets.fetch(dataset), asked or split)]


def _files_of(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files of a folder whose names end so, by name."""
    if files := sorted(path for path in folder.iterdir() if path.suffix in suffixes):
        return files
    listed = ", ".join(f"*{suffix}" for suffix in suffixes)
    raise DataError(f"data: `{folder}` must hold files ({listed}), got a folder without any.")
