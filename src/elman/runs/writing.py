"""Writing so that a file is either the old one or the new one, whatever happens in between.

Everything is made in a temporary folder beside its place, flushed to the disk and renamed; then the
folder around it is flushed. A full disk or a killed process leaves the old file whole.
"""

import contextlib
import errno
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from elman.errors import CheckpointError
from elman.runs.names import is_temporary, temporary_name

__all__ = [
    "clear_leftovers",
    "make_folder",
    "remove",
    "replace_file",
    "replace_folder",
    "saying_why",
    "write_json",
]


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Replace `path` by the file that `write` makes at the path it is given.

    Raises:
        CheckpointError: the disk is full or the place cannot be written; `path` is as before.
    """
    with _scratch(path) as scratch:
        made = scratch / path.name
        made.touch()
        mode = stat.S_IMODE(made.stat().st_mode)
        write(made)
        made.chmod(mode)  # safetensors makes files that only their owner may read
        _flush(made)
        os.replace(made, path)


def write_json(path: Path, content: Any) -> None:
    """Replace `path` by `content` as strict JSON: NaN and infinity are refused.

    Raises:
        CheckpointError: the disk is full or the place cannot be written; `path` is as before.
        ValueError: `content` holds NaN or infinity.
    """
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    replace_file(path, lambda made: _write_text(made, text))


def replace_folder(path: Path, write: Callable[[Path], None]) -> None:
    """Replace the folder `path` by the files that `write` puts into the empty one it is given.

    A folder that was there is removed just before the new one takes its name: of a process that is
    killed right then neither remains, never half of one.

    Raises:
        CheckpointError: the disk is full or the place cannot be written.
    """
    with _scratch(path) as scratch:
        made = scratch / path.name
        made.mkdir()
        write(made)
        for file in made.iterdir():
            _flush(file)
        _flush_folder(made)
        remove(path)
        os.replace(made, path)


def clear_leftovers(folder: Path) -> None:
    """Remove what killed processes were making; call it when nobody is writing."""
    with saying_why(folder):
        for name in filter(is_temporary, os.listdir(folder)):
            _clear(folder / name)


def make_folder(path: Path) -> tuple[Path, ...]:
    """Make a folder and those above it, where they are missing.

    Returns:
        Those that were missing, the folder first.

    Raises:
        CheckpointError: it cannot be made there, or a file stands in its place.
    """
    with saying_why(path):
        missing = tuple(folder for folder in (path, *path.parents) if not folder.exists())
        path.mkdir(parents=True, exist_ok=True)
    return missing


def remove(path: Path) -> None:
    """Remove a file, a link (not what it points to), or a folder of files, if it is there.

    Raises:
        CheckpointError: it cannot be removed, or the folder holds folders, which are not ours.
    """
    with saying_why(path):
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
            return
        for file in path.iterdir():
            if file.is_symlink() or not file.is_dir():
                file.unlink()
        path.rmdir()


@contextlib.contextmanager
def saying_why(path: Path) -> Iterator[None]:
    """Turn a failed write of `path` into a `CheckpointError` that says why."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CheckpointError(
            f"{path}: the file must be writable, got: {reason}. What was saved before is whole. "
            "Mend that, then give the same command again."
        ) from error


@contextlib.contextmanager
def _scratch(path: Path) -> Iterator[Path]:
    """An empty folder beside `path` in which to make it; afterwards the folder is gone."""
    scratch = path.with_name(temporary_name(path.name))
    with saying_why(path):
        try:
            _clear(scratch)
            scratch.mkdir()
            yield scratch
        finally:
            with contextlib.suppress(OSError):
                _clear(scratch)
        _flush_folder(path.parent)


def _clear(scratch: Path) -> None:
    """Remove a temporary folder with all that is in it."""
    if scratch.is_dir() and not scratch.is_symlink():
        shutil.rmtree(scratch)
    else:
        scratch.unlink(missing_ok=True)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _flush(path: Path) -> None:
    """Wait until the file's content is on the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(path: Path) -> None:
    """Wait until the folder's names are on the disk, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some file systems cannot
            raise
    finally:
        os.close(handle)
