"""The process in which a visitor's network learns: told once what to do, it tells what happens.

On standard input comes one line of JSON, ``{"text": …, "out": …, "config": {…}}``; on standard
output go the records of `LanguageModel.fit`, a line each, and perhaps ``{"event": "failed", …}``.
SIGTERM pauses it: all is saved. When standard input ends, the lab is dead, and it pauses itself.
"""

import contextlib
import json
import os
import signal
import sys
import threading
from typing import IO

from elman.errors import ElmanError
from elman.lab.protocol import encode
from elman.records import Record

__all__ = ["DONE", "FAILED", "main"]

DONE, FAILED = 0, 1
COMMAND = "elman lab"


def main(orders: IO[str], reports: IO[str]) -> int:
    """Learn, and return the exit code; Ctrl-C and SIGTERM raise `Interrupted` when all is saved.

    Args:
        orders: what to do, in its first line; its end means that nobody listens any more.
        reports: where records go.
    """
    order = json.loads(orders.readline())
    threading.Thread(target=_end_with, args=(orders,), daemon=True).start()

    def tell(record: Record) -> None:
        with contextlib.suppress(OSError, ValueError):  # nobody listens; the run folder knows all
            reports.write(encode(record) + "\n")
            reports.flush()

    from elman.tasks.language.estimator import LanguageModel

    try:
        LanguageModel(**order["config"]).fit(
            order["text"], out=order["out"], observer=tell, command=COMMAND
        )
    except ElmanError as error:
        tell({"event": "failed", "kind": type(error).__name__, "message": str(error)})
        return FAILED
    except OSError as error:
        what = f"{error.filename or 'system'}: {error.strerror or error}"
        tell({"event": "failed", "kind": "OSError", "message": what})
        return FAILED
    return DONE


def _end_with(orders: IO[str]) -> None:
    """Pause when the orders end."""
    orders.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.stdin, sys.stdout))
    except KeyboardInterrupt as interrupt:
        sys.exit(getattr(interrupt, "exit_code", 130))
