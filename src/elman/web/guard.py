"""Who may speak to a page: by host, by origin, and by token where others can reach it."""

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from elman.web.address import loopback_only
from elman.web.asgi import App, Message, Receive, Scope, Send, headers_of, refuse, reply

__all__ = ["Guard", "Guarded", "guard_for"]

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_NAVIGATION = {"navigate", ""}

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    ]
)
"""What a page may load: what this server gives, and nothing else. No inline script, no inline
style."""

_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
}


@dataclass(frozen=True)
class Guard:
    """The rules of one server.

    Attributes:
        port: it listens on.
        names: hosts it goes by, in small letters.
        any_address: whether numeric addresses are taken too; no rebound name can be one.
        token: what a visitor must bring; None where only this machine can connect.
    """

    port: int
    names: frozenset[str]
    any_address: bool = False
    token: str | None = None

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token; cookies of a host are shared by its ports."""
        return f"elman_token_{self.port}"

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this server, whatever the port (it may be forwarded)."""
        name = _host_name(host)
        if name in self.names:
            return True
        return self.any_address and _is_address(name)

    def knows_token(self, given: str) -> bool:
        """Whether `given` is the token; it takes as long whatever is wrong with it."""
        return self.token is None or hmac.compare_digest(given.encode(), self.token.encode())

    def objection(self, scope: Scope) -> str | None:
        """What speaks against a request or a WebSocket, the token apart; None if nothing does."""
        headers = headers_of(scope)
        hosts = headers.get("host", [])
        if len(hosts) != 1 or not self.knows_host(hosts[0]):
            return "This server does not go by that name. Open the address that elman printed."
        for origin in headers.get("origin", []):
            if not _same_origin(origin, hosts[0]):
                return "Another site may not speak to this server."
        site = headers.get("sec-fetch-site", ["none"])[0]
        mode = headers.get("sec-fetch-mode", [""])[0]
        followed_link = scope.get("method") == "GET" and mode in _NAVIGATION
        if site in ("cross-site", "same-site") and not followed_link:
            return "Another site may not load from this server."
        return None


class Guarded:
    """An app behind a guard: what may not pass is turned away, and answers carry strict headers.

    Args:
        app: what is guarded.
        guard: the rules.
    """

    def __init__(self, app: App, guard: Guard) -> None:
        self._app, self._guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        send = _with_headers(send)
        objection = self._guard.objection(scope)
        if objection is not None:
            await refuse(scope, receive, send, 403, objection)
        elif self._brings_token(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http" and (address := self._without_token(scope)):
            cookie = f"{self._guard.cookie}={self._guard.token}; Path=/; HttpOnly; SameSite=Lax"
            headers = [("location", address), ("set-cookie", cookie), ("cache-control", "no-store")]
            await reply(send, 303, b"", "text/plain", headers)
        else:
            await refuse(scope, receive, send, 401, _ASK)

    def _brings_token(self, scope: Scope) -> bool:
        """Whether the token is there, in a cookie or as a bearer's, or none is asked for."""
        if self._guard.token is None:
            return True
        headers = headers_of(scope)
        bearers = [
            value[7:].strip()
            for value in headers.get("authorization", [])
            if value[:7].lower() == "bearer "
        ]
        cookies = [
            value
            for header in headers.get("cookie", [])
            for name, _, value in (part.strip().partition("=") for part in header.split(";"))
            if name == self._guard.cookie
        ]
        return any(map(self._guard.knows_token, [*bearers, *cookies]))

    def _without_token(self, scope: Scope) -> str:
        """The address that was asked for, once its token is taken out; empty if it is not right."""
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if not any(name == "token" and self._guard.knows_token(value) for name, value in pairs):
            return ""
        rest = urlencode([pair for pair in pairs if pair[0] != "token"])
        path = "/" + quote(scope["path"].lstrip("/"))  # two slashes would lead to another host
        return f"{path}?{rest}" if rest else path


_ASK = "A token is needed: open the address that elman printed, with all that follows `?token=`."


def guard_for(listener: socket.socket, host: str) -> Guard:
    """The rules for a listening socket: loopback needs no token, all else gets a fresh one.

    Args:
        listener: the socket.
        host: how its place was named.
    """
    address, port = listener.getsockname()[:2]
    names = {*_LOOPBACK_NAMES, address, host.lower()}
    if loopback_only(address):
        return Guard(port, frozenset(names))
    own = {socket.gethostname().lower(), socket.getfqdn().lower()}
    local = {f"{name}.local" for name in own}
    return Guard(
        port, frozenset(names | own | local), any_address=True, token=secrets.token_urlsafe(24)
    )


def _with_headers(send: Send) -> Send:
    """`send`, with the strict headers on each answer that does not set its own."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            present = {name.lower() for name, _ in headers}
            added = ((name.encode(), value.encode()) for name, value in _HEADERS.items())
            headers += [pair for pair in added if pair[0] not in present]
            message = {**message, "headers": headers}
        await send(message)

    return sending


def _host_name(host: str) -> str:
    """The name in a Host header: without port, brackets and a final dot, in small letters.

    >>> _host_name("LocalHost:80"), _host_name("[::1]:8990"), _host_name("evil.test")
    ('localhost', '::1', 'evil.test')
    """
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:  # brackets that hold no address
        return ""


def _same_origin(origin: str, host: str) -> bool:
    """Whether an Origin header is that of the page at `host`; a proxy may have added TLS."""
    return origin.lower() in _origins(host.lower())


def _origins(host: str) -> Iterable[str]:
    return (f"http://{host}", f"https://{host}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
