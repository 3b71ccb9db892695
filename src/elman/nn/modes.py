"""Training and evaluation modes."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch.nn import Module

__all__ = ["evaluating_module"]


@contextmanager
def evaluating_module(module: Module) -> Iterator[None]:
    """Without dropout; every part's mode is given back, whichever it was."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training
