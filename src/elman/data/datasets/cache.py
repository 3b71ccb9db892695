"""Where fetched data sets lie: one folder each, written whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from elman.data.datasets.dataset import SPLITS
from elman.errors import DataError

__all__ = ["Splits", "cache_folder", "splits_in", "write_splits"]


@dataclass(frozen=True)
class Splits:
    """The files of a data set; of a split that it does not have, there is none at the path."""

    train: Path
    validation: Path
    test: Path


def cache_folder() -> Path:
    """Where data sets are kept: $ELMAN_CACHE, else elman in $XDG_CACHE_HOME or ~/.cache."""
    if own := os.environ.get("ELMAN_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "elman"


def splits_in(folder: Path, suffix: str = ".txt") -> Splits:
    """The files that `write_splits` writes into `folder`."""
    return Splits(*(folder / f"{split}{suffix}" for split in SPLITS))


def write_splits(
    folder: Path,
    documents: Iterable[tuple[str, str | bytes]],
    suffix: str = ".txt",
    wanted: Sequence[str] = SPLITS,
) -> Splits:
    """Write (split, document) pairs as one file per split.

    Texts are written as UTF-8 and parted by blank lines, bytes as they are.

    The folder appears when all is written; an interruption leaves nothing.

    Args:
        folder: which is made.
        documents: what to write, in order.
        suffix: of the files.
        wanted: the splits that there must be; no document may be of another.

    Raises:
        DataError: the disk is full, the folder cannot be written, or a split has nothing.
    """
    try:
        with _new_folder(folder) as temporary:
            if missing := ", ".join(
                sorted(set(wanted) - _write(splits_in(temporary, suffix), wanted, documents))
            ):
                raise DataError(
                    f"datasets: `{folder.name}` must have something for {missing}, got none."
                )
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"datasets: `{folder}` must be a folder that can be written, got: {reason}. "
            "Set ELMAN_CACHE to another place."
        ) from error
    return splits_in(folder, suffix)


@contextlib.contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder`, which takes its name in the end."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, with the same text
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write(
    places: Splits, wanted: Sequence[str], documents: Iterable[tuple[str, str | bytes]]
) -> set[str]:
    """Write the wanted splits, see them safely on the disk; return which got anything."""
    begun = set[str]()
    with contextlib.ExitStack() as stack:
        files: dict[str, IO[bytes]] = {
            split: stack.enter_context(getattr(places, split).open("wb")) for split in wanted
        }
        for split, document in documents:
            if isinstance(document, bytes):
                files[split].write(document)
            else:
                files[split].write((f"\n{document}" if split in begun else document).encode())
            begun.add(split)
        for file in files.values():
            file.flush()
            os.fsync(file.fileno())
    return begun
