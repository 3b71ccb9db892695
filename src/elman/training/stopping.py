"""Early stopping: which epoch was best, and whether hope is lost."""

import math
from collections.abc import Mapping

from elman.errors import CheckpointError

__all__ = ["EarlyStopping"]


class EarlyStopping:
    """Remembers the best validation figure and counts the epochs since.

    A figure that is NaN or infinite never improves.

    Args:
        patience: epochs without improvement after which to stop; 0 never stops.

    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.improves(value) for value in (9.0, 7.0, 8.0)], stopping.exhausted
    ([True, True, False], False)
    >>> stopping.improves(7.0), stopping.exhausted, stopping.best_epoch
    (False, True, 2)
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.best: float | None = None
        self.best_epoch = 0
        self.stale_epochs = 0
        self._epochs = 0

    def improves(self, value: float) -> bool:
        """Take the figure of the next epoch (lower is better); whether it is the best so far."""
        self._epochs += 1
        if math.isfinite(value) and (self.best is None or value < self.best):
            self.best, self.best_epoch, self.stale_epochs = value, self._epochs, 0
            return True
        self.stale_epochs += 1
        return False

    @property
    def exhausted(self) -> bool:
        """Whether patience has run out."""
        return 0 < self.patience <= self.stale_epochs

    def state_dict(self) -> dict[str, float]:
        """What is remembered, as numbers that JSON can hold."""
        state: dict[str, float] = {"epochs": self._epochs, "stale_epochs": self.stale_epochs}
        if self.best is not None:
            state |= {"best": self.best, "best_epoch": self.best_epoch}
        return state

    def load_state_dict(self, state: Mapping[str, float], where: str) -> None:
        """Take up what `state_dict` gave; raises `CheckpointError` on anything else."""
        required, optional = {"epochs", "stale_epochs"}, {"best", "best_epoch"}
        if state.keys() not in (required, required | optional):
            raise CheckpointError(
                f"{where}: `stopping` must hold {', '.join(sorted(required))}, got {dict(state)!r}."
            )
        self._epochs, self.stale_epochs = int(state["epochs"]), int(state["stale_epochs"])
        self.best = float(state["best"]) if "best" in state else None
        self.best_epoch = int(state.get("best_epoch", 0))
