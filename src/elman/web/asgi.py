"""The interface between a server and a program, as types, and the plainest of answers.

Source: the ASGI specification, versions 2 and 3, HTTP and WebSocket.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

__all__ = ["App", "Headers", "Message", "Receive", "Scope", "Send", "headers_of", "refuse", "reply"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[str, str]]

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1


def headers_of(scope: Scope) -> dict[str, list[str]]:
    """The headers of a request, by name in small letters; one that comes twice has two values."""
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


async def reply(
    send: Send,
    status: int,
    body: bytes,
    kind: str,
    headers: Headers = (),
    *,
    only_head: bool = False,
) -> None:
    """Answer a request with one body.

    Args:
        send: the server's.
        status: of HTTP.
        body: the bytes.
        kind: their media type.
        headers: further ones.
        only_head: send no body, but its length, as HEAD asks.
    """
    all_headers = [("content-type", kind), ("content-length", str(len(body))), *headers]
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in all_headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": b"" if only_head else body})


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    """Turn a request or a WebSocket away, with the reason in plain text."""
    if scope["type"] == "websocket":
        await receive()  # the wish to connect
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": why[:120]})
    else:
        await reply(send, status, f"{why}\n".encode(), "text/plain; charset=utf-8")
