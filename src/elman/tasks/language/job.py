"""A language model as a job for `elman.training`."""

import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

import torch

from elman.contracts import State, StepLoss
from elman.data.codecs import Codec
from elman.data.streams import Streams, Window
from elman.data.tokens import TokenFile
from elman.decoding.sampling import Sampling
from elman.errors import DataError
from elman.perplexity import perplexity
from elman.tasks.language.config import LanguageFields
from elman.tasks.language.generation import draw_tokens
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.reading import Reader

__all__ = ["LanguageJob", "rows_for"]

logger = logging.getLogger(__name__)

FEWEST_ROWS, MOST_ROWS = 1, 32
STEPS_WANTED = 128
VALIDATION_ROWS = 16
SAMPLE_TOKENS = {"word": 16, "subword": 20, "character": 70}


class LanguageJob:
    """Implements `elman.contracts.Trainable`: a network, its text in windows, and its loss.

    Args:
        module: the network, on the device where it is to learn.
        codec: what its ids mean, for samples.
        train: the text to learn from.
        validation: the text that chooses the best weights.
        fields: `batch_size` and `truncation_steps` are read.
        drawing: where a step's random numbers are drawn; torch's own if left out.
    """

    def __init__(
        self,
        module: LanguageModule,
        codec: Codec,
        train: TokenFile,
        validation: TokenFile,
        fields: LanguageFields,
        drawing: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.module, self._drawing = module, drawing
        self._reader = Reader(module, codec, fields.sequences)
        rows = fields.batch_size or rows_for(len(train), fields.truncation_steps)
        self._train = Streams(train, rows, fields.truncation_steps)
        if self._train.rows < fields.batch_size:
            logger.warning(
                "the text of %s %ss fills %d rows of %d steps, fewer than the batch size of %d: "
                "%d are read side by side.",
                f"{len(train):,}",
                codec.unit,
                self._train.rows,
                fields.truncation_steps,
                fields.batch_size,
                self._train.rows,
            )
        self._validation = Streams(validation, VALIDATION_ROWS, fields.truncation_steps)

    @property
    def steps_per_epoch(self) -> int:
        """How many windows the training text has."""
        return len(self._train)

    def batches(self, epoch: int, start: int) -> Iterator[Window]:  # noqa: ARG002  (every epoch alike)
        """The windows of the text from `start` on, in the order of the text."""
        return (self._train[step] for step in range(start, len(self._train)))

    def loss(self, batch: Window, state: State | None) -> StepLoss:
        """Mean cross entropy in nats per token."""
        device = self.module.device
        resets = None if batch.resets is None else batch.resets.to(device)
        weights = None if batch.weights is None else batch.weights.to(device)
        with self._drawing():
            features, state = self.module.features(batch.inputs.to(device), state, resets)
        loss = self.module.loss(features, batch.targets.to(device), weights)
        return StepLoss(loss, batch.items, state)

    @torch.no_grad()
    def validate(self) -> float:
        """Perplexity of the validation text, read as a few long streams with carried state."""
        was_training = self.module.training
        self.module.eval()
        nats, state = 0.0, None
        for window in self._validation:
            step = self.loss(window, state)
            nats, state = nats + step.loss.item() * step.items, step.state
        self.module.train(was_training)
        return perplexity(nats / self._validation.targets)

    def blame(self, batch: Window) -> str | None:  # noqa: ARG002
        """Nothing: ids of a vocabulary are always finite."""
        return None

    def sample(self) -> str | None:
        """A few words that the network writes now; None if it has diverged."""
        codec = self._reader.codec
        drawn = draw_tokens(self._reader, "", Sampling(forbidden=[codec.unknown_id]))
        try:
            text = codec.decode(itertools.islice(drawn, SAMPLE_TOKENS[codec.unit]))
        except DataError:  # no number left to draw by; training itself will say so
            return None
        return " ".join(text.split())


def rows_for(tokens: int, steps: int) -> int:
    """How many streams to cut a text into: few enough that an epoch has some hundred windows.

    >>> rows_for(20_000, 35), rows_for(1_000_000, 35)
    (4, 32)
    """
    return min(MOST_ROWS, max(FEWEST_ROWS, tokens // (steps * STEPS_WANTED)))
