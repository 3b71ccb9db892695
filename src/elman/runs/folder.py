"""The run folder: what training leaves behind, and all that the other verbs need."""

import contextlib
import dataclasses
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elman.checks import check_choice, check_path
from elman.errors import CheckpointError
from elman.runs import names
from elman.runs.claiming import (
    describe,
    has_learned,
    refuse_foreign,
    refuse_other,
    remove_run,
    what_is,
)
from elman.runs.description import Description
from elman.runs.differences import compare
from elman.runs.environment import Environment
from elman.runs.history import read_history
from elman.runs.lock import Lock
from elman.runs.reading import inside, read_json
from elman.runs.tensors import read_tensors, write_tensors
from elman.runs.writing import clear_leftovers, make_folder, remove, replace_folder, write_json

if TYPE_CHECKING:  # torch loads when tensors are first touched, not with the command line
    from torch import Tensor

__all__ = ["Run"]

logger = logging.getLogger(__name__)


class Run:
    """A run folder, open for reading (`Run.open`) or for writing (`Run.begin`).

    A run open for writing holds the folder's lock; close it, or use it in a `with` statement. If an
    error leaves that statement before training has begun, a new run leaves no folder behind.

    Attributes:
        path: the folder.
        description: what the run is.
        resuming: whether `begin` found the same run there, begun earlier.

    >>> import tempfile
    >>> mine = Path(tempfile.mkdtemp()) / "mine"
    >>> with Run.begin(mine, Description(task="language", config={"layers": 1})) as run:
    ...     run.write_json("scores.json", {"perplexity": 98.2})
    >>> Run.open(mine, task="language").read_json("scores.json")
    {'perplexity': 98.2}
    >>> Run.begin(mine, Description(task="language", config={"layers": 2}))
    Traceback (most recent call last):
    elman.errors.CheckpointError: /.../mine: a run that goes on must keep its options and data, got:
      option  then  now
      layers  1     2
    Give the same again, choose another folder with --out, or start anew with --overwrite.
    """

    def __init__(self, path: Path, description: Description, lock: Lock | None = None) -> None:
        self.path = path
        self.description = description
        self.resuming = False
        self._lock = lock
        self._made: tuple[Path, ...] = ()

    @classmethod
    def open(cls, path: str | Path, task: str | None = None) -> "Run":
        """Open an existing run for reading.

        Args:
            path: the folder.
            task: the task it must be of; None for any.

        Raises:
            CheckpointError: nothing is there, or it is not a run, damaged, of a later format or of
                another task.
        """
        check_path("Run.open", path)
        path = Path(path)
        if not path.is_dir():
            raise CheckpointError(f"{path}: it must be a run folder, got {what_is(path)}")
        description = describe(path)
        if task is not None and description.task != task:
            raise CheckpointError(
                f"{path}: `task` must be '{task}', got a run of '{description.task:.60}'."
            )
        return cls(path, description)

    @classmethod
    def begin(cls, path: str | Path, description: Description, *, overwrite: bool = False) -> "Run":
        """Open a run for training: a new one, or the same one again to go on with it.

        One in which nothing was learned yet begins anew where options or data are others.

        Args:
            path: the folder; made if it is missing.
            description: what the run is to be.
            overwrite: start anew if a run is there, removing its files and nothing else.

        Raises:
            CheckpointError: the folder holds something else, or a run of other options or data, or
                another process is writing to it, or it cannot be written.
        """
        check_path("Run.begin", path)
        path = Path(path)
        _check_utf8(path)
        if path.exists() and not path.is_dir():
            raise CheckpointError(f"{path}: it must be a folder, got {what_is(path)}")
        refuse_foreign(path)
        made = make_folder(path)
        lock = Lock(path)
        try:
            refuse_foreign(path)
            run = cls(path, description, lock)
            run._made = made
            run._take_over(overwrite)
        except BaseException:
            lock.release()
            raise
        return run

    def close(self) -> None:
        """Give up the right to write."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception):  # after Ctrl-C the same command goes on
            self._discard()
        self.close()

    def holds(self, name: str) -> bool:
        """Whether the file or folder `name` is there."""
        return (self.path / _known(name)).exists()

    def read_json(self, name: str) -> Any:
        """The content of a JSON file of the run; raises `CheckpointError` if it cannot be read."""
        return read_json(self.path, _known(name))

    def write_json(self, name: str, content: Any) -> None:
        """Replace a JSON file of the run; raises `CheckpointError` if it cannot be written."""
        self._check_writable(name)
        write_json(self.path / _known(name), content)

    def read_tensors(self, name: str) -> "tuple[dict[str, Tensor], dict[str, str]]":
        """Tensors and header texts of a file; raises `CheckpointError` if it cannot be read."""
        return read_tensors(self.path, _known(name))

    def write_tensors(
        self,
        name: str,
        tensors: "Mapping[str, Tensor]",
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Replace a file of tensors; raises `CheckpointError` if it cannot be written."""
        self._check_writable(name)
        write_tensors(self.path / _known(name), tensors, metadata)

    def remove(self, name: str) -> None:
        """Remove a file of the run, if it is there; raises `CheckpointError` if it cannot be."""
        self._check_writable(name)
        remove(self.path / _known(name))

    def require_weights(self) -> None:
        """Raise `CheckpointError` if nothing was learned in the run yet."""
        if not has_learned(self.path):
            raise CheckpointError(
                f"{self.path}: the run must hold weights, got one that was begun but never "
                "trained, or has not saved any yet. Give the command that began it again "
                f"({names.CONFIG} has it), or name another run."
            )

    def folder(self, name: str = names.BASELINE) -> Path:
        """A folder of the run, for reading, once all in it is known to be files that lie there.

        Raises:
            CheckpointError: it is not there, or holds a link that leads out of it, or what is no
                regular file.
        """
        path = self.path / _known(name)
        if path.is_symlink() or not path.is_dir():
            raise CheckpointError(f"{path}: it must be a folder, got {what_is(path)}")
        for file in path.iterdir():
            inside(path, file.name)
        return path

    def write_folder(self, name: str, write: Callable[[Path], None]) -> None:
        """Replace a folder of the run by what `write` puts into the empty one it is given.

        Raises:
            CheckpointError: it cannot be written.
        """
        self._check_writable(name)
        replace_folder(self.path / _known(name), write)

    def history(self) -> list[dict[str, Any]]:
        """The records of the training so far; raises `CheckpointError` if they are damaged."""
        return read_history(self.path) if self.holds(names.HISTORY) else []

    def note_environment(self, now: Environment) -> None:
        """Record where the run computes, or warn of what has changed since it was recorded."""
        then = self.description.environment
        if then == Environment():
            self.description = dataclasses.replace(self.description, environment=now)
            self.write_json(names.CONFIG, self.description.to_json())
            return
        for difference in now.differences(then):
            logger.warning(
                "%s: %s since the run began; the last bits of its weights may differ.",
                self.path,
                difference,
            )

    def _take_over(self, overwrite: bool) -> None:
        """Make the locked folder this run's: empty it, or check that the same run is there."""
        clear_leftovers(self.path)
        if overwrite:
            remove_run(self.path)
        then = describe(self.path) if self.holds(names.CONFIG) else None
        if then is not None and not has_learned(self.path) and compare(self.description, then):
            remove_run(self.path)
            then = None
        if then is not None:
            refuse_other(self.path, self.description, then)
            self.description = dataclasses.replace(
                self.description, command=then.command, environment=then.environment
            )
            self.resuming = True
        self.write_json(names.CONFIG, self.description.to_json())

    def _discard(self) -> None:
        """Leave nothing of a new run whose training has not begun, if nothing else is there."""
        begun = has_learned(self.path) or self.holds(names.HISTORY)
        if self._lock is None or self.resuming or begun:
            return
        if not {*os.listdir(self.path)} <= {*names.FILES, *names.FOLDERS}:
            return
        with contextlib.suppress(CheckpointError, OSError):  # the error at hand says more
            remove_run(self.path)
            self._lock.withdraw()
            for folder in self._made:
                folder.rmdir()

    def _check_writable(self, name: str) -> None:
        if self._lock is None:
            raise CheckpointError(
                f"{self.path / name}: the run must be open for writing, got one open for reading. "
                "Use Run.begin."
            )


def _check_utf8(path: Path) -> None:
    """Raise `CheckpointError` for a path of other bytes, which safetensors would not write to."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise CheckpointError(
            f"Run.begin: `path` must be UTF-8, got {str(path)!r}. Choose another folder with --out."
        ) from None


def _known(name: str) -> str:
    check_choice("Run", "name", name, (*names.FILES, *names.FOLDERS))
    return name
