"""The training loop: any `Trainable`, step by step, with nothing to lose."""

import logging
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from elman.contracts import Trainable
from elman.errors import DivergenceError
from elman.fields import TrainingFields
from elman.records import Observer, Record
from elman.runs import Run
from elman.runs.environment import Environment
from elman.runs.names import RESUME
from elman.training.autopsy import Circumstances, autopsy
from elman.training.checkpointing import Cadence, Store, store_for
from elman.training.clipping import ClipReport, clip_gradients
from elman.training.gradients import told
from elman.training.interruption import Interrupted, Signals
from elman.training.memory import freed_memory_kept
from elman.training.meter import Meter
from elman.training.optimizers import set_learning_rate
from elman.training.progress import Progress
from elman.training.randomness import (
    borrowed_torch,
    fork_randomness,
    random_states,
    set_random_states,
)
from elman.training.state import TrainingState
from elman.wording import NOT_FINITE

__all__ = ["Outcome", "train"]

logger = logging.getLogger(__name__)

PAUSED = "paused"
RECORDS_PER_EPOCH = 50
_NORMS_REMEMBERED = 50


@dataclass(frozen=True)
class Outcome:
    """How a training ended.

    Attributes:
        reason: 'all epochs', 'no improvement' (patience ran out) or 'paused' (`should_stop`).
        best: the best validation figure; None if none was finite.
        best_epoch: the epoch after which it was reached, from 1; 0 if none.
        epochs: whole epochs done.
        steps: steps done in all.
        training_s: seconds spent, over all sessions.
        history: the records, as in history.jsonl.
    """

    reason: str
    best: float | None
    best_epoch: int
    epochs: int
    steps: int
    training_s: float
    history: list[Record]


def train(
    job: Trainable,
    fields: TrainingFields,
    *,
    run: Run | None = None,
    observer: Observer | None = None,
    should_stop: Callable[[], bool] | None = None,
    cadence: Cadence | None = None,
) -> Outcome:
    """Train the module of `job`; afterwards it holds the weights that validated best.

    With a run, records and checkpoints go there, and a run that was begun earlier goes on where its
    last checkpoint stood, to the same bits as if it had never stopped. Torch's threads, generators
    and seeds are afterwards as they were before.

    Ctrl-C and SIGTERM, or `should_stop`, save a checkpoint before the next step. A second signal
    stops at once.

    Args:
        job: what is trained.
        fields: epochs, optimiser, schedule, clipping, patience, seed, threads.
        run: where to keep it all, open for writing.
        observer: told of every record, and of progress a few times a second.
        should_stop: asked between steps; true pauses the training.
        cadence: when to write a checkpoint; None for after 5 s, then every 15 s.

    Raises:
        Interrupted: a signal came; what was done is saved.
        DivergenceError: a loss or gradient was not finite; the message says where and why.
        CheckpointError: the run cannot be gone on with, or the disk is full.
        DataError: there is no batch to learn from.
    """
    store = store_for(run, cadence or Cadence())
    with (
        borrowed_torch(fields.seed, fields.threads),
        freed_memory_kept(),
        Signals() as signals,
    ):
        if run is not None:
            device = next(job.module.parameters(), torch.empty(0)).device
            run.note_environment(Environment.now(device.type))
        try:
            loop = _Loop(job, fields, store, observer, signals)
            return loop.run(should_stop or _never)
        finally:
            store.close()


