"""Any cell that says what one step does, run over whole sequences.

Shapes: B sequences, T steps, … whatever a step holds.
"""

from functools import partial
from typing import Protocol, overload, runtime_checkable

import torch
from torch import Tensor

from elman.contracts import State
from elman.errors import ConfigError, ShapeError
from elman.nn.backends import NOT_RUN, Backend, fall_back
from elman.nn.padded import Way, as_batch, check_state, run_padded
from elman.nn.rows import Rows
from elman.nn.steps import run_steps
from elman.sequences import PaddedBatch

__all__ = ["Cell", "Recurrent"]


@runtime_checkable
class Cell(Protocol):
    """What `Recurrent` runs: usually a `torch.nn.Module` with these two methods."""

    def initial_state(self, batch_size: int) -> State:
        """The state before anything was read: tensors of shape (B, …) each."""
        ...

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """One step of b ≤ B sequences: x (b, …) and state (b, …) to y (b, …) and state."""
        ...


class Recurrent(torch.nn.Module):
    """Runs any cell over sequences; `elman.nn.RNN`, `GRU` and `LSTM` are faster where they serve.

    Padding is never read: `step` sees only the sequences that still run. Each step costs a call of
    Python; nothing here is fused.

    Shapes: x (B, T, …), y (B, T, …); a state carried between calls is (1, B, …), one more
    dimension than the cell's own (B, …), so that the batch is dimension 1 as in every layer.

    Args:
        cell: has `initial_state(batch_size)` and `step(x_t, state) -> (y_t, state)`; see `Cell`.

    Raises:
        ConfigError: where `cell` lacks one of the two.

    >>> class Leaky(torch.nn.Module):
    ...     "A running mean that forgets: h_t = 0.9 h_{t-1} + 0.1 x_t."
    ...     def initial_state(self, batch_size):
    ...         return (torch.zeros(batch_size, 1),)
    ...     def step(self, x, state):
    ...         h = 0.9 * state[0] + 0.1 * x
    ...         return h, (h,)
    >>> means, state = Recurrent(Leaky())(torch.ones(1, 3, 1))
    >>> means.flatten()
    tensor([0.1000, 0.1900, 0.2710])
    >>> Recurrent(torch.nn.Linear(1, 1))
    Traceback (most recent call last):
    elman.errors.ConfigError: Recurrent: `cell` must have initial_state and step, got Linear.
    """

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        if not isinstance(cell, Cell):
            raise ConfigError(
                f"Recurrent: `cell` must have initial_state and step, got {type(cell).__name__}."
            )
        self.cell = cell
        self.backend: Backend = NOT_RUN

    def initial_state(self, batch_size: int) -> State:
        """The cell's initial state, (1, B, …) each."""
        return tuple(part.unsqueeze(0) for part in self.cell.initial_state(batch_size))

    @overload
    def forward(self, x: PaddedBatch, state: State | None = None) -> tuple[PaddedBatch, State]: ...

    @overload
    def forward(
        self, x: Tensor, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]: ...

    def forward(
        self, x: Tensor | PaddedBatch, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor | PaddedBatch, State]:
        """Read T more steps.

        Args:
            x: (B, T, …), or a `PaddedBatch` of it, which brings its own resets.
            state: what the last call returned, (1, B, …) each; None for `initial_state`.
            resets: (B, T) bool beside a tensor x; True starts a row's state anew before that step.

        Returns:
            y of every step, (B, T, …), a `PaddedBatch` for a `PaddedBatch`, and the last state.

        Raises:
            BackendError: inside `backend("native")`.
            ShapeError: where x, state or resets do not fit.
        """
        batch = as_batch("Recurrent.forward", x, resets)
        self.backend = fall_back("Recurrent.forward", "the cell is written in Python")
        expected = self.initial_state(len(batch.values))
        if state is None:
            state = expected
        else:
            check_state("Recurrent.forward", state, tuple(tuple(part.shape) for part in expected))
        if batch.values.dim() < 3:
            raise ShapeError(
                "Recurrent.forward: `x` must have shape (B, T, …) with at least one dimension "
                f"beyond time, got {tuple(batch.values.shape)}."
            )
        way = Way(
            walk=partial(self._walk, batch.values.dim()),
            features=self._features(batch),
            fresh=self.initial_state(1),
        )
        y, state = run_padded(way, batch, state)
        return y if isinstance(x, PaddedBatch) else y.values, state

    def _features(self, batch: PaddedBatch) -> tuple[int, ...]:
        """The shape of one y, asked of the cell only where no step will show it."""
        if batch.lengths.any():
            return ()
        x = batch.values.new_zeros(1, *batch.values.shape[2:])
        return tuple(self.cell.step(x, self.cell.initial_state(1))[0].shape[1:])

    def _walk(
        self,
        dense_dimensions: int,
        x: Tensor,
        rows: Rows,
        _resets: Tensor | None,
        state: State,
    ) -> tuple[Tensor, State]:
        """See `nn.padded.RowWalk`; resets never come here."""
        dense = x.dim() == dense_dimensions
        steps = x.flatten(0, 1) if dense else x
        entering = tuple(part[0] for part in state)
        y, last = run_steps(self.cell.step, steps, rows.batch_sizes, entering)
        y = y.view(*x.shape[:2], *y.shape[1:]) if dense else y
        return y, tuple(part.unsqueeze(0) for part in last)
