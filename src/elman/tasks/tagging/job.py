"""A tagger as a job for `elman.training`."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from elman.contracts import State, StepLoss
from elman.data.bucketing import shuffled
from elman.data.tagged import Sentence
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.config import TaggingFields
from elman.tasks.tagging.counting import Counts, count
from elman.tasks.tagging.examples import Examples, Words
from elman.tasks.tagging.model import TaggingModule
from elman.tasks.tagging.reading import choose

__all__ = ["TaggingJob", "rows_for"]

FEWEST_ROWS, MOST_ROWS, BATCHES_WANTED = 4, 32, 250
SAMPLE_WORDS = 10

Batch = tuple[Words, Tensor]


class TaggingJob:
    """Implements `elman.contracts.Trainable`: a network, its sentences, and its loss.

    Args:
        module: the network, on the device where it is to learn.
        codec: what its numbers mean.
        train: the sentences to learn from.
        validation: the sentences that choose the best weights.
        fields: `batch_size` and `seed` are read.
    """

    def __init__(
        self,
        module: TaggingModule,
        codec: TaggingCodec,
        train: list[Sentence],
        validation: list[Sentence],
        fields: TaggingFields,
    ) -> None:
        self.module, self._codec, self._seed = module, codec, fields.seed
        self._train = Examples(codec, [s.words for s in train], [s.tags for s in train])
        self._validation = validation
        self._held_out = Examples(codec, [s.words for s in validation])
        self._rows = fields.batch_size or rows_for(len(train))

    @property
    def steps_per_epoch(self) -> int:
        """How many batches the sentences make."""
        return -(-len(self._train) // self._rows)

    def batches(self, epoch: int, start: int) -> Iterator[Batch]:
        """Sentences of like length side by side, in an order of the epoch's own."""
        order = shuffled(self._train.lengths, self._rows, self._seed, epoch)
        return (self._batch(rows) for rows in order[start:])

    def loss(self, batch: Batch, state: State | None) -> StepLoss:  # noqa: ARG002  (none is carried)
        """Minus the mean log probability of a tag, in nats per word."""
        words, tags = batch
        emissions = self.module(words.to(self.module.device))
        loss = self.module.loss(emissions, tags.to(self.module.device))
        return StepLoss(loss, int(words.places.lengths.sum()), None)

    def validate(self) -> float:
        """Share of the words tagged wrong, in percent; of entities, 100 - F1."""
        return self._counted().wrong(self._codec.entities)

    def blame(self, batch: Batch) -> str | None:  # noqa: ARG002
        """Nothing: numbers of words are always finite."""
        return None

    def sample(self) -> str | None:
        """The beginning of the validation text, tagged."""
        words = self._validation[0].words[:SAMPLE_WORDS]
        (tags,) = choose(self.module, self._codec, [words])
        return " ".join(f"{word}/{tag}" for word, tag in zip(words, tags, strict=True))

    def _counted(self) -> Counts:
        found = choose(self.module, self._codec, [s.words for s in self._validation])
        return count(self._validation, found, self._codec)

    def _batch(self, rows: NDArray[np.int64]) -> Batch:
        return self._train.words(rows), self._train.tags(rows)


def rows_for(sentences: int) -> int:
    """How many sentences to read side by side: 32 at most, fewer of a text that is small.

    Weights move once a batch; of a small text, many small batches teach more than a few large ones.

    >>> rows_for(100), rows_for(2000), rows_for(50_000)
    (4, 8, 32)
    """
    return min(MOST_ROWS, max(FEWEST_ROWS, sentences // BATCHES_WANTED))
