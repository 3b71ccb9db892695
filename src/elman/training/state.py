"""Where a training stands between two steps: captured for the disk, restored from it."""

import time

import torch

from elman.contracts import State, Steppable, Trainable
from elman.errors import CheckpointError, DataError
from elman.fields import TrainingFields
from elman.records import Record
from elman.runs.snapshot import Snapshot
from elman.runs.weights import load_weights, weights_of
from elman.training.gradients import GradientWatch
from elman.training.meter import Meter
from elman.training.optimizers import load_optimizer_tensors, make_optimizer, optimizer_tensors
from elman.training.randomness import random_states, set_random_states
from elman.training.schedules import make_schedule
from elman.training.stopping import EarlyStopping

__all__ = ["ALL_EPOCHS", "NO_IMPROVEMENT", "TrainingState"]

ALL_EPOCHS, NO_IMPROVEMENT = "all epochs", "no improvement"


class TrainingState:
    """All that changes while a network learns.

    Args:
        job: what is trained.
        fields: how.

    Attributes:
        epochs: planned.
        epoch: whole epochs done, validation included.
        step: steps done in the epoch after those.
        steps: steps done in all.
        carried: the recurrent state for the next step.
        interval: sums since the last step record; `whole` since the epoch's start.
        gradients: what is usual of them.
        finished: why training ended; empty while it goes on.

    Raises:
        DataError: there is no batch to learn from.
    """

    def __init__(self, job: Trainable, fields: TrainingFields) -> None:
        if job.steps_per_epoch < 1:
            raise DataError("train: `data` must give at least one batch an epoch, got none.")
        self.module = job.module
        self.fields = fields
        self.steps_per_epoch = job.steps_per_epoch
        self.optimizer = make_optimizer(job.module, fields)
        self.schedule = make_schedule(fields, fields.epochs * job.steps_per_epoch)
        self.stopping = EarlyStopping(fields.patience)
        self.epochs = fields.epochs
        self.epoch = self.step = self.steps = 0
        self.carried: State | None = None
        self.interval, self.whole = Meter(), Meter()
        self.gradients = GradientWatch(fields.clip_norm)
        self.finished = ""
        self._before_s = 0.0
        self._began_s = time.monotonic()

    @property
    def training_s(self) -> float:
        """Seconds spent, over all sessions."""
        return self._before_s + time.monotonic() - self._began_s

    @property
    def position(self) -> Record:
        """Where training stands, for records: the epoch at work, from 1, and steps in all."""
        return {"epoch": min(self.epoch + 1, self.epochs), "step": self.steps}

    def carry(self, state: State | None) -> None:
        """Take the state that a step ended in, cut off from its gradients."""
        self.carried = None if state is None else tuple(part.detach() for part in state)

    def end_epoch(self, validation: float) -> bool:
        """Move to the next epoch; whether `validation` is the best figure so far."""
        improved = self.stopping.improves(validation)
        self.schedule.after_validation(validation)
        self.epoch += 1
        self.step = 0
        self.carried = None
        self.interval, self.whole = Meter(), Meter()
        if self.epoch >= self.epochs:
            self.finished = ALL_EPOCHS
        elif self.stopping.exhausted:
            self.finished = NO_IMPROVEMENT
        return improved

    def capture(self, history_bytes: int) -> Snapshot:
        """A picture of now. Tensors of weights and optimiser are not copies: write them at once."""
        meters = {"interval": self.interval, "whole": self.whole}
        return Snapshot(
            weights=weights_of(self.module),
            optimizer=optimizer_tensors(self.optimizer),
            random=random_states(),
            state=tuple(part.clone() for part in self.carried or ()),
            epochs=self.epochs,
            epoch=self.epoch,
            step=self.step,
            steps=self.steps,
            schedule=self.schedule.state_dict(),
            stopping=self.stopping.state_dict(),
            meters={
                **{name: meter.state_dict() for name, meter in meters.items()},
                **self.gradients.state_dict(),
            },
            history_bytes=history_bytes,
            training_s=self.training_s,
            finished=self.finished,
        )

    def restore(self, snapshot: Snapshot, where: str) -> None:
        """Go to the moment of `snapshot`; more epochs may be planned now than were then, not fewer.

        Raises:
            CheckpointError: a part does not fit this training.
        """
        load_weights(self.module, snapshot.weights, where)
        load_optimizer_tensors(self.optimizer, snapshot.optimizer)
        set_random_states(snapshot.random, where)
        self.carried = self._fitting(snapshot.state, where)
        if snapshot.step > self.steps_per_epoch:
            raise CheckpointError(
                f"{where}: `step` must be at most {self.steps_per_epoch:,}, the steps of an epoch, "
                f"got {snapshot.step:,}."
            )
        if self.epochs < snapshot.epochs:
            self.epochs = snapshot.epochs
            self.schedule = make_schedule(self.fields, self.epochs * self.steps_per_epoch)
        self.epoch, self.step, self.steps = snapshot.epoch, snapshot.step, snapshot.steps
        self.schedule.load_state_dict(snapshot.schedule)
        self.stopping.load_state_dict(snapshot.stopping, where)
        self.interval = Meter.from_state(snapshot.meters.get("interval", {}), where)
        self.whole = Meter.from_state(snapshot.meters.get("whole", {}), where)
        self.gradients.load_state_dict(snapshot.meters, where)
        self._before_s = snapshot.training_s
        self.finished = snapshot.finished
        if self.finished and self.epochs > max(snapshot.epochs, self.epoch):
            if self.finished == NO_IMPROVEMENT:
                self.stopping.stale_epochs = 0
            self.finished = ""

    def _fitting(self, state: State, where: str) -> State | None:
        """The state to carry, where the network stands, once it is known to fit the network."""
        if not state:
            return None
        if isinstance(self.module, Steppable) and state[0].ndim > 1:
            wanted = [tuple(part.shape) for part in self.module.initial_state(state[0].shape[1])]
            found = [tuple(part.shape) for part in state]
            if wanted != found:
                raise CheckpointError(f"{where}: `state` must have shapes {wanted}, got {found}.")
        device = next(self.module.parameters(), torch.empty(0)).device
        return tuple(part.to(device) for part in state)
