"""One visitor's training: its process, and what becomes of it."""

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from elman.errors import CheckpointError, ConfigError
from elman.lab.trainings.child import DONE, FAILED
from elman.lab.trainings.ledger import RUN, TEXT, Ledger, Progress
from elman.runs import Run
from elman.runs.names import HISTORY, MODEL

__all__ = ["Training"]

logger = logging.getLogger(__name__)

_PATIENCE_S = 60  # for a process to save and end


class Training:
    """A training, learning or not.

    Args:
        folder: where it is written down.
        ledger: what is known of it.
        changed: told of every change, in any thread.

    Attributes:
        progress: what it has told so far.
    """

    def __init__(self, folder: Path, ledger: Ledger, changed: Callable[["Training"], None]) -> None:
        self.folder, self.ledger = folder, ledger
        self.progress = Progress()
        self.news = threading.Condition()
        self._changed = changed
        self._lock = threading.RLock()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._recall()

    @property
    def run(self) -> Path:
        """Its run folder."""
        return Path(self.ledger.kept) if self.ledger.kept else self.folder / RUN

    @property
    def learning(self) -> bool:
        """Whether its process is at work."""
        return self._process is not None

    @property
    def has_model(self) -> bool:
        """Whether there are weights to load."""
        return (self.run / MODEL).exists()

    def start(self) -> None:
        """Begin, or go on where the last checkpoint stood."""
        with self._lock:
            if self.learning:
                return
            before = self.ledger.state
            try:
                self._say("learning")
            except CheckpointError:
                self.ledger.state = before
                raise
            order = {
                "text": str(self.folder / TEXT),
                "out": str(self.run),
                "config": self.ledger.config,
            }
            self._process = subprocess.Popen(
                [sys.executable, "-m", "elman.lab.trainings.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C is the lab's to hear, which pauses this one
            )
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            self._reader = threading.Thread(target=self._follow, args=(self._process,), daemon=True)
            self._reader.start()

    def pause(self, *, wait: bool = False) -> None:
        """Let it save and end; asked twice, it is told once, or it would stop without saving.

        Args:
            wait: whether to come back only when it has.
        """
        with self._lock:
            process, reader = self._process, self._reader
            if process is not None and self.ledger.state != "pausing":
                process.terminate()  # first: a full disk keeps what follows from being noted
                self._say("pausing")
        if wait and process is not None and reader is not None:
            reader.join(_PATIENCE_S)
            if reader.is_alive():
                logger.warning("lab: training '%s' did not end; it is killed.", self.ledger.name)
                process.kill()
                reader.join()

    def keep(self, place: Path) -> None:
        """Move the run; it is paused first if it is learning, and goes on from there afterwards.

        Raises:
            ConfigError: something stands at `place`, or there is nothing to keep yet.
            CheckpointError: it cannot be moved.
        """
        was_learning = self.learning
        self.pause(wait=True)
        with self._lock:
            if not self.has_model:
                raise ConfigError(
                    "train.keep: the run must hold a model, got one that has saved nothing yet. "
                    "Let it learn for some seconds."
                )
            if os.path.lexists(place):
                raise ConfigError(
                    f"train.keep: `name` must be free, got '{place.name}', which stands in "
                    f"{place.parent}. Choose another."
                )
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                os.rename(self.run, place)
            except OSError as error:
                raise CheckpointError(f"{place}: it cannot be written. {error.strerror}") from error
            self.ledger.kept = str(place)
            self._say(self.ledger.state)
        if was_learning and self.ledger.state == "paused":
            self.start()

    def discard(self) -> None:
        """End it and remove what was not kept."""
        self.pause(wait=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def described(self) -> dict[str, Any]:
        """What the page is told in the list of trainings."""
        ledger = self.ledger
        shown = {"id", "name", "kept", "state", "message", "config"}
        facts = {name: value for name, value in vars(ledger).items() if name in shown}
        return {**facts, "model": self.has_model, "now": self.progress.now}

    def wait(self, told: int, timeout_s: float) -> int:
        """Wait until more than `told` records have come, or a while; how many have come then."""
        with self.news:
            self.news.wait_for(lambda: self.progress.told > told, timeout_s)
            return self.progress.told

    def _follow(self, process: "subprocess.Popen[str]") -> None:
        """Hear what the process tells until it ends."""
        failure = ""
        assert process.stdout is not None
        assert process.stdin is not None
        for line in process.stdout:
            record = json.loads(line)
            if record["event"] == "failed":
                # the visitor never saw the file in which the lab keeps the text
                failure = record["message"].replace(str(self.folder / TEXT), self.ledger.name)
            with self.news:
                self.progress.take(record)
                self.news.notify_all()
            self._changed(self)
        code = process.wait()
        process.stdin.close()
        process.stdout.close()
        with self._lock:
            self._process = self._reader = None
            try:
                if code == DONE:
                    self._say("finished")
                elif code == FAILED:
                    self._say("failed", failure or "The process that learned broke down.")
                else:
                    self._say("paused")
            except CheckpointError as error:
                logger.warning("lab: how '%s' ended is not noted. %s", self.ledger.name, error)
                self._tell()

    def _say(self, state: str, message: str = "") -> None:
        """Note how it stands, on the disk too."""
        self.ledger.state, self.ledger.message = state, message
        if self.folder.is_dir():
            self.ledger.write(self.folder)
        self._tell()

    def _tell(self) -> None:
        """Tell everyone who waits for news."""
        with self.news:
            self.progress.told += 1
            self.news.notify_all()
        self._changed(self)

    def _recall(self) -> None:
        """Take up what an earlier session of the lab has written."""
        if not (self.run / HISTORY).exists():
            return
        try:
            for record in Run.open(self.run).history():
                self.progress.take(record)
        except CheckpointError as error:
            self.ledger.state, self.ledger.message = "failed", str(error)
