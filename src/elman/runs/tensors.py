"""Tensors on disk: safetensors files, written whole or not at all and read with suspicion.

The header's text `sha256` holds the SHA-256 of its other texts, by their keys, and of the tensors'
bytes, by their names; so a flipped bit is noticed. A file without it is taken as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open

from elman.errors import CheckpointError
from elman.runs.reading import inside
from elman.runs.writing import replace_file

if TYPE_CHECKING:  # torch loads when tensors are first touched, not with the command line
    from torch import Tensor

__all__ = ["read_shapes", "read_tensors", "write_tensors"]

_DIGEST = "sha256"


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None
) -> None:
    """Replace `path` by a safetensors file of `tensors`, written straight from their memory.

    Args:
        path: the file.
        tensors: name to tensor; no two may share memory.
        metadata: texts for the file's header, other than `sha256`.

    Raises:
        CheckpointError: the disk is full or the place cannot be written; `path` is as before.
    """
    from safetensors.torch import save_file

    whole = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    texts = dict(metadata or {})
    texts[_DIGEST] = _digest(whole, texts)
    replace_file(path, lambda temporary: save_file(whole, temporary, texts))


def read_tensors(folder: Path, name: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and the header texts of a safetensors file of a run.

    Raises:
        CheckpointError: it is missing, truncated, altered, or not a safetensors file.
    """
    path = inside(folder, name)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = dict(file.metadata() or {})
            # Copies: a mapped file could be misaligned for the processor, or change under us.
            tensors = {key: file.get_tensor(key).clone() for key in sorted(file.keys())}
    except (SafetensorError, OSError, ValueError, RuntimeError, MemoryError) as error:
        raise _damaged(path, error) from error
    written = metadata.pop(_DIGEST, None)
    if written is not None and written != (found := _digest(tensors, metadata)):
        raise CheckpointError(
            f"{path}: the file must hold what was written, of SHA-256 {written:.12}…, got "
            f"{found:.12}…. It is damaged; restore it from a copy or train anew."
        )
    return tensors, metadata


def read_shapes(folder: Path, name: str) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor of a safetensors file, from its header alone.

    Raises:
        CheckpointError: it is missing, truncated, or not a safetensors file.
    """
    path = inside(folder, name)
    try:
        with safe_open(path, framework="np") as file:
            return {key: tuple(file.get_slice(key).get_shape()) for key in sorted(file.keys())}
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(path, error) from error


def _digest(tensors: Mapping[str, Tensor], texts: Mapping[str, str]) -> str:
    """SHA-256 of the texts, by their keys, and of the tensors' bytes, by their names."""
    from torch import uint8

    digest = hashlib.sha256()
    for key in sorted(texts):
        digest.update(texts[key].encode())
    for name in sorted(tensors):
        digest.update(tensors[name].detach().cpu().reshape(-1).view(uint8).numpy().data)
    return digest.hexdigest()


def _damaged(path: Path, error: Exception) -> CheckpointError:
    return CheckpointError(
        f"{path}: the file must hold whole tensors (safetensors), got: {error}. "
        "It is damaged or something else; restore it from a copy or train anew."
    )
