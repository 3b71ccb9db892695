"""What waits to be sent to a visitor: bounded, so that a slow one costs no memory."""

import asyncio
from collections import deque

__all__ = ["Gone", "Outbox"]


class Gone(Exception):  # noqa: N818  (it is no error)
    """The visitor has left; nothing can be sent any more."""


class Outbox:
    """Messages on their way to one visitor, in order. For use within one event loop's thread.

    `put` waits for room: whoever makes messages faster than they are taken is slowed down. `tell`
    never waits: of the messages with one key only the latest is kept, in the place of the first, so
    what is told again and again is never told late.

    Args:
        room: how many messages that were put may wait.

    >>> async def talk():
    ...     box = Outbox(room=8)
    ...     for loss in (3.1, 2.7, 2.4):
    ...         box.tell("loss", f"loss {loss}")
    ...     await box.put("done")
    ...     return [await box.get(), await box.get()]
    >>> asyncio.run(talk())
    ['loss 2.4', 'done']
    >>> Outbox(room=0)
    Traceback (most recent call last):
    ValueError: Outbox: `room` must be at least 1, got 0.
    """

    def __init__(self, room: int = 64) -> None:
        if room < 1:
            raise ValueError(f"Outbox: `room` must be at least 1, got {room}.")
        self._room = room
        self._order: deque[str | None] = deque()  # the key of each message, None for none
        self._plain: deque[str] = deque()
        self._latest: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._closed = False

    async def put(self, text: str) -> None:
        """Let a message wait its turn, once there is room.

        Raises:
            Gone: the visitor has left.
        """
        while len(self._plain) >= self._room and not self._closed:
            await self._change()
        if self._closed:
            raise Gone
        self._plain.append(text)
        self._order.append(None)
        self._changed.set()

    def tell(self, key: str, text: str) -> None:
        """Let a message wait its turn in the place of an earlier one with the same key."""
        if self._closed:
            return
        if key not in self._latest:
            self._order.append(key)
        self._latest[key] = text
        self._changed.set()

    async def get(self) -> str:
        """The next message; waits for one.

        Raises:
            Gone: it was closed.
        """
        while not self._order and not self._closed:
            await self._change()
        if self._closed:
            raise Gone
        key = self._order.popleft()
        text = self._plain.popleft() if key is None else self._latest.pop(key)
        self._changed.set()
        return text

    def close(self) -> None:
        """Let nobody wait any more: `put` and `get` raise `Gone` from now on."""
        self._closed = True
        self._changed.set()

    async def _change(self) -> None:
        """Wait until something has been put, taken or closed."""
        self._changed.clear()
        await self._changed.wait()
