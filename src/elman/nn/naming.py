"""Layers that share a `forward` are called by their own name in Python's errors."""

import functools
from types import FunctionType

import torch

__all__ = ["own_forward"]


def own_forward(layer: type[torch.nn.Module]) -> None:
    """Give a class that inherits its `forward` the same one under its own name.

    A call without arguments is then told by ``LSTM.forward() missing 1 required positional …``.
    """
    shared = layer.forward
    if "forward" in layer.__dict__ or not isinstance(shared, FunctionType):
        return
    own = FunctionType(
        shared.__code__, shared.__globals__, "forward", shared.__defaults__, shared.__closure__
    )
    own.__kwdefaults__ = shared.__kwdefaults__
    functools.update_wrapper(own, shared)
    own.__qualname__ = f"{layer.__name__}.forward"
    layer.forward = own
