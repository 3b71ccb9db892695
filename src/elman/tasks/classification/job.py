"""A classifier as a job for `elman.training`."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from elman.contracts import State, StepLoss
from elman.data.bucketing import shuffled
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.committee import Judge
from elman.tasks.classification.config import ClassificationFields
from elman.tasks.classification.examples import Batch, Examples
from elman.tasks.classification.reading import log_probabilities

__all__ = ["ClassificationJob", "balanced", "epochs_for", "rows_for"]

FEWEST_ROWS, MOST_ROWS, BATCHES_WANTED = 8, 64, 25
FEWEST_EPOCHS, MOST_EPOCHS, STEPS_WANTED = 5, 60, 2000


class ClassificationJob:
    """Implements `elman.contracts.Trainable`: a network, its examples, and its loss.

    Args:
        module: the network, on the device where it is to learn.
        codec: what its numbers mean.
        train: the examples to learn from.
        validation: the examples that choose the best weights.
        fields: `batch_size`, `class_weights`, `label_smoothing` and `seed` are read.
    """

    def __init__(
        self,
        module: Judge,
        codec: ClassCodec,
        train: Examples,
        validation: Examples,
        fields: ClassificationFields,
    ) -> None:
        self.module, self._seed = module, fields.seed
        self._train, self._validation = train, validation
        self._rows = fields.batch_size or rows_for(len(train))
        self._smoothing = fields.label_smoothing
        self._right: float | None = None
        self._weights: Tensor | None = None
        if fields.class_weights == "balanced":
            self._weights = balanced(codec).to(next(module.parameters()))

    @property
    def steps_per_epoch(self) -> int:
        """How many batches the examples make."""
        return -(-len(self._train) // self._rows)

    def batches(self, epoch: int, start: int) -> Iterator[Batch]:
        """Examples of like length side by side, in an order of the epoch's own."""
        order = shuffled(self._train.lengths, self._rows, self._seed, epoch)
        return (self._train.batch(rows) for rows in order[start:])

    def loss(self, batch: Batch, state: State | None) -> StepLoss:  # noqa: ARG002  (none is carried)
        """Cross entropy in nats per example, each weighed as its class, with smoothed labels.

        Of several networks it is the mean of theirs, so that each learns for itself; `clip_norm`
        alone is of all their gradients together.

        The sum is divided by the number of examples, not by their weights: else a batch without
        a rare class would count as much as one with it, and the rare class too little.

        Source: label smoothing: Szegedy et al., CVPR 2016.
        """
        here = batch.to(self.module)
        logits, count = self.module.members_logits(here.x), len(batch.rows)
        classes = here.classes.expand(len(logits), -1)
        losses = F.cross_entropy(
            logits.transpose(1, 2), classes, label_smoothing=self._smoothing, reduction="none"
        ).mean(0)
        if self._weights is not None:
            losses = losses * self._weights[here.classes]
        return StepLoss(losses.sum() / count, count, None)

    def validate(self) -> float:
        """Cross entropy in nats per example, weighed as in training; labels are not smoothed."""
        logs = torch.from_numpy(log_probabilities(self.module, self._validation))
        classes = torch.from_numpy(self._validation.classes)
        self._right = float((logs.argmax(1) == classes).double().mean())
        weights = None if self._weights is None else self._weights.double().cpu()
        return float(F.nll_loss(logs, classes, weights, reduction="sum")) / len(classes)

    def blame(self, batch: Batch) -> str | None:  # noqa: ARG002
        """Nothing: what is read is always finite."""
        return None

    def sample(self) -> str | None:
        """How many of the validation examples were right when they were last read."""
        return None if self._right is None else f"{100 * self._right:.1f} % right"


def balanced(codec: ClassCodec) -> Tensor:
    """The weight of every class, (K,): inverse to how often it occurs, 1 on the mean example."""
    counts = np.array(codec.counts)
    return torch.from_numpy(counts.sum() / (len(counts) * counts)).float()


def rows_for(examples: int) -> int:
    """How many examples to read side by side: few enough that an epoch has some 25 batches.

    >>> rows_for(40), rows_for(270), rows_for(10_000)
    (8, 10, 64)
    """
    return min(MOST_ROWS, max(FEWEST_ROWS, examples // BATCHES_WANTED))


def epochs_for(steps_per_epoch: int) -> int:
    """How many passes over the examples: enough for some 2,000 steps.

    >>> epochs_for(5), epochs_for(100), epochs_for(10_000)
    (60, 20, 5)
    """
    return min(MOST_EPOCHS, max(FEWEST_EPOCHS, round(STEPS_WANTED / steps_per_epoch)))
