"""What answers first: the files of a page at once, all else as soon as the rest has loaded."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial

from elman.web.asgi import App, Receive, Scope, Send, refuse
from elman.web.files import Files

__all__ = ["Front"]


class Front:
    """Serves files from the first moment on, while the app behind it is still being imported.

    Requests that only the app can answer wait for it.

    Args:
        files: the page.
        load: imports and makes the app; called once, in a thread, when the server starts.
        opened: called when connections are being taken.
        closed: called when the server stops, in a thread.
    """

    def __init__(
        self,
        files: Files,
        load: Callable[[], App],
        *,
        opened: Callable[[], None],
        closed: Callable[[], None],
    ) -> None:
        self._files, self._load = files, load
        self._opened, self._closed = opened, closed
        self._app: asyncio.Future[App] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._files.holds(scope):
            await self._files(scope, receive, send)
        else:
            await self._pass_on(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start and stop with the server."""
        await receive()
        self._app = asyncio.get_running_loop().create_future()
        threading.Thread(target=self._bring, args=(self._app,), daemon=True).start()
        await send({"type": "lifespan.startup.complete"})
        self._opened()
        await receive()
        await asyncio.to_thread(self._closed)
        await send({"type": "lifespan.shutdown.complete"})

    def _bring(self, place: "asyncio.Future[App]") -> None:
        """Load the app and hand it over; what goes wrong is raised where the app is asked for."""
        loop = place.get_loop()
        settle: Callable[[], None]
        try:
            settle = partial(place.set_result, self._load())
        except Exception as error:
            settle = partial(place.set_exception, error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, once it is there."""
        assert self._app is not None, "the server has started"
        try:
            app = await asyncio.shield(self._app)
        except Exception as error:
            await refuse(scope, receive, send, 500, f"The page could not be loaded: {error}")
            return
        await app(scope, receive, send)
