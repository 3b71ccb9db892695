"""The lab's addresses: the socket, and what a later file adds."""

import contextlib
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response

from elman.errors import DataError, ElmanError
from elman.lab.conversation import Conversation
from elman.lab.laboratory import Laboratory

__all__ = ["create_app"]

_VISITOR = re.compile(r"[0-9a-f]{32}")
_THREADS = 64
_POLICY_VIOLATION = 1008

REPORT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""For reports, which are one file each: what they hold, and nothing from anywhere. Which script may
run the file itself says, by its hash; a browser obeys both."""


def create_app(lab: Laboratory) -> FastAPI:
    """The addresses of a lab.

    Args:
        lab: what they lead to.
    """
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="elman-lab")

    @contextlib.asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        threads.shutdown(wait=False, cancel_futures=True)

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)

    @app.websocket("/socket")
    async def socket(socket: WebSocket, visitor: str = "") -> None:
        if not _VISITOR.fullmatch(visitor):
            await socket.close(_POLICY_VIOLATION, "`visitor` must be 32 hexadecimal digits")
            return
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect):
            await Conversation(socket, lab, visitor, threads).hold()

    @app.post("/texts")
    async def texts(request: Request) -> JSONResponse:
        if not lab.awake.is_set():
            return JSONResponse({"error": "The lab is still waking up. Try again."}, 503)
        try:
            number, length = await lab.uploads.receive(request.stream())
        except DataError as error:
            return JSONResponse({"error": str(error)}, 400)
        except ElmanError as error:
            return JSONResponse({"error": str(error)}, 507)
        return JSONResponse({"text": number, "bytes": length})

    @app.get("/reports/{name}")
    async def reports(name: str) -> Response:
        path = lab.reports.find(name) if lab.awake.is_set() else None
        if path is None:
            return PlainTextResponse("This report is gone. Ask for it anew.\n", 404)
        headers = {"content-security-policy": REPORT_POLICY, "cache-control": "no-store"}
        return FileResponse(path, media_type="text/html; charset=utf-8", headers=headers)

    return app
