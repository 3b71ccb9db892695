"""Which run people mean when they name none."""

from pathlib import Path

from elman.errors import CheckpointError
from elman.runs import names
from elman.runs.claiming import describe, is_run

__all__ = ["latest"]


def latest(root: str | Path = "runs", task: str | None = None) -> Path:
    """The folder of the run under `root` that was written to last, of those that hold weights.

    Args:
        root: the folder of run folders.
        task: the task it must be of, unless nobody can tell; None for any.

    Raises:
        CheckpointError: there is none.
    """
    root = Path(root)
    folders = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    runs = [path for path in folders if is_run(path) and _may_be_of(path, task)]
    if not runs:
        of = f" of the task '{task}'" if task and any(map(is_run, folders)) else ""
        raise CheckpointError(
            f"{root}: it must hold a run{of}, got none. Name one, or make one: elman demo"
        )
    trained = [path for path in runs if (path / names.MODEL).exists()]
    if not trained:
        raise CheckpointError(
            f"{root}: it must hold a run with weights, got none that was trained ('{runs[0].name}' "
            "was only begun). Name one, or make one: elman demo"
        )
    return max(trained, key=_last_written)


def _may_be_of(path: Path, task: str | None) -> bool:
    """Whether a run is of a task; one that cannot be read is, so that its fault is told."""
    try:
        return task is None or describe(path).task == task
    except CheckpointError:
        return True


def _last_written(path: Path) -> float:
    """When, not counting the lock, which a refused command touches too."""
    files = [path / name for name in names.FILES if name != names.LOCK]
    return max(file.stat().st_mtime for file in files if file.exists())
