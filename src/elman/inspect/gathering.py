"""From pieces of data to batches that a network can read: cut, turned, padded, on its device.

Letters: N steps of a text, R rows, B sequences, T steps, I inputs.
"""

import math
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.nn import Module

from elman.errors import DataError, ShapeError
from elman.inspect.batches import Batch, Piece
from elman.inspect.calling import Call
from elman.inspect.layers import RecurrentLayer
from elman.nn import Elman, Recurrent

__all__ = ["Cut", "is_finite", "on_module", "random_piece", "to_batch", "turned"]

_LONG = 256  # a row of less is not cut off a text
_LENGTHS = 4  # nor one of fewer times the steps needed
_RANDOM_ROWS = 16


@dataclass(frozen=True)
class Cut:
    """How one long sequence becomes rows that are read side by side.

    Attributes:
        where: the beginning of messages.
        least: steps that an instrument needs.
        rows: at most so many.
    """

    where: str
    least: int
    rows: int

    def apply(self, piece: Piece, layers: tuple[RecurrentLayer, ...]) -> Piece:
        """The piece with its inputs batch first, if it is one sequence; else as it is.

        Each row but the last goes one step into the next, so that every step may have a successor.
        """
        x = piece.x
        if x.dim() == 1 and x.is_floating_point():
            x = x[:, None]
        elif not (x.dim() == 1 or (x.dim() == 2 and _is_series(x, layers))):
            return piece
        if piece.form != "tensor":
            raise ShapeError(f"{self.where}: `data` must have a batch dimension beside lengths.")
        N = len(x)
        R = max(1, min(self.rows, N // max(_LONG, _LENGTHS * self.least)))
        T = (N - 1) // R
        at = torch.arange(R)[:, None] * T + torch.arange(T + 1)
        same = [t for t in (piece.targets, piece.resets) if t is not None and len(t) != N]
        if same:
            got = tuple(same[0].shape)
            raise ShapeError(f"{self.where}: targets and resets must have N={N} steps, got {got}.")
        return replace(
            piece,
            x=x[at],
            targets=None if piece.targets is None else piece.targets[at],
            resets=None if piece.resets is None else piece.resets[at],
            batch_first=True,
        )


def _is_series(x: Tensor, layers: tuple[RecurrentLayer, ...]) -> bool:
    """Whether values (N, I) are one sequence of I numbers a step."""
    return x.is_floating_point() and bool(layers) and layers[0].input_size == x.shape[1]


def random_piece(module: Module, layers: tuple[RecurrentLayer, ...], steps: int) -> Piece:
    """Random inputs for whatever comes first: ids to be embedded, or normal numbers."""
    generator = torch.Generator().manual_seed(0)
    I = layers[0].input_size if layers else 0
    for part in module.modules():
        if isinstance(part, torch.nn.Embedding):
            ids = torch.randint(part.num_embeddings, (_RANDOM_ROWS, steps), generator=generator)
            return Piece(ids, batch_first=True)
        if isinstance(part, torch.nn.Linear):
            I = part.in_features
            break
        if isinstance(part, torch.nn.RNNBase | torch.nn.RNNCellBase | Elman | Recurrent):
            break
    return Piece(torch.randn(_RANDOM_ROWS, steps, I or 1, generator=generator), batch_first=True)


def is_finite(tensor: Tensor) -> bool:
    """Whether all values are finite; their sum tells it fastest, unless it overflows."""
    if not tensor.is_floating_point() or math.isfinite(tensor.detach().sum()):
        return True
    return bool(tensor.isfinite().all())


def to_batch(where: str, piece: Piece, call: Call) -> Batch:
    """A piece, batch first.

    Raises:
        ShapeError: targets, lengths or resets do not fit the inputs.
        DataError: a value is not finite.
    """
    if not is_finite(piece.x):
        raise DataError(f"{where}: `data` must be finite, got NaN or infinity in the inputs.")
    return turned(where, piece, call)


def turned(where: str, piece: Piece, call: Call) -> Batch:
    """`to_batch` without a look at the values."""
    turns = call.time_first and not piece.batch_first
    x = piece.x.transpose(0, 1) if turns else piece.x
    if x.dim() < 2:
        raise ShapeError(f"{where}: inputs must have dimensions B and T, got {tuple(x.shape)}.")
    B, T = x.shape[:2]
    targets = piece.targets
    if targets is not None:
        targets = _turn(where, targets, B, T, turns)
    return Batch(x, _lengths(where, piece.lengths, x), targets, piece.resets)


def _lengths(where: str, lengths: Tensor | None, x: Tensor) -> Tensor:
    """Real steps of each sequence of x, (B, T, …): all, where none are given."""
    B, T = x.shape[:2]
    if lengths is None:
        return torch.full((B,), T, device=x.device)
    if lengths.shape != (B,) or bool((lengths < 0).any()) or bool((lengths > T).any()):
        raise ShapeError(
            f"{where}: lengths must be (B={B},), from 0 to T={T}, got {lengths.tolist()!r:.60}."
        )
    return lengths


def _turn(where: str, targets: Tensor, B: int, T: int, turned: bool) -> Tensor:
    """Targets batch first: (B, T, …) where there is one a step, else (B, …)."""
    steps = (T, B) if turned else (B, T)
    if targets.shape[:2] == steps:
        return targets.transpose(0, 1) if turned else targets
    if len(targets) == B * T and B * T != B:  # flattened as the network flattens its outputs
        targets = targets.view(*steps, *targets.shape[1:])
        return targets.transpose(0, 1) if turned else targets
    if len(targets) == B:
        return targets
    raise ShapeError(
        f"{where}: targets must be {steps} for one a step or (B={B},) for one a sequence, "
        f"got {tuple(targets.shape)}."
    )


D = TypeVar("D", Batch, Piece)


def on_module(module: Module, data: D) -> D:
    """The data on the module's device; numbers in its dtype, ids as int64."""
    like = next((p for p in module.parameters() if p.is_floating_point()), None)
    device = "cpu" if like is None else like.device
    dtype = torch.float32 if like is None else like.dtype

    def move(tensor: Tensor) -> Tensor:
        if tensor.dtype == torch.bool:
            return tensor.to(device)
        return tensor.to(device, dtype if tensor.is_floating_point() else torch.int64)

    held = {name: getattr(data, name) for name in ("x", "lengths", "targets", "resets")}
    moved: dict[str, Any] = {name: move(t) for name, t in held.items() if t is not None}
    if all(tensor is held[name] for name, tensor in moved.items()):
        return data
    return replace(data, **moved)
