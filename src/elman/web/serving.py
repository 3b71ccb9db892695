"""Running a server until it is told to stop."""

import socket

from elman.web.asgi import App

__all__ = ["LONGEST_MESSAGE_BYTES", "Server"]

LONGEST_MESSAGE_BYTES = 1 << 20
_GRACE_S = 5  # for answers under way when the server is stopped


class Server:
    """A web server on a socket that listens already.

    Args:
        app: what answers.
        listener: the socket.
    """

    def __init__(self, app: App, listener: socket.socket) -> None:
        import uvicorn

        self._listener = listener
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="on",
                ws="websockets-sansio",
                ws_max_size=LONGEST_MESSAGE_BYTES,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )

    def run(self) -> None:
        """Serve until Ctrl-C, SIGTERM or `stop`; then let answers under way end, and return.

        Raises:
            KeyboardInterrupt: it was Ctrl-C.
        """
        self._server.run(sockets=[self._listener])

    def stop(self) -> None:
        """Ask it to stop; may be called from any thread."""
        self._server.should_exit = True
