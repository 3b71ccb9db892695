"""Texts that visitors send: written to the disk as they come, never more than there is room for."""

import codecs
import re
import secrets
import shutil
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

from elman.errors import DataError
from elman.runs.writing import make_folder

__all__ = ["MOST_BYTES", "Uploads"]

MOST_BYTES = 64 * 2**20
"""The longest text that a page may send; longer ones are for `elman train language`."""

_MOST_WAITING = 16
_NUMBER = re.compile(r"[0-9a-f]{32}")
_OLD_S = 3600


class Uploads:
    """Holds texts between their arrival and their use.

    Args:
        folder: where; what an earlier lab left there is removed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._waiting: dict[str, float] = {}
        if folder.is_dir():
            for path in folder.iterdir():
                if _NUMBER.fullmatch(path.stem) and time.time() - path.stat().st_mtime > _OLD_S:
                    path.unlink()

    async def receive(self, chunks: AsyncIterator[bytes]) -> tuple[str, int]:
        """Write a text down; its number and its length in bytes.

        Raises:
            DataError: it is too long, empty or not UTF-8, or too many wait already.
            CheckpointError: it cannot be written.
        """
        make_folder(self._folder)
        number = secrets.token_hex(16)
        self._admit(number)
        path, length, decoder = self._path(number), 0, codecs.getincrementaldecoder("utf-8")()
        try:
            with path.open("wb") as file:
                async for chunk in chunks:
                    length += len(chunk)
                    check_length(length)
                    decoder.decode(chunk)
                    file.write(chunk)
                decoder.decode(b"", final=True)
            if length == 0:
                raise DataError("train: the text must hold something, got nothing.")
        except BaseException as error:
            path.unlink(missing_ok=True)
            self._forget(number)
            if isinstance(error, UnicodeDecodeError):
                raise DataError(
                    f"train: the text must be UTF-8, got byte {error.object[error.start]:#x} "
                    f"within its first {length:,} bytes. Save it as UTF-8 first."
                ) from None
            raise
        return number, length

    def take(self, number: str, place: Path) -> None:
        """Move an upload to `place`; raises `DataError` if there is none of that number."""
        self._forget(number)
        path = self._path(number)
        if not _NUMBER.fullmatch(number) or not path.is_file():
            raise DataError(
                f"train: `text` must have been sent, got '{number:.40}'. Send it again."
            )
        shutil.move(path, place)

    def close(self) -> None:
        """Remove what nobody used."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _admit(self, number: str) -> None:
        """Note an upload; the oldest that nobody used makes room for it."""
        with self._lock:
            self._waiting[number] = time.monotonic()
            while len(self._waiting) > _MOST_WAITING:
                oldest = next(iter(self._waiting))
                del self._waiting[oldest]
                self._path(oldest).unlink(missing_ok=True)

    def _forget(self, number: str) -> None:
        with self._lock:
            self._waiting.pop(number, None)

    def _path(self, number: str) -> Path:
        return self._folder / f"{number}.txt"


def check_length(length: int) -> None:
    """Raise `DataError` if a text of so many bytes is too long."""
    if length > MOST_BYTES:
        raise DataError(
            f"train: the text must have at most {MOST_BYTES // 2**20} MB here, got more. "
            "`elman train language FILE` takes any length."
        )
