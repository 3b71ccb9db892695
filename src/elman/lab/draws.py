"""Random numbers for what goes on while others draw too."""

import contextlib
from collections.abc import Iterator

from elman.training.randomness import fork_randomness, random_states, set_random_states

__all__ = ["Draws"]


class Draws:
    """Random numbers of one's own: they go on where they stood, whatever others drew meanwhile.

    Args:
        seed: where they begin.

    >>> import torch
    >>> mine, yours = Draws(3), Draws(4)
    >>> with mine.drawing():
    ...     first = torch.rand(1)
    >>> with yours.drawing():
    ...     other = torch.rand(1)
    >>> with mine.drawing():
    ...     second = torch.rand(1)
    >>> with fork_randomness(3):
    ...     torch.rand(2).tolist() == [first.item(), second.item()]
    True
    """

    def __init__(self, seed: int) -> None:
        with fork_randomness(seed):
            self._states = random_states()

    @contextlib.contextmanager
    def drawing(self) -> Iterator[None]:
        """Let torch's generator stand where it stood here the last time; nobody else draws then."""
        with fork_randomness(0):
            set_random_states(self._states, "Draws")
            yield
            self._states = random_states()
