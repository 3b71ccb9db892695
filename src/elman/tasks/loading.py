"""`elman.load`: a fitted model of any task from its run folder."""

import importlib
from pathlib import Path
from typing import Any

from elman.checks import check_path, suggest
from elman.errors import CheckpointError
from elman.runs import Run
from elman.tasks.registry import TASKS

__all__ = ["estimator_of", "load"]


def estimator_of(task: str) -> Any:
    """The class of the estimator of a task, a key of `TASKS`."""
    module, name = TASKS[task].place.split(":")
    return getattr(importlib.import_module(module), name)


def load(path: str | Path) -> Any:
    """Load a fitted model.

    Args:
        path: the run folder that `fit(…, out=…)`, `save` or `elman train` wrote.

    Returns:
        The estimator of the run's task, such as a `LanguageModel`; see `elman.tasks.estimator` for
        what all of them do. `LanguageModel.load` takes runs of its own task alone.

    Raises:
        CheckpointError: nothing is there, or it is damaged, hostile, or of a later format or of a
            task that this version does not know.

    >>> import tempfile
    >>> load(Path(tempfile.mkdtemp()) / "mine")
    Traceback (most recent call last):
    elman.errors.CheckpointError: /.../mine: it must be a run folder, got nothing there.
    """
    check_path("elman.load", path)
    task = Run.open(path).description.task
    if task not in TASKS:
        known = ", ".join(f"'{name}'" for name in TASKS)
        raise CheckpointError(
            f"{path}: `task` must be one of {known}, got '{task:.60}'.{suggest(task, TASKS)}"
        )
    return estimator_of(task).load(path)
