"""One visitor's socket: questions come, answers go, each in its own time."""

import asyncio
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from elman.checks import suggest
from elman.errors import ChoiceError, ConfigError, ElmanError
from elman.lab.laboratory import Laboratory
from elman.lab.protocol import Body, Call, Handler, Stopped, encode
from elman.web.outbox import Gone, Outbox

__all__ = ["Conversation", "Socket"]

logger = logging.getLogger(__name__)

_AT_ONCE = 16  # questions of one visitor under way
_LONGEST_ID = 2**53


class Socket(Protocol):
    """What a conversation needs of a WebSocket."""

    async def receive_text(self) -> str:
        """The next message."""
        ...

    async def send_text(self, data: str) -> None:
        """Send one."""
        ...


class Conversation:
    """Talks with one visitor until the socket closes.

    Args:
        socket: accepted already.
        lab: what is talked about.
        visitor: who is there.
        threads: where handlers run.
    """

    def __init__(
        self, socket: Socket, lab: Laboratory, visitor: str, threads: ThreadPoolExecutor
    ) -> None:
        self._socket, self._lab, self._visitor, self._threads = socket, lab, visitor, threads
        self._outbox = Outbox()
        self._loop = asyncio.get_running_loop()
        self._calls: dict[int, threading.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def hold(self) -> None:
        """Talk; returns or raises when the visitor leaves."""
        self._lab.news.listen(self._visitor, self._hear)
        sending = asyncio.create_task(self._send())
        try:
            while True:
                await self._take(await self._socket.receive_text())
        finally:
            self._lab.news.leave(self._hear)
            self._outbox.close()
            for stop in self._calls.values():
                stop.set()
            sending.cancel()

    def _hear(self, topic: str, message: str) -> None:
        """Pass news on; called in any thread."""
        try:
            self._loop.call_soon_threadsafe(self._outbox.tell, f"news {topic}", message)
        except RuntimeError:
            logger.debug("news after the server has stopped")

    async def _send(self) -> None:
        """Send what waits, one by one."""
        try:
            while True:
                await self._socket.send_text(await self._outbox.get())
        except Exception as error:  # the socket says in its own ways that nobody is there
            logger.debug("a visitor left: %s", error)
            self._outbox.close()

    async def _take(self, text: str) -> None:
        """Understand a message and begin with what it asks."""
        try:
            number, message = _understood(text)
        except ConfigError as error:
            await self._end(None, {"error": _described(error)})
            return
        if message.get("stop") is True:
            if number in self._calls:
                self._calls[number].set()
        elif number in self._calls or len(self._calls) >= _AT_ONCE:
            why = f"lab: at most {_AT_ONCE} questions may be open, each under its own `id`. Wait."
            await self._end(number, {"error": {"kind": "ConfigError", "message": why}})
        else:
            self._calls[number] = threading.Event()
            task = asyncio.create_task(self._answer(number, message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, number: int, message: Body) -> None:
        """Answer one question."""
        stop = self._calls[number]
        try:
            answer = await self._loop.run_in_executor(
                self._threads, self._work, number, message, stop
            )
            await self._end(number, answer)
        except Gone:
            logger.debug("an answer that nobody waits for")
        finally:
            self._calls.pop(number, None)

    def _work(self, number: int, message: Body, stop: threading.Event) -> Body:
        """Run the handler, in a thread; returns how the question ends."""

        def send(body: Body, latest: bool) -> None:
            self._part(number, body, latest)

        try:
            self._wait_awake(stop)
            handler = _handler(self._lab.handlers, message["ask"])
            args = message.get("with", {})
            call = Call(message["ask"], args, self._visitor, self._lab, send, stop.is_set)
            return {"answer": handler(call)}
        except (Stopped, Gone):
            return {"answer": {"stopped": True}}
        except ElmanError as error:
            return {"error": _described(error)}
        except Exception:
            logger.exception("lab: the answer to '%s' failed", message["ask"])
            why = "The lab failed to answer; the terminal in which it runs says why."
            return {"error": {"kind": "Failure", "message": why}}

    def _wait_awake(self, stop: threading.Event) -> None:
        """Wait until the lab is awake."""
        while not self._lab.awake.wait(timeout=0.2):
            if stop.is_set():
                raise Stopped
            if self._lab.failure is not None:
                raise ConfigError(f"lab: it could not wake up. {self._lab.failure}")

    def _part(self, number: int, body: Body, latest: bool) -> None:
        """Send a part of an answer, from a handler's thread."""
        text = encode({"id": number, "part": body})
        if latest:
            self._loop.call_soon_threadsafe(self._outbox.tell, f"part {number}", text)
        else:
            asyncio.run_coroutine_threadsafe(self._outbox.put(text), self._loop).result()

    async def _end(self, number: int | None, body: Body) -> None:
        """Send the end of an answer."""
        await self._outbox.put(encode({"id": number, **body}))


def _understood(text: str) -> tuple[int, dict[str, Any]]:
    """A message and its number; raises `ConfigError` for what is none."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigError(f"lab: a message must be JSON, got {text[:40]!r}.") from None
    if not isinstance(message, dict):
        raise ConfigError(f"lab: a message must be an object, got {text[:40]!r}.")
    number = message.get("id")
    if type(number) is not int or not 0 <= number < _LONGEST_ID:
        raise ConfigError(f"lab: `id` must be a whole number, got {number!r:.40}.")
    if message.get("stop") is not True:
        if not isinstance(message.get("ask"), str):
            raise ConfigError(f"lab: `ask` must be a name, got {message.get('ask')!r:.40}.")
        if not isinstance(message.get("with", {}), dict):
            raise ConfigError(f"lab: `with` must be an object, got {message['with']!r:.40}.")
    return number, message


def _handler(handlers: dict[str, Handler], ask: str) -> Handler:
    """What answers; raises `ChoiceError` if nothing does."""
    if ask not in handlers:
        raise ChoiceError(
            f"lab: `ask` must be something that can be asked, got '{ask:.40}'."
            f"{suggest(ask[:40], list(handlers))}"
        )
    return handlers[ask]


def _described(error: Exception) -> Body:
    """An error for the page."""
    return {"kind": type(error).__name__, "message": str(error)}
