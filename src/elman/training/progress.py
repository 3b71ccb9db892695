"""What people who watch are told between the records: how fast, how long still."""

import time

from elman.records import Observer, Record
from elman.training.clipping import ClipReport

__all__ = ["Progress"]

_SMOOTHING = 0.98  # the loss shown remembers about the last fifty steps


class Progress:
    """Tells an observer of the steps, a few times a second at most.

    Args:
        observer: who is told.
        every_s: seconds between two reports.
        sample_every_s: seconds between two samples; sooner at first, when most changes: the first
            comes after 1 s, and the time between two doubles.
    """

    def __init__(
        self, observer: Observer, every_s: float = 0.1, sample_every_s: float = 5.0
    ) -> None:
        self.validation_s = 0.0
        self._observer = observer
        self._every_s, self._sample_every_s = every_s, sample_every_s
        self._told_s = -every_s
        self._began_s = self._sampled_s = time.monotonic()
        self._loss_ema: float | None = None
        self._steps, self._items, self._spent_s = 0, 0, 0.0

    def add(self, loss: float, items: int, spent_s: float) -> None:
        """Count one step in."""
        before = loss if self._loss_ema is None else self._loss_ema
        self._loss_ema = _SMOOTHING * before + (1 - _SMOOTHING) * loss
        self._steps += 1
        self._items += items
        self._spent_s += spent_s

    def tell(self, position: Record, clip: ClipReport, steps_left: int, epochs_left: int) -> None:
        """Report, unless the last report is too fresh.

        Args:
            position: the fields that say where training stands.
            clip: of the last step.
            steps_left: steps until the planned end.
            epochs_left: validations until the planned end.
        """
        now_s = time.monotonic()
        if now_s - self._told_s < self._every_s:
            return
        self._told_s = now_s
        spent_s = max(self._spent_s, 1e-9)
        left_s = steps_left * spent_s / self._steps + epochs_left * self.validation_s
        self._observer(
            {
                "event": "progress",
                **position,
                "loss": self._loss_ema,
                "gradient_norm": clip.norm_before,
                "items_per_s": self._items / spent_s,
                "left_s": left_s,
            }
        )

    def claim_sample(self) -> bool:
        """Whether it is time for another sample; the next is due some seconds after a yes."""
        now_s = time.monotonic()
        gap_s = min(self._sample_every_s, self._sampled_s - self._began_s or 1.0)
        if now_s - self._sampled_s < gap_s:
            return False
        self._sampled_s = now_s
        return True
