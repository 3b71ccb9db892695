"""Running rows of a padded batch: out of the padding, through a walk, and back.

Shapes: B rows of the batch, T steps, S sequences and N rows of the walk, L layers, D directions,
H units, F features.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.contracts import State
from elman.errors import ShapeError
from elman.nn.rows import Rows, dense_rows, ragged_rows
from elman.sequences import PaddedBatch

__all__ = ["RowWalk", "Way", "check_batch", "check_state", "run_padded"]

RowWalk = Callable[[Tensor, Rows, Tensor | None, State], tuple[Tensor, State]]
"""(x (T, S, I) or (N, I), how it lies, resets (N,) or None, state (L·D, S, H) each) -> output
(T, S, F) or (N, F), and the last state."""


@dataclass(frozen=True)
class Way:
    """How a layer goes through rows.

    Attributes:
        walk: what turns rows into rows.
        features: shape of one step of its output, (F,).
        directions: D.
        takes_resets: whether `walk` wipes states to zero itself; if not, it never sees resets, for
            each piece between two of them comes as a sequence of its own.
        fresh: the state after a reset, (L·D, 1, H) each; None for zeros.
    """

    walk: RowWalk
    features: tuple[int, ...]
    directions: int = 1
    takes_resets: bool = False
    fresh: State | None = None


def run_padded(way: Way, batch: PaddedBatch, state: State) -> tuple[PaddedBatch, State]:
    """Go through a batch from `state`, (L·D, B, H) each; return what comes out, and the last."""
    B, T = batch.values.shape[:2]
    if not (B and T) or not (batch.is_full or batch.lengths.any()):
        return batch.with_values(batch.values.new_zeros(B, T, *way.features)), state
    cut = batch.resets is not None and not way.takes_resets
    rows = dense_rows(B, T) if batch.is_full and not cut else ragged_rows(batch, cut)
    fresh: tuple[Tensor | None, ...] = way.fresh or (None,) * len(state)
    entering = tuple(
        rows.enter(carried, new, way.directions) for carried, new in zip(state, fresh, strict=True)
    )
    resets = None if cut or batch.resets is None else _gather_resets(rows, batch.resets)
    output, last = way.walk(rows.gather(batch.values), rows, resets, entering)
    leaving = tuple(rows.leave(states, way.directions) for states in last)
    return batch.with_values(rows.scatter(output, T)), leaving


def _gather_resets(rows: Rows, resets: Tensor) -> Tensor:
    return rows.gather(resets).reshape(-1)


def check_batch(where: str, values: Tensor, width: int, dtype: torch.dtype) -> None:
    """Raise `ShapeError` unless a batch's values are (B, T, I=width) of the weights' dtype."""
    if values.dim() != 3 or values.shape[2] != width:
        raise ShapeError(
            f"{where}: `x` must have shape (B, T, I={width}), got {tuple(values.shape)}."
        )
    if values.dtype != dtype and not _autocasts(values.device.type):
        raise ShapeError(
            f"{where}: `x` must be {dtype} like the weights, got {values.dtype}. Convert its "
            f"values with .to({dtype}), or the layer with layer.to({values.dtype})."
        )


def _autocasts(device: str) -> bool:
    """Whether torch converts types by itself on devices of this kind now."""
    return torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)


def check_state(where: str, state: State, expected: tuple[tuple[int, ...], ...]) -> None:
    """Raise `ShapeError` unless `state` is a tuple of tensors of the shapes expected."""
    if not isinstance(state, tuple) or not all(isinstance(part, Tensor) for part in state):
        raise ShapeError(
            f"{where}: `state` must be a tuple of tensors, got {type(state).__name__}. "
            "Pass what the last call returned."
        )
    got = tuple(tuple(part.shape) for part in state)
    if got != expected:
        raise ShapeError(f"{where}: `state` must have shapes {expected} (L·D, B, H), got {got}.")
