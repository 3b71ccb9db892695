"""The lab itself: what is loaded, what may be asked, and what is told."""

import importlib
import threading
from collections.abc import Callable
from pathlib import Path

from elman.lab.asks import FILES
from elman.lab.news import News
from elman.lab.protocol import Handler

__all__ = ["Laboratory"]


class Laboratory:
    """What the page looks into.

    It sleeps at first; `wake` imports what is heavy and loads the models. Questions wait for that.

    Args:
        run: the run to show; None for small networks that learn before the visitor's eyes.
        runs: folder under which trainings are kept.
        failed: told if waking fails, in the waking thread.
    """

    def __init__(
        self, run: Path | None, runs: Path, failed: Callable[[Exception], None] | None = None
    ) -> None:
        self.news = News()
        self.awake = threading.Event()
        self.handlers: dict[str, Handler] = {}
        self.failure: Exception | None = None
        self._run, self._runs = run, runs
        self._failed = failed or _ignore
        self._say("waking up")

    def wake(self) -> None:
        """Import what is heavy and load the models; takes seconds."""
        try:
            self._say("waking up: loading PyTorch")
            importlib.import_module("torch").set_num_threads(1)
            for name in FILES:
                self.handlers |= importlib.import_module(name).ASKS
        except Exception as error:
            self.failure = error
            self._say(str(error))
            self._failed(error)
        else:
            self.awake.set()
            self._say("awake")

    def close(self) -> None:
        """Save what is under way, and end."""

    def _say(self, text: str) -> None:
        """Tell how far waking is."""
        body = {"awake": self.awake.is_set(), "text": text, "failed": self.failure is not None}
        self.news.announce("lab", body)


def _ignore(error: Exception) -> None:
    """Nobody is told."""
