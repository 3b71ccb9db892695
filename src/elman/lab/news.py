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
        self._nothing: dict[str, str] = {}  # what those hear of a topic who have none of it
        self._listeners: list[tuple[str, Listener]] = []

    def listen(self, visitor: str, listener: Listener) -> None:
        """Tell `listener` the latest of each topic now, and all that comes."""
        with self._lock:
            self._listeners.append((visitor, listener))
            own = {topic: message for (to, topic), message in self._latest.items() if to == visitor}
            all_ = {topic: message for (to, topic), message in self._latest.items() if to is None}
            for topic, message in (all_ | self._nothing | own).items():
                listener(topic, message)

    def leave(self, listener: Listener) -> None:
        """Tell `listener` no more."""
        with self._lock:
            self._listeners = [pair for pair in self._listeners if pair[1] is not listener]

    def announce(self, topic: str, body: Body, visitor: str | None = None) -> None:
        """Tell everyone, or one visitor; may be called from any thread.

        A body of empty values alone, which says that a visitor has no more of a topic, is kept for
        all visitors together, so that who comes once leaves nothing behind.
        """
        message = encode({"news": topic, "body": body})
        with self._lock:
            if visitor is None or any(body.values()):
                self._latest[visitor, topic] = message
            else:
                self._nothing[topic] = message
                self._latest.pop((visitor, topic), None)
            for listener_of, listener in self._listeners:
                if visitor in (None, listener_of):
                    listener(topic, message)
