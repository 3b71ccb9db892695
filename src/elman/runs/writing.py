"""Writing so that a file is either the old one or the new one, whatever happens in between.

Everything goes to a temporary name in the same folder, is flushed to the disk and renamed; then the
folder is flushed. A full disk or a killed process leaves the old file whole.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from elman.errors import CheckpointError
from elman.runs.names import temporary_name

__all__ = ["make_folder", "remove", "replace_file", "replace_folder", "saying_why", "write_json"]


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Replace `path` by what `write` puts at the temporary path it is given.

    Raises:
        CheckpointError: the disk is full or the place cannot be written; `path` is as before.
    """
    temporary = path.with_name(temporary_name(path.name))
    with saying_why(path):
        try:
            remove(temporary)
            write(temporary)
            _flush(temporary)
            os.replace(temporary, path)
            _flush_folder(path.parent)
        except BaseException:
            with contextlib.suppress(OSError, CheckpointError):
                remove(temporary)
            raise


def write_json(path: Path, content: Any) -> None:
    """Replace `path` by `content` as strict JSON: NaN and infinity are refused.

    Raises:
        CheckpointError: the disk is full or the place cannot be written; `path` is as before.
        ValueError: `content` holds NaN or infinity.
    """
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    replace_file(path, lambda temporary: _write_bytes(temporary, text.encode()))


def replace_folder(path: Path, write: Callable[[Path], None]) -> None:
    """Replace the folder `path` by the files that `write` puts into the empty one it is given.

    A folder that was there is removed just before the new one takes its name: of a process that is
    killed right then neither remains, never half of one.

    Raises:
        CheckpointError: the disk is full or the place cannot be written.
    """
    temporary = path.with_name(temporary_name(path.name))
    with saying_why(path):
        try:
            remove(temporary)
            temporary.mkdir()
            write(temporary)
            for file in temporary.iterdir():
                _flush(file)
            _flush_folder(temporary)
            remove(path)
            os.replace(temporary, path)
            _flush_folder(path.parent)
        except BaseException:
            with contextlib.suppress(OSError, CheckpointError):
                remove(temporary)
            raise


def make_folder(path: Path) -> None:
    """Make a folder and those above it.

    Raises:
        CheckpointError: it cannot be made there, or a file stands in its place.
    """
    with saying_why(path):
        path.mkdir(parents=True, exist_ok=True)


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
    except OSError as error:
        raise CheckpointError(
            f"{path}: the file must be writable, got: {error.strerror or error}. "
            "What was saved before is whole. Mend that, then give the same command again."
        ) from error
    except Exception as error:
        if type(error).__name__ != "SafetensorError":  # its own type for any failed write
            raise
        raise CheckpointError(
            f"{path}: the file must be writable, got: {error}. "
            "What was saved before is whole. Mend that, then give the same command again."
        ) from error


def _write_bytes(path: Path, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)


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
    finally:
        os.close(handle)
