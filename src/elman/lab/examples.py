"""What the runs on the shelf were validated on, for visitors to try; found once for all."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from elman.errors import DataError

__all__ = ["HeldOut"]

T = TypeVar("T")
E = TypeVar("E")


class HeldOut(Generic[T, E]):
    """What models were validated on, read when it is first asked for.

    Args:
        find: from a model to its examples, and where they come from in words.
    """

    def __init__(self, find: Callable[[T], tuple[list[E], str]]) -> None:
        self._find, self._lock = find, threading.Lock()
        self._model: T | None = None
        self._found: tuple[list[E], str] = [], ""

    def of(self, trained: T) -> tuple[list[E], str]:
        """A model's examples, and where they come from.

        Raises:
            DataError: they are not at hand.
        """
        with self._lock:
            if self._model is not trained:
                self._found = self._find(trained)
                self._model = trained
            return self._found

    def one(self, trained: T, number: int) -> tuple[E, int, str]:
        """Example `number` from 1, how many there are, and where they come from.

        Raises:
            DataError: they are not at hand, or there is none of that number.
        """
        examples, source = self.of(trained)
        if not 1 <= number <= len(examples):
            raise DataError(
                f"lab: `number` must be from 1 to {len(examples):,}, the examples that there are, "
                f"got {number:,}."
            )
        return examples[number - 1], len(examples), source
