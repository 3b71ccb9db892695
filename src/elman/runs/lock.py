"""One writer at a time: a lock that the operating system frees when its owner dies."""

import contextlib
import os
import sys
from pathlib import Path
from typing import IO

from elman.errors import CheckpointError
from elman.runs.names import LOCK
from elman.runs.writing import saying_why

__all__ = ["Lock"]

_FAR_BYTE = 2**30  # Windows locks bytes, and would bar reading the owner's number from a locked one


class Lock:
    """The right to write into a run folder, held until `release` or the end of the process.

    The system frees it however the process ends, so there is no stale lock to clear away; the file
    itself stays, empty.

    Raises:
        CheckpointError: another process, named, is writing there.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK
        with saying_why(self.path):
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self.path, flags, 0o666)
            # Unbuffered: what a full disk refused would be tried again at closing.
            self._file: IO[bytes] | None = os.fdopen(descriptor, "r+b", buffering=0)
        try:
            _acquire(self._file)
            self._check_not_withdrawn()
        except OSError as error:
            owner = self._owner()
            self._file.close()
            self._file = None
            raise CheckpointError(
                f"{folder}: only one process may write to a run, and {owner} is writing to this "
                "one. Wait for it, stop it, or choose another folder with --out."
            ) from error
        with contextlib.suppress(OSError):  # on a full disk the lock holds without its note
            self._file.truncate(0)
            self._file.write(f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let others write; does nothing the second time."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            self._file.truncate(0)
        self._file.close()
        self._file = None

    def withdraw(self) -> None:
        """Let others write, and leave no file: for a folder of which nothing is to remain."""
        with contextlib.suppress(OSError):  # some systems keep a file that is open
            self.path.unlink()
        self.release()

    def _check_not_withdrawn(self) -> None:
        """Raise `OSError` if the file was removed between its opening and its locking."""
        assert self._file is not None, "just opened"
        if not os.path.samestat(os.fstat(self._file.fileno()), os.stat(self.path)):
            raise FileNotFoundError(f"{self.path} was removed")

    def _owner(self) -> str:
        """Who holds the lock, as far as the file says."""
        digits = self._file.read(20).decode("ascii", "replace").strip() if self._file else ""
        if digits == str(os.getpid()):
            return f"this one (process {digits})"
        return f"process {digits}" if digits.isdigit() else "another process"


if sys.platform == "win32":
    import msvcrt

    def _acquire(file: IO[bytes]) -> None:
        file.seek(_FAR_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        finally:
            file.seek(0)
else:
    import fcntl

    def _acquire(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
