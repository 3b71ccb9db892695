"""Where a training leaves its records and weights: in a run folder, or in memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

from elman.records import Record
from elman.runs import Run
from elman.runs.history import HistoryFile
from elman.runs.names import MODEL, RESUME
from elman.runs.snapshot import Snapshot, read_snapshot, write_snapshot
from elman.runs.weights import load_weights, save_model, weights_of

__all__ = ["Cadence", "FolderStore", "MemoryStore", "Store", "store_for"]


@dataclass(frozen=True)
class Cadence:
    """When to write a checkpoint.

    Attributes:
        first_s: seconds from the start to the first.
        every_s: seconds from one to the next.
    """

    first_s: float = 5.0
    every_s: float = 15.0


class Store(Protocol):
    """Keeps what a training must not lose."""

    @property
    def place(self) -> str:
        """Where that is, for messages."""
        ...

    def resume(self) -> Snapshot | None:
        """The moment to go on from; None to begin. Opens the history."""
        ...

    def add(self, record: Record) -> None:
        """Append to the history."""
        ...

    def history(self) -> list[Record]:
        """All records."""
        ...

    def keep_best(self, module: nn.Module) -> None:
        """Remember these weights as the best."""
        ...

    def load_best(self, module: nn.Module) -> None:
        """Give the best weights to `module`; leaves it alone if none were kept."""
        ...

    def holds_checkpoint(self) -> bool:
        """Whether a later session could go on from here."""
        ...

    def due(self) -> bool:
        """Whether it is time for a checkpoint."""
        ...

    def checkpoint(self, capture: Callable[[int], Snapshot]) -> bool:
        """Save what `capture` returns for this length of the history; whether it was saved."""
        ...

    def close(self) -> None:
        """Let go of open files."""
        ...


def store_for(run: Run | None, cadence: Cadence) -> Store:
    """The store in `run`, or in memory without one."""
    return MemoryStore() if run is None else FolderStore(run, cadence)


class MemoryStore:
    """Keeps the history and the best weights for as long as the training runs."""

    place = ""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._best: dict[str, Tensor] = {}

    def resume(self) -> None:
        """There is never anything to go on from."""

    def add(self, record: Record) -> None:
        """Append to the history."""
        self._records.append(record)

    def history(self) -> list[Record]:
        """All records."""
        return self._records

    def keep_best(self, module: nn.Module) -> None:
        """Copy the weights."""
        self._best = {name: tensor.clone() for name, tensor in weights_of(module).items()}

    def load_best(self, module: nn.Module) -> None:
        """Copy the weights back."""
        if self._best:
            load_weights(module, self._best, "best weights")

    def holds_checkpoint(self) -> bool:
        """Never."""
        return False

    def due(self) -> bool:
        """Never."""
        return False

    def checkpoint(self, capture: Callable[[int], Snapshot]) -> bool:  # noqa: ARG002
        """Nothing is saved."""
        return False

    def close(self) -> None:
        """Nothing is open."""


class FolderStore:
    """Keeps all in a run folder.

    Args:
        run: the folder, open for writing.
        cadence: when to write a checkpoint.
    """

    def __init__(self, run: Run, cadence: Cadence) -> None:
        self.place = str(run.path)
        self._run, self._cadence = run, cadence
        self._file: HistoryFile | None = None
        self._due_s = time.monotonic() + cadence.first_s

    def resume(self) -> Snapshot | None:
        """The last checkpoint, if the run has one; the history is cut back to that moment."""
        snapshot = read_snapshot(self._run.path) if self._run.holds(RESUME) else None
        self._file = HistoryFile(self._run.path, snapshot.history_bytes if snapshot else 0)
        return snapshot

    def add(self, record: Record) -> None:
        """Append a line to history.jsonl."""
        self._opened().add(record)

    def history(self) -> list[Record]:
        """The lines of history.jsonl."""
        return self._run.history()

    def keep_best(self, module: nn.Module) -> None:
        """Write model.safetensors."""
        save_model(self._run, module)

    def load_best(self, module: nn.Module) -> None:
        """Read model.safetensors."""
        if self._run.holds(MODEL):
            tensors, _ = self._run.read_tensors(MODEL)
            load_weights(module, tensors, str(self._run.path / MODEL))

    def holds_checkpoint(self) -> bool:
        """Whether resume.safetensors is there."""
        return self._run.holds(RESUME)

    def due(self) -> bool:
        """Whether enough seconds have passed."""
        return time.monotonic() >= self._due_s

    def checkpoint(self, capture: Callable[[int], Snapshot]) -> bool:
        """Flush the history, then replace resume.safetensors."""
        history = self._opened()
        history.flush()
        write_snapshot(self._run.path, capture(history.length_bytes))
        self._due_s = time.monotonic() + self._cadence.every_s
        return True

    def close(self) -> None:
        """Close history.jsonl."""
        if self._file is not None:
            self._file.close()

    def _opened(self) -> HistoryFile:
        if self._file is None:
            raise RuntimeError("FolderStore: `resume` must be called first.")
        return self._file
