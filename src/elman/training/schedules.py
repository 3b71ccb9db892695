"""Learning rates over time: constant, plateau, cosine. Their state is plain numbers."""

import math
from collections.abc import Mapping
from typing import Protocol

from elman.checks import check_choice, check_range
from elman.choices import SCHEDULES
from elman.errors import CheckpointError
from elman.fields import TrainingFields

__all__ = ["Constant", "Cosine", "Plateau", "Schedule", "make_schedule"]

_PLATEAU_DIVISOR = 4.0


class Schedule(Protocol):
    """Says the learning rate of each step and listens to each validation."""

    def rate(self, step: int) -> float:
        """The learning rate of optimiser step `step`, counted from 0 over all epochs."""
        ...

    def after_validation(self, value: float) -> None:
        """Hear the validation figure after an epoch; lower is better."""
        ...

    def state_dict(self) -> dict[str, float]:
        """What changed while training, as plain numbers that JSON can hold."""
        ...

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Take up what `state_dict` gave; raises `CheckpointError` on anything else."""
        ...


class Constant:
    """The same rate at every step.

    >>> Constant(0.1).rate(step=1000)
    0.1
    """

    def __init__(self, learning_rate: float) -> None:
        check_range("Constant", "learning_rate", learning_rate, above=0)
        self._learning_rate = learning_rate

    def rate(self, step: int) -> float:  # noqa: ARG002  (every schedule is asked alike)
        """The learning rate, whatever the step."""
        return self._learning_rate

    def after_validation(self, value: float) -> None:
        """Nothing changes."""

    def state_dict(self) -> dict[str, float]:
        """Nothing to keep."""
        return {}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Accept the empty state; raises `CheckpointError` on any other."""
        _check_names("Constant", state, required=(), optional=())


class Cosine:
    r"""Half a cosine wave from the full rate down to 0.

        rate(t) = learning_rate · (1 + cos(π t / total_steps)) / 2

    Source: Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5, without restarts.

    >>> schedule = Cosine(1.0, total_steps=4)
    >>> [round(schedule.rate(step), 3) for step in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """

    def __init__(self, learning_rate: float, total_steps: int) -> None:
        check_range("Cosine", "learning_rate", learning_rate, above=0)
        check_range("Cosine", "total_steps", total_steps, at_least=1)
        self._learning_rate = learning_rate
        self._total_steps = total_steps

    def rate(self, step: int) -> float:
        """The learning rate of `step`, 0 from `total_steps` on."""
        share = min(step / self._total_steps, 1.0)
        return self._learning_rate * (1 + math.cos(math.pi * share)) / 2

    def after_validation(self, value: float) -> None:
        """Nothing changes."""

    def state_dict(self) -> dict[str, float]:
        """Nothing to keep: the rate follows from the step."""
        return {}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Accept the empty state; raises `CheckpointError` on any other."""
        _check_names("Cosine", state, required=(), optional=())


class Plateau:
    """Divides the rate by 4 after every validation that does not improve on the best so far.

    A figure that is NaN never improves.

    Source: the rule of Mikolov et al., Interspeech 2010, section 2 (who divide by 2), with the
    divisor of PyTorch's word language model example.

    >>> schedule = Plateau(20.0)
    >>> for perplexity in (150.0, 120.0, 121.0):
    ...     schedule.after_validation(perplexity)
    >>> schedule.rate(step=0)
    5.0
    """

    def __init__(self, learning_rate: float) -> None:
        check_range("Plateau", "learning_rate", learning_rate, above=0)
        self._rate = learning_rate
        self._best = math.inf

    def rate(self, step: int) -> float:  # noqa: ARG002  (every schedule is asked alike)
        """The learning rate as the validations so far have left it."""
        return self._rate

    def after_validation(self, value: float) -> None:
        """Lower the rate unless `value` is a new best."""
        if value < self._best:
            self._best = value
        else:
            self._rate /= _PLATEAU_DIVISOR

    def state_dict(self) -> dict[str, float]:
        """The rate, and the best figure if there was one."""
        state = {"rate": self._rate}
        if self._best < math.inf:
            state["best"] = self._best
        return state

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Take up the rate and the best figure; raises `CheckpointError` on anything else."""
        _check_names("Plateau", state, required=("rate",), optional=("best",))
        self._rate = float(state["rate"])
        self._best = float(state.get("best", math.inf))


def make_schedule(fields: TrainingFields, total_steps: int) -> Schedule:
    """The schedule that `fields.schedule` names.

    Args:
        fields: the options of training.
        total_steps: optimiser steps of the whole training, over all epochs.

    Raises:
        ChoiceError: `fields.schedule` names none.
    """
    check_choice("make_schedule", "schedule", fields.schedule, SCHEDULES)
    if fields.schedule == "constant":
        return Constant(fields.learning_rate)
    if fields.schedule == "plateau":
        return Plateau(fields.learning_rate)
    return Cosine(fields.learning_rate, total_steps)


def _check_names(
    where: str, state: Mapping[str, float], required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    """Raise `CheckpointError` unless `state` has exactly these names, with numbers for values."""
    names = set(state)
    numbers = all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in state.values()
    )
    if set(required) <= names <= {*required, *optional} and numbers:
        return
    wanted = ", ".join(f"'{name}'" for name in required) or "nothing"
    raise CheckpointError(
        f"{where}.load_state_dict: `state` must hold {wanted}, got {dict(state)!r}."
        " The run was made with another schedule."
    )
