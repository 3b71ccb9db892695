"""What the upper floors may ask of a model: small protocols, so that anything that fits them works.

Shapes: B sequences, T steps, L layers, H hidden units, O outputs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

__all__ = [
    "MUCH_UNKNOWN",
    "Inspectable",
    "Material",
    "Scorable",
    "State",
    "StepLoss",
    "Steppable",
    "Trainable",
    "Training",
]

MUCH_UNKNOWN = 0.2
"""Share of a text that is unknown to a model, above which figures on that text mislead."""

State = tuple[Tensor, ...]
"""A recurrent state: tensors of shape (L, B, H) each, (h,) or (h, c); the batch is dimension 1."""


@runtime_checkable
class Steppable(Protocol):
    """A model that reads a sequence piece by piece and carries its state."""

    def initial_state(self, batch_size: int) -> State:
        """The state before anything was read, for `batch_size` sequences."""
        ...

    def __call__(
        self, x: Tensor, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read T more steps.

        Args:
            x: ids (B, T) or values (B, T, I).
            state: what the last call returned; None for `initial_state`.
            resets: (B, T) bool; True wipes that row's state before it reads that step.

        Returns:
            Outputs (B, T, O) and the state after the last step.
        """
        ...


@runtime_checkable
class Scorable(Steppable, Protocol):
    """A `Steppable` over ids that makes its outputs of features, where they are wanted alone."""

    def features(
        self, x: Tensor, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read T more steps, as `__call__` does.

        Returns:
            What outputs are made of, (B, T, E), and the state after the last step.
        """
        ...

    def logits(self, features: Tensor) -> Tensor:
        """The outputs (…, O) of features (…, E)."""
        ...

    def log_probabilities(self, features: Tensor, targets: Tensor) -> Tensor:
        """Natural logarithms of the probabilities of N targets, (N,), from features (N, E)."""
        ...


@dataclass(frozen=True)
class StepLoss:
    """The loss of one training step.

    Attributes:
        loss: mean loss per item, a scalar to differentiate.
        items: how many items (tokens, labels, samples) it averages over.
        state: the state after the step, to be carried into the next; None if nothing carries over.
    """

    loss: Tensor
    items: int
    state: State | None


class Trainable(Protocol):
    """A job for `elman.training`: a module, its batches in a fixed order, and its loss.

    The order of batches may depend on the epoch and on nothing else, so that (epoch, step) is a
    position to which a resumed run returns.
    """

    @property
    def module(self) -> torch.nn.Module:
        """The network whose parameters are trained."""
        ...

    @property
    def steps_per_epoch(self) -> int:
        """How many batches make an epoch."""
        ...

    def batches(self, epoch: int, start: int) -> Iterator[Any]:
        """The batches of `epoch` (from 0), from step `start` on."""
        ...

    def loss(self, batch: Any, state: State | None) -> StepLoss:
        """The loss of one batch, given the state carried from the batch before (detached)."""
        ...

    def validate(self) -> float:
        """The figure that chooses the best weights; lower is better. Runs without gradients."""
        ...

    def blame(self, batch: Any) -> str | None:
        """If the batch itself holds what no network could digest (NaN, infinity), say where."""
        ...

    def sample(self) -> str | None:
        """A glimpse of what the model does now, for people who watch; None if there is none."""
        ...


@dataclass(frozen=True)
class Training:
    """What is known of how a network was trained; None where it is not.

    Attributes:
        truncation_steps: through how many steps gradients flowed back.
        clip_norm: the longest gradient; 0 if it was not clipped.
    """

    truncation_steps: int | None = None
    clip_norm: float | None = None


@dataclass(frozen=True, eq=False)
class Material:
    """What an estimator hands to the instruments of `elman.inspect`.

    Attributes:
        module: the network, whose `forward` takes what `data` holds.
        data: in one of the forms that `elman.inspect.preparing.prepare` reads, such as ids (N,) of
            a text, or (inputs, targets).
        resets: where memory is wiped before a step, bool, shaped as the ids; None for nowhere.
        unit: what one step is, in the singular, such as "word".
        unit_per_step: how many of that unit a step stands for, such as 0.5 for half-hours and
            the unit "hour".
        names: what each id means, by id; None where inputs are no ids.
        source: what the data is, for people, such as the file's name; "" where it is not known.
        training: how the network was trained, as far as that is known.
        unknown: share of the steps that bring what the network has no name for, from 0 to 1.
    """

    module: torch.nn.Module
    data: Any
    resets: Tensor | None = None
    unit: str = "step"
    unit_per_step: float = 1.0
    names: Sequence[str] | None = None
    source: str = ""
    training: Training = Training()
    unknown: float = 0.0


@runtime_checkable
class Inspectable(Protocol):
    """An estimator that lets the instruments of `elman.inspect` look at its network."""

    def material(self, data: Any) -> Material:
        """The network, and `data` as it reads it.

        Args:
            data: whatever the estimator's own verbs take, such as text files; None for what the
                estimator has at hand itself, such as the text that it was validated on.
        """
        ...
