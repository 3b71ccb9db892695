"""What layers of ours that are no drop-ins share: the call, with a tensor or with a padded batch.

Shapes: B sequences, T steps, … whatever a step holds.
"""

from abc import ABC, abstractmethod
from typing import overload

import torch
from torch import Tensor

from elman.contracts import State
from elman.errors import ShapeError
from elman.nn.naming import own_forward
from elman.sequences import PaddedBatch

__all__ = ["SequenceLayer"]


class SequenceLayer(torch.nn.Module, ABC):
    """A layer whose `forward` takes a tensor or a `PaddedBatch`, and returns the same kind."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own_forward(cls)

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
            What the layer gives for every step, (B, T, …), a `PaddedBatch` for a `PaddedBatch`, and
            the last state.

        Raises:
            BackendError: inside `backend("native")`, where torch's operators would have to run.
            ShapeError: where x, state or resets do not fit.
        """
        where = f"{type(self).__name__}.forward"
        if not isinstance(x, PaddedBatch):
            if not isinstance(x, Tensor) or x.dim() < 2:
                got = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
                raise ShapeError(
                    f"{where}: `x` must be a tensor of shape (B, T, …) or a PaddedBatch, got {got}."
                )
            y, state = self._read(where, PaddedBatch.full(x, resets), state)
            return y.values, state
        if resets is not None:
            raise ShapeError(
                f"{where}: `resets` must be None beside a PaddedBatch, got a tensor. "
                "Give them to the PaddedBatch."
            )
        return self._read(where, x, state)

    @abstractmethod
    def _read(
        self, where: str, batch: PaddedBatch, state: State | None
    ) -> tuple[PaddedBatch, State]:
        """Read a batch, (B, T, …); `where` begins every error's message."""
