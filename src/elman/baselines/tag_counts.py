"""What a hidden Markov model is fitted by: how often tags follow each other and words have them.

A state is a tag together with whether its word begins with a capital letter: state 0 stands before
and after a sentence, and tag k has the states 1 + 2k (small) and 2 + 2k (capital).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from elman.data.tagged import Sentence
from elman.errors import DataError

__all__ = ["BOUNDARY", "TagCounts", "count_tags", "is_capital", "state_of"]

Array = NDArray[np.int64]

BOUNDARY = 0

_Tag = TypeVar("_Tag", int, Array)


@dataclass(frozen=True)
class TagCounts:
    """Counts of a tagged text, N distinct triples of states and M distinct pairs of word and tag.

    Attributes:
        tags: the K tags by name.
        words: the W words in the order of their first occurrence.
        trigrams: (N, 3) states that follow each other; sentences begin after two boundaries and
            end with one.
        trigram_counts: (N,), how often.
        pairs: (M, 2), word and tag, ascending.
        pair_counts: (M,), how often.
    """

    tags: list[str]
    words: list[str]
    trigrams: Array
    trigram_counts: Array
    pairs: Array
    pair_counts: Array

    @property
    def states(self) -> int:
        """S, the number of states."""
        return 1 + 2 * len(self.tags)


def is_capital(word: str) -> bool:
    """Whether a word begins with a capital letter."""
    return word[:1].isupper()


def state_of(tag: _Tag, capital: bool) -> _Tag:
    """The state of a tag, or of several, by number."""
    return 1 + 2 * tag + capital


def count_tags(sentences: Iterable[Sentence]) -> TagCounts:
    """Count tagged sentences, which are read once.

    Raises:
        DataError: there are none.
    """
    tag_ids, word_ids = dict[str, int](), dict[str, int]()
    trigrams, pairs = Counter[tuple[int, int, int]](), Counter[tuple[int, int]]()
    for sentence in sentences:
        h = i = BOUNDARY
        for word, tag in zip(sentence.words, sentence.tags, strict=True):
            k = tag_ids.setdefault(tag, len(tag_ids))
            pairs[word_ids.setdefault(word, len(word_ids)), k] += 1
            j = state_of(k, is_capital(word))
            trigrams[h, i, j] += 1
            h, i = i, j
        if sentence.words:
            trigrams[h, i, BOUNDARY] += 1
    if not pairs:
        raise DataError("count_tags: `sentences` must hold a tagged word, got none.")
    pair_keys, pair_counts = _sorted(pairs)
    trigram_keys, trigram_counts = _sorted(trigrams)
    return TagCounts([*tag_ids], [*word_ids], trigram_keys, trigram_counts, pair_keys, pair_counts)


def _sorted(
    counts: Counter[tuple[int, int, int]] | Counter[tuple[int, int]],
) -> tuple[Array, Array]:
    """Keys, ascending, and their counts."""
    ordered = sorted(counts.items())
    return np.array([key for key, _ in ordered]), np.array([count for _, count in ordered])
