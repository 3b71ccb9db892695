"""Random numbers for several visitors at once."""

import contextlib
import threading
from collections.abc import Iterator

from elman.training.randomness import fork_randomness

__all__ = ["seeded"]

_ONE_AT_A_TIME = threading.Lock()  # torch's generator is everyone's


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw from torch's generator as seeded, with no other experiment drawing meanwhile.

    Hold it for as long as weights and inputs are drawn, and no longer.

    >>> import torch
    >>> with seeded(3):
    ...     first = torch.rand(1)
    >>> with seeded(3):
    ...     bool(first == torch.rand(1))
    True
    """
    with _ONE_AT_A_TIME, fork_randomness(seed):
        yield