class _Loop:
    """One session of a training."""

    def __init__(
        self,
        job: Trainable,
        fields: TrainingFields,
        store: Store,
        observer: Observer | None,
        signals: Signals,
    ) -> None:
        self.job, self.fields, self.store, self.signals = job, fields, store, signals
        self.watched = observer is not None
        self.observer: Observer = observer or _ignore
        self.progress = Progress(self.observer)
        self.state = TrainingState(job, fields)
        self.parameters = [(n, p) for n, p in job.module.named_parameters() if p.requires_grad]
        self.record_every = math.ceil(job.steps_per_epoch / RECORDS_PER_EPOCH)
        self.norms: deque[float] = deque(maxlen=_NORMS_REMEMBERED)
        self.warned: set[str] = set()

    def run(self, should_stop: Callable[[], bool]) -> Outcome:
        """Train to the end, or to where it is stopped."""
        self._begin()
        reason = ""
        while not reason and not self.state.finished:
            reason = self._epoch(should_stop) or self.state.finished
        state = self.state
        self.store.load_best(self.job.module)
        self.job.module.zero_grad()
        self.job.module.eval()
        return Outcome(
            reason=reason or state.finished,
            best=state.stopping.best,
            best_epoch=state.stopping.best_epoch,
            epochs=state.epoch,
            steps=state.steps,
            training_s=state.training_s,
            history=self.store.history(),
        )

    def _begin(self) -> None:
        """Go on from the last checkpoint, or begin."""
        snapshot = self.store.resume()
        state = self.state
        if snapshot is not None:
            state.restore(snapshot, f"{self.store.place}/{RESUME}")
            if state.epochs > snapshot.epochs:
                self._extend(snapshot.epochs)
        start = {
            "event": "start",
            "epochs": state.epochs,
            "steps_per_epoch": state.steps_per_epoch,
            "parameters": sum(p.numel() for _, p in self.parameters),
        }
        if snapshot is None:
            self._record(start)
        else:
            self.observer({**start, **state.position, "resumed": True})

    def _extend(self, epochs_before: int) -> None:
        """Say what more epochs mean."""
        if self.fields.schedule == "cosine":
            logger.warning(
                "train: epochs grow from %d to %d, so the cosine schedule is stretched: the "
                "learning rate goes on from where the longer curve stands at this step, and the "
                "run is not the same as one planned for %d epochs from the start.",
                epochs_before,
                self.state.epochs,
                self.state.epochs,
            )
        self._record({"event": "extend", "from": epochs_before, "epochs": self.state.epochs})

    def _epoch(self, should_stop: Callable[[], bool]) -> str:
        """Do the rest of an epoch; returns 'paused' if it was stopped."""
        state = self.state
        self.job.module.train()
        began_s = time.perf_counter()
        for batch in self.job.batches(state.epoch, state.step):
            loss, items, clip = self._step(batch)
            spent_s = time.perf_counter() - began_s
            self._count(loss, items, clip, spent_s)
            if self.store.due():
                self._checkpoint()
            if self.signals.received:
                self._save_and_raise(Interrupted(self.signals.received))
            if should_stop():
                self._checkpoint()
                return PAUSED
            began_s = time.perf_counter()
        self._end_epoch()
        return ""

    def _step(self, batch: Any) -> tuple[float, int, ClipReport]:
        """One update of the weights; returns loss, items and what clipping met."""
        state = self.state
        random = random_states()
        state.optimizer.zero_grad()
        result = self.job.loss(batch, state.carried)
        loss, clip = result.loss.item(), None
        if math.isfinite(loss):
            result.loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            clip = clip_gradients(self.parameters, self.fields.clip_norm, self.fields.clip_value)
        if clip is None or not clip.finite:
            raise self._diverged(batch, loss, clip, lambda: set_random_states(random, "replay"))
        set_learning_rate(state.optimizer, state.schedule.rate(state.steps))
        state.optimizer.step()
        state.carry(result.state)
        return loss, result.items, clip

    def _count(self, loss: float, items: int, clip: ClipReport, spent_s: float) -> None:
        """Count a step in, and tell of it where that is due."""
        state = self.state
        state.steps += 1
        state.step += 1
        self.norms.append(clip.norm_before)
        for meter in (state.interval, state.whole):
            meter.add(loss, items, clip, spent_s)
        self.progress.add(loss, items, spent_s)
        for warning in state.gradients.look(clip, loss, self._weight_norm):
            self._warn(warning)
        if state.step % self.record_every == 0:
            self._record(
                {
                    "event": "step",
                    **state.position,
                    **state.interval.record(),
                    "learning_rate": state.schedule.rate(state.steps - 1),
                    "training_s": state.training_s,
                }
            )
            state.interval = Meter()
        if self.watched:
            total = state.epochs * state.steps_per_epoch
            self.progress.tell(
                {**state.position, "epochs": state.epochs, "steps": total},
                clip,
                total - state.steps,
                state.epochs - state.epoch,
            )
            if self.progress.claim_sample():
                self._sample(self.observer, state.position)

    def _weight_norm(self) -> float:
        """Length of all weights together."""
        return math.hypot(*(p.detach().double().norm().item() for _, p in self.parameters))

    def _warn(self, warning: Record) -> None:
        """Record a warning; the log has the first of its kind."""
        position = self.state.position
        text = told(warning, position["step"], position["epoch"], self.fields)
        self._record({"event": "warning", **position, **warning, "text": text})
        if warning["what"] not in self.warned:
            self.warned.add(warning["what"])
            logger.warning("train: %s", text)

    def _end_epoch(self) -> None:
        """Validate, keep the best weights, record, save."""
        state = self.state
        position, means = state.position, state.whole.record()
        rate = state.schedule.rate(max(0, state.steps - 1))
        validation = self._validate()
        improved = state.end_epoch(validation)
        if improved:
            self.store.keep_best(self.job.module)
        self._record(
            {
                "event": "epoch",
                **position,
                **means,
                "learning_rate": rate,
                "validation": validation,
                "best": improved,
                "training_s": state.training_s,
            }
        )
        self._sample(self._record, position)
        if state.finished:
            self._record(
                {
                    "event": "stop",
                    **position,
                    "reason": state.finished,
                    "best": state.stopping.best,
                    "best_epoch": state.stopping.best_epoch,
                    "training_s": state.training_s,
                }
            )
        self._checkpoint()

    def _validate(self) -> float:
        """The validation figure; a signal meanwhile saves the state from before."""
        began_s = time.perf_counter()
        self.job.module.eval()
        try:
            with self.signals.at_once(), fork_randomness(self.fields.seed), torch.no_grad():
                validation = float(self.job.validate())
        except Interrupted as interrupted:
            self._save_and_raise(interrupted)
        self.progress.validation_s = time.perf_counter() - began_s
        if not math.isfinite(validation):
            logger.warning(
                "train: the validation figure of epoch %d is %s; it counts as no gain.",
                self.state.position["epoch"],
                NOT_FINITE,
            )
            return math.nan
        return validation

    def _sample(self, tell: Observer, position: Record) -> None:
        """Let the model show what it does now."""
        training = self.job.module.training
        self.job.module.eval()
        with fork_randomness(self.fields.seed), torch.no_grad():
            text = self.job.sample()
        self.job.module.train(training)
        if text is not None:
            tell({"event": "sample", **position, "text": text})

    def _checkpoint(self) -> None:
        """Save; before the first validation, the present weights serve as the best."""
        began_s = time.perf_counter()
        if self.state.epoch == 0:
            self.store.keep_best(self.job.module)
        if self.store.checkpoint(self.state.capture):
            spent_s = time.perf_counter() - began_s
            self.observer({"event": "checkpoint", **self.state.position, "spent_s": spent_s})

    def _save_and_raise(self, interrupted: Interrupted) -> None:
        """Write a checkpoint and raise."""
        self._checkpoint()
        place = self.store.place
        saved = f"Saved in {place}; the same command goes on from there." if place else ""
        step, epoch = self.state.steps, self.state.position["epoch"]
        text = f"train: stopped by a signal after step {step:,} (epoch {epoch}). {saved}".rstrip()
        raise Interrupted(interrupted.signal_number, text) from None

    def _diverged(
        self, batch: Any, loss: float, clip: ClipReport | None, replay: Callable[[], None]
    ) -> DivergenceError:
        """What to raise for a step that was not finite; noted in the history too."""
        state = self.state
        known = Circumstances(
            fields=self.fields,
            epoch=state.position["epoch"],
            step=state.steps,
            step_in_epoch=state.step + 1,
            steps_per_epoch=state.steps_per_epoch,
            learning_rate=state.schedule.rate(max(0, state.steps - 1)),
            loss=loss,
            clip=clip,
            norms=tuple(self.norms),
            place=self.store.place,
            saved=self._saved(),
        )
        error, facts = autopsy(self.job, batch, state.carried, replay, known)
        self._record({"event": "divergence", **state.position, **facts})
        return error

    def _saved(self) -> list[str]:
        """What the store holds for later, in words."""
        saved = ["the last checkpoint"] if self.store.holds_checkpoint() else []
        return saved if self.state.stopping.best is None else [*saved, "the best weights"]

    def _record(self, record: Record) -> None:
        """Write a record to the history and tell the observer."""
        self.store.add(record)
        self.observer(record)


def _ignore(record: Record) -> None:
    """Nobody watches."""


def _never() -> bool:
    return False
