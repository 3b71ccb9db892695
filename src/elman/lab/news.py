"""What the lab tells without being asked: the latest of each topic, to all or to one visitor."""

import threading
from collections.abc import Callable

from elman.lab.protocol import Body, encode

__all__ = ["News"]

Listener = Callable[[str, str], None]
"""Is told a topic and its message, in any thread."""


class News:
    """Passes news on to those who listen, and keeps the latest for those who come later.

    >>> news = News()
    >>> news.announce("lab", {"awake": True})
    >>> news.listen("ada", lambda topic, message: print(message))
    {"news": "lab", "body": {"awake": true}}
    >>> news.announce("trainings", {"list": []}, visitor="bob")
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[tuple[str | None, str], str] = {}
        self._listeners: list[tuple[str, Listener]] = []

    def listen(self, visitor: str, listener: Listener) -> None:
        """Tell `listener` the latest of each topic now, and all that comes."""
        with self._lock:
            self._listeners.append((visitor, listener))
            for (to, topic), message in self._latest.items():
                if to in (None, visitor):
                    listener(topic, message)

    def leave(self, listener: Listener) -> None:
        """Tell `listener` no more."""
        with self._lock:
            self._listeners = [pair for pair in self._listeners if pair[1] is not listener]

    def announce(self, topic: str, body: Body, visitor: str | None = None) -> None:
        """Tell everyone, or one visitor; may be called from any thread."""
        message = encode({"news": topic, "body": body})
        with self._lock:
            self._latest[visitor, topic] = message
            for listener_of, listener in self._listeners:
                if visitor in (None, listener_of):
                    listener(topic, message)
