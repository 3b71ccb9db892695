"""Batches of sequences of unequal length: padding is a type, not a loose list of lengths.

Shapes: B sequences, T steps, … whatever each step holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from elman.errors import ShapeError

__all__ = ["PaddedBatch"]


@dataclass(frozen=True, eq=False)
class PaddedBatch:
    """B sequences of up to T steps, filled up with values that mean nothing.

    Shapes: values (B, T, …), lengths (B,), resets (B, T).

    Args:
        values: the steps, batch first; what stands at `values[b, lengths[b]:]` is never read.
        lengths: int64, real steps of each sequence, 0 to T.
        resets: bool, or None for none. True at (b, t) says that a new sequence starts there: the
            memory of row b is wiped before it reads step t. One row can so hold many sequences.

    Raises:
        ShapeError: where shapes, types or lengths do not fit together.

    >>> batch = PaddedBatch.from_list([torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0])])
    >>> batch.values
    tensor([[1., 2., 3.],
            [4., 0., 0.]])
    >>> batch.last()
    tensor([3., 4.])
    >>> PaddedBatch(torch.zeros(2, 3), torch.tensor([3, 4]))
    Traceback (most recent call last):
    elman.errors.ShapeError: PaddedBatch: `lengths` must lie between 0 and T=3, got 4 for
    sequence 1.
    """

    values: Tensor
    lengths: Tensor
    resets: Tensor | None = None
    is_full: bool = field(init=False, repr=False)
    """Whether every sequence has T steps, so that nothing is padding."""

    def __post_init__(self) -> None:
        _check_values(self.values)
        B, T = self.values.shape[:2]
        if self.resets is not None:
            _check_resets(self.resets, B, T)
        object.__setattr__(self, "is_full", _check_lengths(self.lengths, B, T))

    @classmethod
    def full(cls, values: Tensor, resets: Tensor | None = None) -> "PaddedBatch":
        """A batch without padding: all B sequences have T steps."""
        _check_values(values)
        B, T = values.shape[:2]
        if resets is not None:
            _check_resets(resets, B, T)
        lengths = torch.full((B,), T, device=values.device)
        # not read back to be checked: a device would wait for it, and torch.export refuse
        return _checked(values, lengths, resets, is_full=True)

    @classmethod
    def from_list(cls, sequences: Sequence[Tensor]) -> "PaddedBatch":
        """Stand sequences of shape (T_b, …) side by side, zeros filling up the shorter ones.

        Raises:
            ShapeError: where the list is empty or its tensors differ in more than length.

        >>> batch = PaddedBatch.from_list([torch.tensor([1, 2, 3]), torch.tensor([4])])
        >>> batch.values.tolist(), batch.lengths.tolist()
        ([[1, 2, 3], [4, 0, 0]], [3, 1])
        """
        if not sequences:
            raise ShapeError("PaddedBatch.from_list: `sequences` must hold a tensor, got none.")
        _check_alike(sequences)
        lengths = [len(sequence) for sequence in sequences]
        values = pad_sequence(list(sequences), batch_first=True)
        return cls(values, torch.tensor(lengths, device=values.device))

    def to_list(self) -> list[Tensor]:
        """The sequences without their padding, (T_b, …) each; resets do not cut them."""
        lengths: list[int] = self.lengths.tolist()
        return [row[:length] for row, length in zip(self.values, lengths, strict=True)]

    def with_values(self, values: Tensor) -> "PaddedBatch":
        """The same lengths and resets around other values (B, T, …), such as embedded ids."""
        if values.shape[:2] != self.values.shape[:2]:
            B, T = self.values.shape[:2]
            raise ShapeError(
                f"PaddedBatch.with_values: `values` must have shape (B={B}, T={T}, …), "
                f"got {tuple(values.shape)}."
            )
        return _checked(values, self.lengths, self.resets, self.is_full)

    def split(self, steps: int) -> list["PaddedBatch"]:
        """The batch in pieces of so many steps, the last perhaps shorter; ended sequences empty.

        >>> batch = PaddedBatch.from_list([torch.tensor([1, 2, 3]), torch.tensor([4])])
        >>> [piece.to_list() for piece in batch.split(2)]
        [[tensor([1, 2]), tensor([4])], [tensor([3]), tensor([], dtype=torch.int64)]]
        """
        parts = torch.split(
            self.values, steps, 1
        )  # one node of autograd, where slices would be many
        resets = [None] * len(parts) if self.resets is None else torch.split(self.resets, steps, 1)
        return [
            _checked(
                values, (self.lengths - i * steps).clamp(0, values.shape[1]), marks, self.is_full
            )
            for i, (values, marks) in enumerate(zip(parts, resets, strict=True))
        ]

    @property
    def mask(self) -> Tensor:
        """(B, T) bool: True at real steps."""
        steps = torch.arange(self.values.shape[1], device=self.lengths.device)
        return steps < self.lengths[:, None]

    def last(self) -> Tensor:
        """Each sequence's last real step, (B, …); zeros for an empty one."""
        B, T = self.values.shape[:2]
        if T == 0:
            return self.values.new_zeros(B, *self.values.shape[2:])
        rows = torch.arange(B, device=self.lengths.device)
        picked = self.values[rows, (self.lengths - 1).clamp(min=0)]
        empty = (self.lengths == 0).view(B, *[1] * (picked.dim() - 1))
        return picked.masked_fill(empty, 0)


