"""Training and evaluation modes."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch.nn import Module

__all__ = ["evaluating_module"]


@contextmanager
def evaluating_module(module: Module) -> Iterator[None]:
    """Without dropout; every part's mode is given back, whichever it was."""
    training = [part for part in module.modules() if part.training]
    try:
        for part in training:
            object.__setattr__(part, "training", False)  # torch's own way takes its time
        yield
    finally:
        for part in training:
            object.__setattr__(part, "training", True)
