"""What layers of ours that are no drop-ins share: the call, with a tensor or with a padded batch.

Shapes: B sequences, T steps, … whatever a step holds.
"""

from abc import ABC, abstractmethod
from functools import partial
from typing import overload

import torch
from torch import Tensor

from elman.contracts import State
from elman.errors import ShapeError
from elman.nn.naming import own_forward
from elman.nn.pieces import check_pieces, read_in_pieces
from elman.sequences import PaddedBatch

__all__ = ["SequenceLayer"]


class SequenceLayer(torch.nn.Module, ABC):
    """A layer whose `forward` takes a tensor or a `PaddedBatch`, and returns the same kind."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own_forward(cls)

    @overload
    def forward(
        self, x: PaddedBatch, state: State | None = None, *, checkpoint_steps: int = 0
    ) -> tuple[PaddedBatch, State]: ...

    @overload
    def forward(
        self,
        x: Tensor,
        state: State | None = None,
        resets: Tensor | None = None,
        *,
        checkpoint_steps: int = 0,
    ) -> tuple[Tensor, State]: ...

    def forward(
        self,
        x: Tensor | PaddedBatch,
        state: State | None = None,
        resets: Tensor | None = None,
        *,
        checkpoint_steps: int = 0,
    ) -> tuple[Tensor | PaddedBatch, State]:
        """Read T more steps.

        Args:
            x: (B, T, …), or a `PaddedBatch` of it, which brings its own resets.
            state: what the last call returned, (1, B, …) each; None for `initial_state`.
            resets: (B, T) bool beside a tensor x; True starts a row's state anew before that step.
            checkpoint_steps: keep what the way back needs for so many steps at a time, and compute
                the rest again (`elman.nn.pieces`); 0 keeps all.

        Returns:
            What the layer gives for every step, (B, T, …), a `PaddedBatch` for a `PaddedBatch`, and
            the last state.

        Raises:
            BackendError: inside `backend("native")`, where torch's operators would have to run.
            ConfigError: `checkpoint_steps` is negative.
            ShapeError: where x, state or resets do not fit.
        """
        where = f"{type(self).__name__}.forward"
        if not isinstance(x, PaddedBatch):
            if not isinstance(x, Tensor) or x.dim() < 2:
                got = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
                raise ShapeError(
                    f"{where}: `x` must be a tensor of shape (B, T, …) or a PaddedBatch, got {got}."
                )
            y, state = self._pieces(where, PaddedBatch.full(x, resets), state, checkpoint_steps)
            return y.values, state
        if resets is not None:
            raise ShapeError(
                f"{where}: `resets` must be None beside a PaddedBatch, got a tensor. "
                "Give them to the PaddedBatch."
            )
        return self._pieces(where, x, state, checkpoint_steps)

    def _pieces(
        self, where: str, batch: PaddedBatch, state: State | None, steps: int
    ) -> tuple[PaddedBatch, State]:
        """Read a batch in pieces of so many steps, or whole."""
        if not steps:
            return self._read(where, batch, state)
        check_pieces(where, steps, rules_out="")
        state = self.initial_state(len(batch.values)) if state is None else state
        return read_in_pieces(partial(self._read, where), batch, state, steps)

    @abstractmethod
    def initial_state(self, batch_size: int) -> State:
        """The state before anything was read."""

    @abstractmethod
    def _read(
        self, where: str, batch: PaddedBatch, state: State | None
    ) -> tuple[PaddedBatch, State]:
        """Read a batch, (B, T, …); `where` begins every error's message."""
