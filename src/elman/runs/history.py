"""history.jsonl: what happened while a network learned, one JSON object a line."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from elman.errors import CheckpointError
from elman.runs.names import HISTORY
from elman.runs.reading import inside, parse_json
from elman.runs.writing import saying_why

__all__ = ["HistoryFile", "read_history", "strict"]


class HistoryFile:
    """The open history of a run, to which records are added.

    Args:
        folder: the run.
        length_bytes: what to keep of an existing file; the rest was written after the moment from
            which the run goes on, and is cut off.

    Raises:
        CheckpointError: it cannot be written, or is shorter than `length_bytes`.
    """

    def __init__(self, folder: Path, length_bytes: int = 0) -> None:
        self.path = folder / HISTORY
        with saying_why(self.path):
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            self._file = os.fdopen(os.open(self.path, flags, 0o666), "r+b", buffering=0)
            found_bytes = self._file.seek(0, os.SEEK_END)
            if found_bytes < length_bytes:
                self._file.close()
                raise CheckpointError(
                    f"{self.path}: the file must have at least {length_bytes:,} bytes, as its run "
                    f"recorded, got {found_bytes:,}. Restore it from a copy, or use --overwrite."
                )
            self._cut(length_bytes)

    @property
    def length_bytes(self) -> int:
        """Bytes written so far."""
        return self._length_bytes

    def add(self, record: Mapping[str, Any]) -> None:
        """Append one record; numbers that are not finite become null.

        Raises:
            CheckpointError: the disk is full; the line is taken back.
        """
        line = json.dumps(strict(record), ensure_ascii=False, allow_nan=False).encode() + b"\n"
        with saying_why(self.path):
            try:
                written = 0
                while written < len(line):
                    written += self._file.write(line[written:])
            except OSError:
                self._cut(self._length_bytes)
                raise
        self._length_bytes += len(line)

    def flush(self) -> None:
        """Wait until all records are on the disk.

        Raises:
            CheckpointError: the disk is full.
        """
        with saying_why(self.path):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _cut(self, length_bytes: int) -> None:
        self._file.seek(length_bytes)
        self._file.truncate()
        self._length_bytes = length_bytes


def read_history(folder: Path) -> list[dict[str, Any]]:
    """The records of a run's history; a last line that was cut off in writing is left out.

    Raises:
        CheckpointError: a line is not a JSON object.
    """
    path = inside(folder, HISTORY)
    records = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith("\n"):
                break
            record = parse_json(f"{path}, line {number:,}", line)
            if not isinstance(record, dict):
                raise CheckpointError(
                    f"{path}, line {number:,}: it must be a JSON object, got {record!r:.60}."
                )
            records.append(record)
    return records


def strict(value: Any) -> Any:
    """`value` with None in place of what JSON cannot say."""
    if isinstance(value, Mapping):
        return {key: strict(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [strict(part) for part in value]
    if isinstance(value, float) and value - value != 0:
        return None
    return value
