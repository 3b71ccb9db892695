"""What a stream reads with, chosen by the kind of its model."""

from typing import Protocol

from torch import Tensor
from torch.nn import Module, RNNBase

from elman.contracts import State, Steppable
from elman.errors import ConfigError
from elman.streaming.layers import (
    NativeLayerReader,
    TorchLayerReader,
    check_direction,
    why_not_native,
)
from elman.streaming.models import CarryingReader, SteppableReader

__all__ = ["Reader", "reader_of"]


class Reader(Protocol):
    """A model that reads pieces; the states are the stream's, and may be overwritten."""

    @property
    def backend(self) -> str:
        """'native' or 'torch'."""
        ...

    def initial_state(self, batch_size: int) -> State:
        """The state before anything was read."""
        ...

    def read(self, x: Tensor, state: State, out: Tensor | None) -> tuple[Tensor, State]:
        """What is said of each step, and the state after the last."""
        ...


def reader_of(model: Module) -> Reader:
    """What can read with `model`, its weights as they are now.

    Raises:
        ConfigError: nothing can, piece by piece.
    """
    if not isinstance(model, Module):
        raise ConfigError(f"Stream: `model` must be a torch.nn.Module, got {type(model).__name__}.")
    if isinstance(model, RNNBase):
        check_direction(model)
        return TorchLayerReader(model) if why_not_native(model) else NativeLayerReader(model)
    if isinstance(model, Steppable):
        return SteppableReader(model)
    return CarryingReader(model)
