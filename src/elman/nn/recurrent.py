"""Any cell that says what one step does, run over whole sequences.

Shapes: B sequences, T steps, … whatever a step holds.
"""

from functools import partial
from typing import Protocol, runtime_checkable

from torch import Tensor

from elman.contracts import State
from elman.errors import ConfigError, ShapeError
from elman.nn.backends import NOT_RUN, Backend, fall_back
from elman.nn.padded import Way, check_state, run_padded
from elman.nn.rows import Rows
from elman.nn.sequence_layer import SequenceLayer
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


class Recurrent(SequenceLayer):
    """Runs any cell over sequences; `elman.nn.RNN`, `GRU` and `LSTM` are faster where they serve.

    Padding is never read: `step` sees only the sequences that still run. Each step costs a call of
    Python; nothing here is fused.

    Shapes: x (B, T, …), y (B, T, …); a state carried between calls is (1, B, …), one more
    dimension than the cell's own (B, …), so that the batch is dimension 1 as in every layer.

    Args:
        cell: has `initial_state(batch_size)` and `step(x_t, state) -> (y_t, state)`; see `Cell`.

    Raises:
        ConfigError: where `cell` lacks one of the two.

    >>> import torch
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

    def _read(
        self, where: str, batch: PaddedBatch, state: State | None
    ) -> tuple[PaddedBatch, State]:
        """Read a batch of (B, T, …): y of every step, and the cell's last state, (1, B, …) each."""
        self.backend = fall_back(where, "the cell is written in Python")
        expected = self.initial_state(len(batch.values))
        if state is None:
            state = expected
        else:
            check_state(where, state, tuple(tuple(part.shape) for part in expected))
        if batch.values.dim() < 3:
            raise ShapeError(
                f"{where}: `x` must have shape (B, T, …) with at least one dimension "
                f"beyond time, got {tuple(batch.values.shape)}."
            )
        way = Way(
            walk=partial(self._walk, batch.values.dim()),
            features=self._features(batch),
            fresh=self.initial_state(1),
        )
        return run_padded(way, batch, state)

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
        y, last = self._run(steps, rows, entering)
        y = y.view(*x.shape[:2], *y.shape[1:]) if dense else y
        return y, tuple(part.unsqueeze(0) for part in last)

    def _run(self, x: Tensor, rows: Rows, state: State) -> tuple[Tensor, State]:
        """The cell over rows (N, …), from the cell's own state (S, …); `inspect` watches this."""
        return run_steps(self.cell.step, x, rows.batch_sizes, state)
