"""`elman.load`: a fitted model of any task from its run folder."""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from elman.checks import check_path, suggest
from elman.errors import CheckpointError
from elman.runs import Run

if TYPE_CHECKING:
    from elman.tasks.language.estimator import LanguageModel

__all__ = ["ESTIMATORS", "load"]

ESTIMATORS: dict[str, str] = {"language": "elman.tasks.language.estimator:LanguageModel"}
"""Task → module:class."""


def load(path: str | Path) -> "LanguageModel":
    """Load a fitted model.

    Args:
        path: the run folder that `fit(…, out=…)`, `save` or `elman train` wrote.

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
    if task not in ESTIMATORS:
        known = ", ".join(f"'{name}'" for name in ESTIMATORS)
        raise CheckpointError(
            f"{path}: `task` must be one of {known}, got '{task:.60}'.{suggest(task, ESTIMATORS)}"
        )
    module, name = ESTIMATORS[task].split(":")
    model: LanguageModel = getattr(importlib.import_module(module), name).load(path)
    return model
