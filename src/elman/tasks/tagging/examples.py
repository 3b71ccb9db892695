"""Sentences as numbers, and batches of them, in which each different word is spelled once.

Shapes: S sentences, B of them side by side, T words, U different words, C characters.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from elman.sequences import PaddedBatch
from elman.tasks.tagging.codec import TaggingCodec

__all__ = ["Examples", "Words"]


class Words(NamedTuple):
    """A batch of sentences as a network reads it.

    Attributes:
        places: (B, T), where each word stands among the different ones.
        words: (U,), the number of each different word.
        vectors: (U,), the number of its vector; 0 where there is none.
        spelled: (U, C), the numbers of its characters.
    """

    places: PaddedBatch
    words: Tensor
    vectors: Tensor
    spelled: PaddedBatch

    def to(self, device: torch.device) -> "Words":
        """The same on a device."""
        if device.type == "cpu":
            return self
        places, spelled = self.places, self.spelled
        return Words(
            PaddedBatch(places.values.to(device), places.lengths.to(device)),
            self.words.to(device),
            self.vectors.to(device),
            PaddedBatch(spelled.values.to(device), spelled.lengths.to(device)),
        )


class Examples:
    """S sentences as numbers.

    Args:
        codec: what they mean.
        sentences: their words.
        tags: their tags; None where they are not known.

    >>> from elman.data.tagged import Sentence
    >>> codec = TaggingCodec.fit([Sentence(("a", "cat", "a"), ("DET", "NOUN", "DET"))])
    >>> examples = Examples(codec, [["a", "a", "cat"], ["a"]])
    >>> examples.words([0, 1]).places.to_list()
    [tensor([0, 0, 1]), tensor([0])]
    """

    def __init__(
        self,
        codec: TaggingCodec,
        sentences: Sequence[Sequence[str]],
        tags: Sequence[Sequence[str]] | None = None,
    ) -> None:
        numbers: dict[str, int] = {}
        flat = [numbers.setdefault(w, len(numbers)) for words in sentences for w in words]
        self._places = np.array(flat, np.int64)
        self.lengths = np.array([len(words) for words in sentences], np.int64)
        self._starts = np.concatenate([[0], np.cumsum(self.lengths)])
        self.ids = np.array([codec.word_id(word) for word in numbers], np.int64)
        self._vectors = np.array([codec.vector_id(word) for word in numbers], np.int64)
        self.known = np.array([codec.is_known(word) for word in numbers], bool)
        spelled = [codec.character_ids(word) for word in numbers]
        self._spelled = np.array([number for each in spelled for number in each], np.int64)
        self._edges = np.concatenate([[0], np.cumsum([len(each) for each in spelled])]).astype(int)
        tagged = tags if tags is not None else []
        self._tags = np.array([n for each in tagged for n in codec.tag_ids(each)], np.int64)

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def total(self) -> int:
        """Words in all."""
        return len(self._places)

    def words(self, rows: Sequence[int] | NDArray[np.int64]) -> Words:
        """Some sentences side by side."""
        flat = np.concatenate([self._places[self._span(row)] for row in rows])
        different, within = np.unique(flat, return_inverse=True)
        spelled = [self._spelled[self._edges[n] : self._edges[n + 1]] for n in different]
        return Words(
            _padded(within, self.lengths[rows]),
            torch.from_numpy(self.ids[different]),
            torch.from_numpy(self._vectors[different]),
            _padded(np.concatenate(spelled), np.array([len(each) for each in spelled])),
        )

    def tags(self, rows: Sequence[int] | NDArray[np.int64]) -> Tensor:
        """The tags of some sentences side by side, (B, T); -1 for one that is not known."""
        flat = np.concatenate([self._tags[self._span(row)] for row in rows])
        return _padded(flat, self.lengths[rows]).values

    def known_words(self, row: int) -> NDArray[np.bool_]:
        """(T,) bool: the words of a sentence that the training text has."""
        return self.known[self._places[self._span(row)]]

    def tags_of(self, row: int) -> NDArray[np.int64]:
        """(T,), the tags of one sentence."""
        return self._tags[self._span(row)]

    def _span(self, row: int) -> slice:
        return slice(int(self._starts[row]), int(self._starts[row + 1]))


def _padded(flat: NDArray[np.int64], lengths: NDArray[np.int64]) -> PaddedBatch:
    """Sequences that stand one after the other, side by side."""
    values = np.zeros((len(lengths), int(lengths.max(initial=0))), np.int64)
    values[np.arange(values.shape[1]) < lengths[:, None]] = flat
    return PaddedBatch(torch.from_numpy(values), torch.from_numpy(lengths))
