"""The lab itself: what is loaded, what may be asked, and what is told."""

import importlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from elman.lab.asks import FILES
from elman.lab.news import News
from elman.lab.protocol import Handler

if TYPE_CHECKING:  # they import torch, which the lab does when it wakes
    from elman.lab.inspection import Reports
    from elman.lab.shelf import Shelf
    from elman.lab.starters import Starters
    from elman.lab.trainings.room import TrainingRoom
    from elman.lab.uploads import Uploads

__all__ = ["Laboratory"]

logger = logging.getLogger(__name__)

WORKSHOP = ".lab"
"""Folder under runs/ for what is not kept yet; no run itself."""


class Laboratory:
    """What the page looks into.

    It sleeps at first; `wake` imports what is heavy and loads the models. Questions wait for that.

    Args:
        run: the run to show, of any task; None for small networks that learn before the visitor's
            eyes.
        runs: folder under which trainings are kept.
        failed: told if waking fails, in the waking thread.

    Attributes:
        news: what is told to the page.
        awake: set once questions can be answered.
        handlers: what can be asked, by name.
        shelf: the models; there once the lab is awake, as are the next three.
        uploads: texts that visitors have sent.
        trainings: visitors' own.
        reports: of models, as they were asked for.
        failure: why it could not wake.
    """

    shelf: "Shelf"
    uploads: "Uploads"
    trainings: "TrainingRoom"
    reports: "Reports"

    def __init__(
        self, run: Path | None, runs: Path, failed: Callable[[Exception], None] | None = None
    ) -> None:
        self.news = News()
        self.awake = threading.Event()
        self.handlers: dict[str, Handler] = {}
        self.failure: Exception | None = None
        self._run, self._runs = run, runs
        self._failed = failed or _log
        self._starters: Starters | None = None
        self._beginning = threading.Lock()
        self._waking: threading.Thread | None = None
        self._closed = threading.Event()
        self._say("waking up")

    def open(self) -> None:
        """Wake in a thread of its own, for which `close` waits."""
        self._waking = threading.Thread(target=self.wake, name="elman-lab-waking", daemon=True)
        self._waking.start()

    def wake(self) -> None:
        """Import what is heavy and load the models; takes seconds."""
        if self._closed.is_set():
            return
        try:
            self._say("waking up: loading PyTorch")
            importlib.import_module("torch").set_num_threads(1)
            for name in FILES:
                self.handlers |= importlib.import_module(name).ASKS
            self._fill()
        except Exception as error:
            self.failure = error
            self._say(f"This lab could not wake up. {error}")
            self._failed(error)
        else:
            self.awake.set()
            self._say("awake")

    def prefer(self, key: str) -> None:
        """Let this network learn next, if it is one that waits to."""
        if self._starters is not None:
            self._starters.prefer(key)

    def begin_starters(self) -> None:
        """Let small networks learn sentences, if they do not yet: what needs no run of its own."""
        from elman.lab.starters import Starters

        with self._beginning:
            if self._starters is None and not self._closed.is_set():
                self._starters = Starters(self.shelf)

    def close(self) -> None:
        """Save what is under way, and end.

        A thread that still runs in torch when Python ends would abort the process.
        """
        self._closed.set()
        if self._waking is not None:
            self._waking.join()
        with self._beginning:
            if self._starters is not None:
                self._starters.stop()
        if self.awake.is_set():
            self.trainings.close()
            self.uploads.close()
            self.reports.close()

    def _fill(self) -> None:
        """Put the models on the shelf."""
        from elman.lab.inspection import Reports
        from elman.lab.shelf import Exhibit, Shelf
        from elman.lab.tasks import load, perplexity_of
        from elman.lab.trainings.room import TrainingRoom
        from elman.lab.uploads import Uploads

        self.shelf = Shelf(self.news)
        workshop = self._runs / WORKSHOP
        self.uploads = Uploads(workshop / "uploads")
        self.reports = Reports(workshop / "reports")
        if self._run is not None:
            self._say(f"waking up: reading {self._run}")
            name = self._run.resolve().name
            trained = load(self._run)
            self.shelf.put(Exhibit("run", name, trained, perplexity=perplexity_of(trained)))
        else:
            self._say("waking up: writing sentences")
            self.begin_starters()

        self.trainings = TrainingRoom(
            workshop / "trainings", self._runs, self.uploads, self.news, self.shelf
        )

    def _say(self, text: str) -> None:
        """Tell how far waking is."""
        body = {"awake": self.awake.is_set(), "text": text, "failed": self.failure is not None}
        self.news.announce("lab", body)


def _log(error: Exception) -> None:
    """Tell the log, where nobody else wants to know."""
    logger.error("lab: it could not wake up: %s", error)
