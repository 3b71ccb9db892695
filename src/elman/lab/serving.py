"""Opening a lab: the socket first, then the page, then all that is heavy."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from elman.lab.laboratory import Laboratory
from elman.web.address import listen, url_host
from elman.web.asgi import App
from elman.web.files import Files
from elman.web.front import Front
from elman.web.guard import Guard, Guarded, guard_for
from elman.web.serving import Server

__all__ = ["lab_app", "open_lab"]

_HERE = Path(__file__).parent


def open_lab(
    run: Path | None,
    runs: Path,
    *,
    host: str,
    port: int | None,
    first_port: int,
    ready: Callable[[str], None],
) -> None:
    """Serve a lab until Ctrl-C.

    Args:
        run: the run to show; None for small networks that learn.
        runs: folder under which trainings are kept.
        host: where to listen.
        port: the port; None for the next free one from `first_port` on.
        first_port: where to begin to look.
        ready: told the address, when it answers.

    Raises:
        AddressError: the port is taken, or the host is not this machine's.
        ElmanError: the run cannot be read.
    """
    with listen("elman lab", host, port, first=first_port) as listener:
        guard = guard_for(listener, host)
        lab = Laboratory(run, runs, failed=lambda _: server.stop())
        server = Server(
            lab_app(lab, guard, lambda: ready(_address(listener.getsockname(), guard))), listener
        )
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
    if lab.failure is not None:
        raise lab.failure


def lab_app(lab: Laboratory, guard: Guard, opened: Callable[[], None]) -> App:
    """A lab as an app: its page at once, and the rest once it has loaded.

    Args:
        lab: the lab; it is woken when the server starts.
        guard: who may speak to it.
        opened: called when connections are being taken.
    """

    def load() -> App:
        from elman.lab.app import create_app

        app = create_app(lab)
        lab.open()
        return app

    files = Files.of({"/": _HERE / "static", "/page/": _HERE.parent / "page"})
    return Guarded(Front(files, load, opened=opened, closed=lab.close), guard)


def _address(name: tuple[str, int], guard: Guard) -> str:
    """What to open in a browser."""
    address = f"http://{url_host(name[0])}:{name[1]}/"
    return address if guard.token is None else f"{address}?token={guard.token}"
