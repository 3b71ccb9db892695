"""Ctrl-C and SIGTERM while training: stop where nothing is lost."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

__all__ = ["Interrupted", "Signals"]


_AT_ONCE = "train: stopped at once, as asked twice. What was saved before is whole."


class Interrupted(KeyboardInterrupt):
    """Training was stopped by a signal, after it saved what it could.

    Attributes:
        signal_number: the signal.
        exit_code: what a command ends with by convention, 128 + signal.

    >>> Interrupted(signal.SIGTERM, "saved to runs/mine").exit_code
    143
    """

    def __init__(self, signal_number: int, message: str = _AT_ONCE) -> None:
        super().__init__(message)
        self.signal_number = signal_number
        self.exit_code = 128 + signal_number


class Signals:
    """While entered, SIGINT and SIGTERM are heard instead of ending the process at once.

    The first sets `received`, which the loop reads between steps; the second raises `Interrupted`
    wherever the program is. Within `at_once` the first raises too. Does nothing outside the main
    thread, where Python hears no signals, and leaves alone signals that the process ignores (as
    SIGINT in the background of a shell script).
    """

    def __init__(self) -> None:
        self.received = 0
        self._at_once = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Signals":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                handler = signal.getsignal(number)
                if handler not in (None, signal.SIG_IGN):
                    self._before[number] = handler
                    signal.signal(number, self._hear)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Raise `Interrupted` at once within: for long work that may be broken off anywhere."""
        self.raise_if_received()
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    def raise_if_received(self) -> None:
        """Raise `Interrupted` if a signal has come."""
        if self.received:
            raise Interrupted(self.received)

    def _hear(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  (Python's signature)
        again = bool(self.received)
        self.received = number
        if again or self._at_once:
            raise Interrupted(number)
