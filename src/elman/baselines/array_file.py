"""A fitted baseline as one safetensors file: arrays, facts as JSON, and a digest of the arrays."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from elman.errors import CheckpointError

__all__ = ["pack_texts", "read_arrays", "unpack_texts", "write_arrays"]

Array = NDArray[Any]

_HEADER = "baseline"


def write_arrays(path: Path, arrays: Mapping[str, Array], **facts: Any) -> None:
    """Write arrays and facts (plain values) to `path`, in place of an older file.

    Raises:
        CheckpointError: the file cannot be written.
    """
    sound = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = {**facts, "sha256": _digest(sound)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        save_file(sound, path, {_HEADER: json.dumps(header)})
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"baseline: `{path}` must be writable, got: {error}.") from error


def read_arrays(path: Path, kind: str) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays and facts that `write_arrays` wrote, if they are what was written.

    Args:
        path: the file.
        kind: the fact `kind` it must have, which says what was fitted.

    Raises:
        CheckpointError: the file is missing, damaged, or of another kind.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            facts = json.loads((file.metadata() or {})[_HEADER])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        sound = facts.pop("sha256") == _digest(arrays) and facts.pop("kind") == kind
        problem = "" if sound else f"no {kind}, or other bytes than were written"
    except (OSError, SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        problem = str(error) or type(error).__name__
    if problem:
        raise CheckpointError(
            f"baseline: `{path}` must hold a fitted {kind}, got: {problem}. Fit it again."
        )
    return arrays, facts


def pack_texts(texts: Iterable[str]) -> Array:
    r"""Texts without line ends as one array of bytes.

    >>> unpack_texts(pack_texts(["cats", "", "é"])), unpack_texts(pack_texts([]))
    (['cats', '', 'é'], [])
    """
    return np.frombuffer("".join(f"{text}\n" for text in texts).encode(), np.uint8)


def unpack_texts(packed: Array) -> list[str]:
    """The texts that `pack_texts` packed."""
    return packed.tobytes().decode().split("\n")[:-1]


def _digest(arrays: Mapping[str, Array]) -> str:
    """SHA-256 of the arrays' names, shapes, types and bytes, by name."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].shape} {arrays[name].dtype}\n".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
