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
    failed: Callable[[Exception], None],
) -> bool:
    """Serve a lab until Ctrl-C; one that could not wake stays, so that its page can say why.

    Args:
        run: the run to show; None for small networks that learn.
        runs: folder under which trainings are kept.
        host: where to listen.
        port: the port; None for the next free one from `first_port` on.
        first_port: where to begin to look.
        ready: told the address, when it answers.
        failed: told why the lab could not wake, such as a run that cannot be read.

    Returns:
        Whether it was awake, or was ended before it could be.

    Raises:
        AddressError: the port is taken, or the host is not this machine's.
    """
    with listen("elman lab", host, port, first=first_port) as listener:
        guard = guard_for(listener, host)
        lab = Laboratory(run, runs, failed)
        server = Server(
            lab_app(lab, guard, lambda: ready(_address(listener.getsockname(), guard))), listener
        )
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
    return lab.failure is None


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
