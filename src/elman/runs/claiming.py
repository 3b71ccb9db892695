"""Whose folder is it? What may be written into, gone on with, or removed."""

import os
from pathlib import Path

from elman.checks import closest
from elman.errors import CheckpointError
from elman.runs import names
from elman.runs.description import Description
from elman.runs.differences import compare, table
from elman.runs.reading import read_json
from elman.runs.writing import remove

__all__ = [
    "describe",
    "has_learned",
    "is_run",
    "refuse_foreign",
    "refuse_other",
    "remove_run",
    "what_is",
]


def describe(path: Path) -> Description:
    """What the run in the folder is.

    Raises:
        CheckpointError: it is not a run, damaged, or of a later format.
    """
    if not (path / names.CONFIG).exists():
        raise CheckpointError(
            f"{path}: it must be a run folder, got one without {names.CONFIG} {_contents(path)}."
        )
    return Description.from_json(str(path / names.CONFIG), read_json(path, names.CONFIG))


def is_run(path: Path) -> bool:
    """Whether the folder is a run of some Elman, whether or not this one can read it."""
    try:
        found = read_json(path, names.CONFIG)
    except CheckpointError:
        return False
    return isinstance(found, dict) and found.get("program") == names.PROGRAM


def has_learned(path: Path) -> bool:
    """Whether a run holds anything that was learned or measured in it."""
    return any((path / name).exists() for name in names.LEARNED)


def refuse_foreign(path: Path) -> None:
    """Raise `CheckpointError` if the folder holds anything and is not a run."""
    if not path.is_dir() or is_run(path):
        return
    if all(name == names.LOCK or names.is_temporary(name) for name in os.listdir(path)):
        return
    raise CheckpointError(
        f"{path}: it must be empty or a run of Elman, got something else {_contents(path)}. "
        "Choose another folder with --out; not even --overwrite touches this one."
    )


def refuse_other(path: Path, now: Description, then: Description) -> None:
    """Raise `CheckpointError` with the differences if the run there is not the same."""
    rows = compare(now, then)
    if rows:
        raise CheckpointError(
            f"{path}: a run that goes on must keep its options and data, got:\n{table(rows)}\n"
            "Give the same again, choose another folder with --out, or start anew with --overwrite."
        )


def remove_run(path: Path) -> None:
    """Remove a run's files and no others; call it with the lock held.

    What says how to go on goes first and what says that this is a run goes last, so that a process
    killed in between leaves a run that starts anew.
    """
    between = [name for name in names.FILES if name not in (names.LOCK, names.CONFIG)]
    for name in (names.RESUME, *names.FOLDERS, *between, names.CONFIG):
        remove(path / name)


def what_is(path: Path) -> str:
    """What stands at `path`, to end a message; where nothing does, a run beside it of like name."""
    if path.exists():
        return "a folder." if path.is_dir() else "a file."
    if path.is_symlink():
        return "a link to nothing."
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    meant = closest(path.name, [other.name for other in beside if is_run(other)])
    return "nothing there." + (f" Did you mean '{path.with_name(meant)}'?" if meant else "")


def _contents(path: Path) -> str:
    """A glimpse of what is in a folder."""
    found = sorted(os.listdir(path))
    listed = ", ".join(f"'{name}'" for name in found[:3])
    return f"(it holds {listed}{', …' if len(found) > 3 else ''})" if found else "(it is empty)"