def _checked(values: Tensor, lengths: Tensor, resets: Tensor | None, is_full: bool) -> PaddedBatch:
    """A batch of parts that are known to fit together."""
    batch = object.__new__(PaddedBatch)
    parts = {"values": values, "lengths": lengths, "resets": resets, "is_full": is_full}
    for name, part in parts.items():
        object.__setattr__(batch, name, part)
    return batch


def _check_values(values: Any) -> None:
    if not isinstance(values, Tensor) or values.dim() < 2:
        got = tuple(values.shape) if isinstance(values, Tensor) else type(values).__name__
        raise ShapeError(f"PaddedBatch: `values` must be a tensor of shape (B, T, …), got {got}.")


def _check_lengths(lengths: Any, B: int, T: int) -> bool:
    """Raise unless `lengths` fits; return whether all of them are T."""
    if not isinstance(lengths, Tensor):
        raise ShapeError(
            f"PaddedBatch: `lengths` must be an int64 tensor of shape (B={B},), "
            f"got {type(lengths).__name__}."
        )
    if lengths.dtype != torch.int64 or lengths.shape != (B,):
        raise ShapeError(
            f"PaddedBatch: `lengths` must be an int64 tensor of shape (B={B},), "
            f"got {lengths.dtype} of shape {tuple(lengths.shape)}."
        )
    listed: list[int] = lengths.tolist()
    for b, length in enumerate(listed):
        if not 0 <= length <= T:
            raise ShapeError(
                f"PaddedBatch: `lengths` must lie between 0 and T={T}, "
                f"got {length} for sequence {b}."
            )
    return all(length == T for length in listed)


def _check_resets(resets: Any, B: int, T: int) -> None:
    if not isinstance(resets, Tensor) or resets.dtype != torch.bool or resets.shape != (B, T):
        got = (
            f"{resets.dtype} of shape {tuple(resets.shape)}"
            if isinstance(resets, Tensor)
            else type(resets).__name__
        )
        raise ShapeError(
            f"PaddedBatch: `resets` must be a bool tensor of shape (B={B}, T={T}), got {got}."
        )


def _check_alike(sequences: Sequence[Tensor]) -> None:
    first = sequences[0]
    for index, sequence in enumerate(sequences):
        if sequence.dim() == 0 or sequence.shape[1:] != first.shape[1:]:
            expected = ", ".join(["T", *map(str, first.shape[1:])])
            raise ShapeError(
                f"PaddedBatch.from_list: `sequences[{index}]` must have shape ({expected}), "
                f"got {tuple(sequence.shape)}."
            )
        if sequence.dtype != first.dtype or sequence.device != first.device:
            raise ShapeError(
                f"PaddedBatch.from_list: `sequences[{index}]` must be {first.dtype} on "
                f"{first.device} like the first, got {sequence.dtype} on {sequence.device}."
            )
