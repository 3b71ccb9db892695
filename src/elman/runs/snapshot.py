"""All that a training needs to go on as if it had never stopped: resume.safetensors."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from torch import Tensor

from elman.errors import CheckpointError
from elman.runs.names import FORMAT, RESUME
from elman.runs.reading import parse_json
from elman.runs.tensors import read_tensors, write_tensors

__all__ = ["Snapshot", "read_snapshot", "write_snapshot"]

_GROUPS = ("weights", "optimizer", "random", "state")
_HEADER = "resume"
_MOST = sys.float_info.max


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A moment of a training, between two steps.

    Attributes:
        weights: the network's tensors, as `weights_of` names them.
        optimizer: the optimiser's tensors, as `optimizer_tensors` names them.
        random: states of the random generators, by device.
        state: the recurrent state to carry into the next step; empty if there is none.
        epochs: how many epochs were planned.
        epoch: whole epochs done, validation included.
        step: steps done in the epoch after those.
        steps: steps done in all.
        schedule: what the learning rate schedule remembers.
        stopping: what early stopping remembers.
        meters: sums of the records that are not yet written, by meter.
        history_bytes: length of `history.jsonl` at that moment.
        training_s: seconds spent, over all sessions.
        finished: why training ended; empty if it did not.
    """

    weights: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]
    random: Mapping[str, Tensor]
    state: tuple[Tensor, ...] = ()
    epochs: int = 0
    epoch: int = 0
    step: int = 0
    steps: int = 0
    schedule: Mapping[str, float] = field(default_factory=dict)
    stopping: Mapping[str, float] = field(default_factory=dict)
    meters: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    history_bytes: int = 0
    training_s: float = 0.0
    finished: str = ""


def write_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Replace the folder's resume.safetensors by `snapshot`.

    Raises:
        CheckpointError: it cannot be written; the file is as before.
    """
    tensors = {f"state/{place}": tensor for place, tensor in enumerate(snapshot.state)}
    for group in ("weights", "optimizer", "random"):
        for name, tensor in getattr(snapshot, group).items():
            tensors[f"{group}/{name}"] = tensor
    numbers = {f.name: getattr(snapshot, f.name) for f in fields(Snapshot) if f.name not in _GROUPS}
    header = json.dumps({"format": FORMAT, **numbers}, allow_nan=False)
    write_tensors(folder / RESUME, tensors, {_HEADER: header})


def read_snapshot(folder: Path) -> Snapshot:
    """Read the folder's resume.safetensors.

    Raises:
        CheckpointError: it is missing, damaged, of a later format, or not what it should be.
    """
    tensors, metadata = read_tensors(folder, RESUME)
    where = str(folder / RESUME)
    header = parse_json(where, metadata.get(_HEADER, ""))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CheckpointError(
            f"{where}: its header must hold `{_HEADER}` of format {FORMAT}, got {header!r:.60}."
        )
    numbers = {
        f.name: _checked(where, f.name, header.get(f.name), f.default)
        for f in fields(Snapshot)
        if f.name not in _GROUPS
    }
    groups: dict[str, Any] = {group: {} for group in _GROUPS}
    for name, tensor in tensors.items():
        group, _, rest = name.partition("/")
        if group not in groups:
            raise CheckpointError(f"{where}: it must not hold a tensor '{name:.60}'.")
        groups[group][rest] = tensor
    state = groups.pop("state")
    ordered = tuple(state[key] for key in sorted(state, key=lambda key: (len(key), key)))
    return Snapshot(**groups, state=ordered, **numbers)


def _checked(where: str, name: str, value: Any, default: Any) -> Any:
    """`value`, once it is known to be of the kind that the attribute `name` has."""
    if isinstance(default, str):
        said, fits = "a string", isinstance(value, str)
    elif isinstance(default, int | float):
        said = "a number of at least 0"
        fits = type(value) in (int, type(default)) and 0 <= value <= _MOST
    elif name == "meters":
        said = "objects of numbers"
        fits = isinstance(value, dict) and all(map(_are_numbers, value.values()))
    else:
        said, fits = "an object of numbers", _are_numbers(value)
    if not fits:
        raise CheckpointError(f"{where}: `{name}` must be {said}, got {value!r:.60}.")
    return value


def _are_numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(
        type(number) in (int, float) and abs(number) <= _MOST for number in value.values()
    )
