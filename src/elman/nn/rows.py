"""From a padded batch to the rows that a walk reads, and back.

A padded batch becomes S sequences without padding, laid out as `kernels.reference` says; where
resets have to be cut out, each piece between two of them is a sequence of its own.
Shapes: B rows of the batch, T steps, S sequences, N rows of the walk, F features.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from elman.sequences import PaddedBatch

__all__ = ["Rows", "dense_rows", "ragged_rows"]


class Rows(NamedTuple):
    """How the steps of a batch lie in a walk; a tuple, since making it must cost next to nothing.

    Attributes:
        batch_size: B.
        batch_sizes: sequences at each step, (T,), as in `kernels.reference.Scan`.
        places: for each of the N rows, its place b·T + t in the batch; None for a full batch,
            whose rows are simply time-major.
        sequence: for each of the S sequences, its row of the batch; None if that is itself.
        first: for each of the S sequences, whether the state carried in from before the batch
            enters it (walking forward); None if for all.
        last: the same, walking in reverse.
        leave_first, leave_last: for each of the B rows, its first and its last sequence; None if
            that is itself.
        steps: T of the batch, where `places` counts in it; else 0.
    """

    batch_size: int
    batch_sizes: tuple[int, ...]
    places: Tensor | None = None
    sequence: Tensor | None = None
    first: Tensor | None = None
    last: Tensor | None = None
    leave_first: Tensor | None = None
    leave_last: Tensor | None = None
    steps: int = 0

    def gather(self, values: Tensor) -> Tensor:
        """The rows of a batch's values (B, T, …): (T, B, …) if full, else (N, …)."""
        if self.places is None:
            return values.transpose(0, 1).contiguous()
        return values.flatten(0, 1).index_select(0, self.places)

    def scatter(self, rows: Tensor, steps: int) -> Tensor:
        """The batch (B, T=steps, …) whose rows these are, (T, B, …) or (N, …); padding is zero."""
        if self.places is None:
            return rows.transpose(0, 1)
        values = rows.new_zeros(self.batch_size * steps, *rows.shape[1:])
        values = values.index_copy(0, self.places, rows)
        return values.view(self.batch_size, steps, *rows.shape[1:])

    def spread(self, values: Tensor) -> Tensor:
        """What each sequence has of its row's, (S, …) from (B, …)."""
        return values if self.sequence is None else values.index_select(0, self.sequence)

    def enter(self, carried: Tensor, fresh: Tensor | None, directions: int) -> Tensor:
        """What enters each sequence, (L·D, S, H).

        Args:
            carried: the states from before the batch, (L·D, B, H).
            fresh: the state after a reset, (L·D, 1, H); None for zeros.
            directions: D.
        """
        if self.sequence is None:
            return carried
        spread = carried.index_select(1, self.sequence)
        if self.first is None or self.last is None:
            return spread
        cut = torch.stack([~self.first, ~self.last][:directions])
        cut = cut.repeat(len(carried) // directions, 1)[..., None]
        return spread.masked_fill(cut, 0) if fresh is None else torch.where(cut, fresh, spread)

    def leave(self, states: Tensor, directions: int) -> Tensor:
        """What is carried out of the batch, (L·D, B, H), from each sequence's end, (L·D, S, H)."""
        if self.leave_last is None or self.leave_first is None:
            return states
        if directions == 1:
            return states.index_select(1, self.leave_last)
        forward = states[0::2].index_select(1, self.leave_last)
        reverse = states[1::2].index_select(1, self.leave_first)
        return torch.stack([forward, reverse], 1).flatten(0, 1)


def dense_rows(batch_size: int, steps: int) -> Rows:
    """The rows of a full batch."""
    return Rows(batch_size, (batch_size,) * steps)


def ragged_rows(batch: PaddedBatch, cut: bool) -> Rows:
    """The rows of any batch; `cut` makes a sequence of each piece between two resets."""
    B, T = batch.values.shape[:2]
    lengths = batch.lengths.cpu()
    resets = batch.resets.cpu() if cut and batch.resets is not None else None
    row, start, stop = _whole(lengths) if resets is None else _pieces(lengths, resets)
    order = (start - stop).argsort(stable=True)  # longest first
    row, start, stop = row[order], start[order], stop[order]
    time = torch.arange(int((stop - start).max()) if B else 0, device="cpu")[:, None]
    real = time < stop - start
    places = (row * T + start + time)[real]
    leave_first, leave_last = _ends(row, start, B)
    is_first = torch.zeros_like(row, dtype=torch.bool).index_fill_(0, leave_first, True)
    if resets is not None and T:
        is_first &= ~(resets[:, 0] & (lengths > 0))[row]
    is_last = torch.zeros_like(row, dtype=torch.bool).index_fill_(0, leave_last, True)
    device = batch.values.device
    return Rows(
        batch_size=B,
        batch_sizes=tuple(real.sum(1).tolist()),
        places=places.to(device),
        sequence=row.to(device),
        first=is_first.to(device) if resets is not None else None,
        last=is_last.to(device) if resets is not None else None,
        leave_first=leave_first.to(device),
        leave_last=leave_last.to(device),
        steps=T,
    )


def _whole(lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Row, start and stop of every sequence when none is cut."""
    return torch.arange(len(lengths), device="cpu"), torch.zeros_like(lengths), lengths


def _pieces(lengths: Tensor, resets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Row, start and stop of every piece, by row and then by time; an empty row keeps one."""
    starts = resets & (torch.arange(resets.shape[1], device="cpu") < lengths[:, None])
    starts = torch.cat([starts.new_ones(len(lengths), 1), starts[:, 1:]], 1)
    row, start = starts.nonzero(as_tuple=True)
    ends_row = torch.cat([row[1:] != row[:-1], starts.new_ones(1)])
    stop = torch.where(ends_row, lengths[row], start.roll(-1))
    return row, start, stop


def _ends(row: Tensor, start: Tensor, batch_size: int) -> tuple[Tensor, Tensor]:
    """For each row of the batch, (B,), which sequence begins it and which ends it."""
    by_place = (row * (int(start.max()) + 1 if len(start) else 1) + start).argsort()
    counts = torch.bincount(row, minlength=batch_size)
    last = counts.cumsum(0) - 1
    return by_place[last - counts + 1], by_place[last]
