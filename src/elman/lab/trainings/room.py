"""All trainings of a lab: whose they are, where they are, and how many at once."""

import contextlib
import logging
import secrets
import shutil
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from elman.errors import CheckpointError, ChoiceError, ConfigError, DataError
from elman.lab.news import News
from elman.lab.shelf import Exhibit, Shelf
from elman.lab.texts import held_out_part
from elman.lab.trainings.ledger import TEXT, Ledger, check_name
from elman.lab.trainings.training import Training
from elman.lab.uploads import Uploads
from elman.runs.writing import make_folder
from elman.tasks.language.trained import Trained
from elman.training.randomness import fork_randomness

__all__ = ["MOST_AT_ONCE", "MOST_EACH", "TrainingRoom"]

logger = logging.getLogger(__name__)

MOST_AT_ONCE, MOST_EACH = 4, 12
_TELL_EVERY_S = 0.25


class TrainingRoom:
    """Where visitors' networks learn.

    Args:
        folder: of all trainings that are not kept yet.
        runs: where kept runs go.
        uploads: texts that visitors have sent.
        news: who is told, under the topic ``trainings``.
        shelf: where models of trainings are shown to their visitors.
    """

    def __init__(
        self, folder: Path, runs: Path, uploads: Uploads, news: News, shelf: Shelf
    ) -> None:
        self._folder, self._runs, self._uploads = folder, runs, uploads
        self._news, self._shelf = news, shelf
        self._lock = threading.RLock()
        self._told_s: dict[str, float] = {}
        self._trainings: dict[str, Training] = {}
        for place in sorted(folder.iterdir()) if folder.is_dir() else []:
            with contextlib.suppress(CheckpointError):  # some other folder
                training = Training(place, Ledger.read(place), self._heed)
                self._trainings[training.ledger.id] = training
                self._show(training)
                self._tell(training.ledger.visitor)

    def begin(self, visitor: str, name: str, text: str, config: dict[str, Any]) -> Training:
        """Let a network learn from an uploaded text.

        Args:
            visitor: whose it is.
            name: what to call it.
            text: the upload's number.
            config: options of `LanguageConfig`, checked.

        Raises:
            ConfigError: too many learn already, or too many stand there.
            DataError: there is no such upload.
        """
        with self._lock:
            self._check_room(visitor)
            identity = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}"
            folder = self._folder / identity
            make_folder(folder)
            try:
                self._uploads.take(text, folder / TEXT)
            except DataError:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            ledger = Ledger(identity, visitor, name, config)
            training = self._trainings[identity] = Training(folder, ledger, self._heed)
        training.start()
        return training

    def get(self, visitor: str, identity: str) -> Training:
        """A visitor's training; raises `ChoiceError` if it is not there or not theirs."""
        with self._lock:
            training = self._trainings.get(identity)
        if training is None or training.ledger.visitor != visitor:
            raise ChoiceError(
                f"train: `id` must be one of your trainings, got '{identity:.40}'. "
                "It may have been discarded in another window."
            )
        return training

    def resume(self, training: Training) -> None:
        """Let it go on; raises `ConfigError` if too many learn already."""
        with self._lock:
            self._check_learning()
        training.start()

    def keep(self, training: Training, name: str) -> Path:
        """Move its run to runs/`name`; raises `ConfigError` if that cannot be."""
        place = self._runs / check_name("train.keep", name)
        training.keep(place)
        return place

    def discard(self, training: Training) -> None:
        """Remove it, but not what was kept."""
        with self._lock:
            self._trainings.pop(training.ledger.id, None)
        training.discard()
        self._told_s.pop(training.ledger.id, None)
        self._shelf.remove(_key(training))
        self._tell(training.ledger.visitor)

    def close(self) -> None:
        """Pause all, and wait until all is saved."""
        with self._lock:
            learning = [each for each in self._trainings.values() if each.learning]
        for training in learning:
            with contextlib.suppress(CheckpointError):  # it pauses; that alone is not noted
                training.pause()
        for training in learning:
            training.pause(wait=True)

    def _check_room(self, visitor: str) -> None:
        """Raise `ConfigError` if another training has no place."""
        mine = [each for each in self._trainings.values() if each.ledger.visitor == visitor]
        if len(mine) >= MOST_EACH:
            raise ConfigError(
                f"train.begin: there must be fewer than {MOST_EACH} trainings of yours, got "
                f"{len(mine)}. Discard one; what was kept stays."
            )
        self._check_learning()

    def _check_learning(self) -> None:
        """Raise `ConfigError` if too many learn already."""
        learning = sum(each.learning for each in self._trainings.values())
        if learning >= MOST_AT_ONCE:
            raise ConfigError(
                f"train: at most {MOST_AT_ONCE} networks may learn at once, got {learning}. "
                "Pause one, or wait until one has finished."
            )

    def _heed(self, training: Training) -> None:
        """Tell the visitor of a change; of mere progress not too often."""
        now_s = time.monotonic()
        ledger = training.ledger
        if ledger.state in ("paused", "finished"):
            self._show(training)
        elif ledger.state == "learning":
            if now_s - self._told_s.get(ledger.id, 0.0) < _TELL_EVERY_S:
                return
            self._told_s[ledger.id] = now_s
        self._tell(ledger.visitor)

    def _tell(self, visitor: str) -> None:
        """Tell a visitor of all trainings that are theirs, the newest first."""
        with self._lock:
            mine = [each for each in self._trainings.values() if each.ledger.visitor == visitor]
        described = [each.described() for each in reversed(mine)]
        self._news.announce("trainings", {"trainings": described}, visitor)

    def _show(self, training: Training) -> None:
        """Put its model on the shelf, if it has one; only its visitor sees it there."""
        ledger = training.ledger
        if training.learning or not training.has_model:
            return
        try:
            with fork_randomness(0):  # loading draws weights before it reads them
                trained = Trained.load(training.run)
        except CheckpointError as error:
            logger.warning("lab: the model of '%s' cannot be shown. %s", ledger.name, error)
            return
        scores = training.progress.validations
        reached = min((value for _, value in scores if value is not None), default=None)
        self._shelf.put(
            Exhibit(
                _key(training),
                ledger.name,
                trained,
                perplexity=reached,
                visitor=ledger.visitor,
                held_out=partial(held_out_part, text=training.folder / TEXT, name=ledger.name),
            )
        )


def _key(training: Training) -> str:
    return f"training {training.ledger.id}"
