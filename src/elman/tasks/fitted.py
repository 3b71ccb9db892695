"""What fitting leaves behind, whatever the task: options, network, and where more of it stands."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

from elman.records import Record
from elman.runs import Run

__all__ = ["Fitted", "open_run"]

Config = TypeVar("Config")


@dataclass(kw_only=True)
class Fitted(ABC):
    """What fitting leaves behind; a task's own class adds its codec, its network, its baselines.

    Attributes:
        config: the options it was fitted with, the task's Config.
        data: SHA-256 of what it was fitted on, by role.
        run: the run it was fitted in or read from, which has what is not at hand; None for a model
            that lives in memory only.
        recorded: the records of training, if they are at hand; see `history`.
    """

    config: Any
    data: Mapping[str, str] = field(default_factory=dict)
    run: Run | None = None
    recorded: list[Record] | None = None

    @property
    def path(self) -> Path | None:
        """The run folder; None for a model that lives in memory only."""
        return None if self.run is None else self.run.path

    @cached_property
    def history(self) -> list[Record]:
        """The records of training, read from the run when first asked for.

        Raises:
            CheckpointError: the run's file is damaged.
        """
        if self.recorded is not None:
            return self.recorded
        return [] if self.run is None else self.run.history()

    @abstractmethod
    def save(self, run: Run) -> None:
        """Write all but the history and the scores into a run that is open for writing."""

    @classmethod
    @abstractmethod
    def load(cls, path: str | Path) -> Self:
        """Read a run folder: its network now, what else it holds when it is first asked for.

        Raises:
            CheckpointError: nothing is there, or it is damaged, hostile, of another task or of a
                later format, or its training has not saved a model yet.
        """


def open_run(path: str | Path, task: str, kind: type[Config]) -> tuple[Run, Config]:
    """A run folder whose network can be read, and its options.

    Args:
        path: the folder.
        task: what it must be of.
        kind: the task's Config.

    Raises:
        CheckpointError: nothing is there, or it is damaged, hostile, of another task or of a later
            format, or its training has not saved a model yet.
    """
    run = Run.open(path, task)
    run.require_weights()
    return run, run.description.config_as(kind, str(run.path))
