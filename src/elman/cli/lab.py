"""`elman lab`: a page on which a network unfolds, learns and is looked into."""

import sys
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from elman.errors import CheckpointError

__all__ = ["Lab"]

FIRST_PORT = 8990
RUNS = Path("runs")


@dataclass(kw_only=True)
class Lab:
    """Open a page on which a network unfolds, learns and is looked into.

    RUN is a run folder; without it, small networks learn built-in sentences before your eyes. Only
    this machine can connect, unless --host says otherwise; then the address carries a token.
    """

    run_folder: Annotated[
        tuple[Path, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="[RUN]", help_behavior_hint=""),
    ] = ()
    """The run to show."""
    port: Annotated[int | None, tyro.conf.arg(metavar="N", help_behavior_hint="")] = None
    """Port to listen on; without it, 8990 or the next that is free. 0 takes any."""
    host: str = "127.0.0.1"
    """Name or address to listen on; 0.0.0.0 lets others in who have the token."""
    no_browser: bool = False
    """Only print the address."""

    def run(self) -> int:
        """Serve until Ctrl-C."""
        run = _existing(self.run_folder)
        from elman.lab.serving import open_lab

        def ready(address: str) -> None:
            print(f"Elman lab: {address}\nCtrl-C ends it.", flush=True)
            if not self.no_browser:
                webbrowser.open(address)

        def failed(error: Exception) -> None:
            print(f"elman lab: {error}\nThe page says so too.", file=sys.stderr, flush=True)

        whole = open_lab(
            run,
            RUNS,
            host=self.host,
            port=self.port,
            first_port=FIRST_PORT,
            ready=ready,
            failed=failed,
        )
        print("elman lab: stopped.")
        return 0 if whole else 1


def _existing(words: tuple[Path, ...]) -> Path | None:
    """The run, once it is known to be a folder that says what it is; the rest is read later."""
    if not words:
        return None
    if len(words) > 1:
        raise CheckpointError(f"elman lab: `RUN` must be one folder, got {len(words)}.")
    from elman.runs.names import CONFIG

    if not (words[0] / CONFIG).is_file():
        raise CheckpointError(
            f"elman lab: `RUN` must be a run folder, got '{words[0]}', which holds no {CONFIG}. "
            "Leave it out to see small networks learn."
        )
    return words[0]
