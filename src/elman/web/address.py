"""Where a page is served: a host, a port, and whether others can reach it."""

import errno
import ipaddress
import socket

from elman.checks import check_range
from elman.errors import AddressError

__all__ = ["LOOPBACK", "listen", "loopback_only", "url_host"]

LOOPBACK = "127.0.0.1"
_WAITING = 128  # connections that may wait to be taken


def listen(where: str, host: str, port: int | None, *, first: int) -> socket.socket:
    """A socket that listens; what connects before anyone answers waits.

    Args:
        where: the command, for messages.
        host: a name or address of this machine.
        port: 0 for any free one; None for the first free one from `first` on.
        first: where the search begins.

    Raises:
        ConfigError: `port` is no port.
        AddressError: the port is taken, or the host is not this machine's.

    >>> with listen("elman lab", LOOPBACK, 0, first=8990) as taken:
    ...     listen("elman lab", LOOPBACK, taken.getsockname()[1], first=8990)
    Traceback (most recent call last):
    elman.errors.AddressError: elman lab: `--port` must be free, got ..., which another program
    listens on. Give another, or leave --port out to get the next free one.
    """
    if port is not None:
        check_range(where, "--port", port, at_least=0, below=2**16)
    family, address = _resolve(where, host)
    for candidate in [port] if port is not None else range(first, first + 100):
        try:
            return _bound(family, address, candidate)
        except OSError as error:
            if port is None and error.errno == errno.EADDRINUSE:
                continue
            raise AddressError(_reason(where, host, candidate, error)) from error
    raise AddressError(
        f"{where}: `--port` must be free, got none from {first} to {first + 99}. Give one."
    )


def loopback_only(address: str) -> bool:
    """Whether what listens on `address`, a socket's own, is for this machine alone.

    >>> loopback_only("127.0.0.1"), loopback_only("::1"), loopback_only("0.0.0.0")
    (True, True, False)
    """
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def url_host(address: str) -> str:
    """How a socket's own address is written in a URL; every address becomes the machine's name.

    >>> url_host("127.0.0.1"), url_host("::1")
    ('127.0.0.1', '[::1]')
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if parsed.is_unspecified:
        return socket.gethostname()
    return f"[{address}]" if parsed.version == 6 else address


def _resolve(where: str, host: str) -> tuple[socket.AddressFamily, str]:
    """The first address that a name stands for."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise AddressError(
            f"{where}: `--host` must be a name or address of this machine, got '{host}'."
        ) from None
    family, _, _, _, address = found[0]
    return family, str(address[0])


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    """A listening socket; the operating system's error if there can be none."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(_WAITING)
    except OSError:
        listener.close()
        raise
    return listener


def _reason(where: str, host: str, port: int, error: OSError) -> str:
    """Why a place cannot be listened on, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"{where}: `--port` must be free, got {port}, which another program listens on. "
            "Give another, or leave --port out to get the next free one."
        )
    if error.errno == errno.EACCES:
        return f"{where}: `--port` must be open to you, got {port}. Give one above 1023."
    return (
        f"{where}: `--host` must be a name or address of this machine, got '{host}' "
        f"({error.strerror})."
    )
