"""A trigram hidden Markov model: the statistical tagger that a network must beat."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elman.baselines.array_file import pack_texts, read_arrays, unpack_texts, write_arrays
from elman.baselines.suffixes import SuffixGuesser
from elman.baselines.tag_counts import BOUNDARY, TagCounts, count_tags, is_capital, state_of
from elman.data.tagged import Sentence
from elman.trellis import best_path

__all__ = ["TrigramHMM", "interpolation_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FILE_NAME = "trigram_hmm.safetensors"
_KIND = "trigram hidden Markov model"
_GUESSES = 20
_CACHED_WORDS = 2**16


class TrigramHMM:
    r"""Tags as the hidden states of a Markov chain of order two, words as what they emit.

    The tags t_1 … t_T of the words w_1 … w_T are those of the highest

        Π_i P(t_i | t_{i−2} t_{i−1}) P(w_i | t_i)  ·  P(end | t_T)
        P(t | h i) = λ_1 P̂(t) + λ_2 P̂(t | i) + λ_3 P̂(t | h i)

    found exactly (Viterbi) among the tags that a known word had in training, and, for an unknown
    word, among the 20 likeliest by its ending, where P(w | t) = P(t | ending) / P(t) but for a
    constant. λ comes from deleted interpolation. A tag with a capital letter and without are two
    states. P̂ are shares in training.

    Source: Brants, "TnT – A Statistical Part-of-Speech Tagger", ANLP 2000.

    >>> text = [Sentence(("I", "love", "cats"), ("PRON", "VERB", "NOUN"))] * 3
    >>> text += [Sentence(("my", "love"), ("DET", "NOUN"))] * 3
    >>> model = TrigramHMM.fit(text)
    >>> model.tag(["my", "love"]), model.tag(["I", "love", "bats"])
    (('DET', 'NOUN'), ('PRON', 'VERB', 'NOUN'))
    """

    name = "trigram HMM"

    def __init__(self, counted: TagCounts) -> None:
        self.counted = counted
        self.guesser = SuffixGuesser.fit(counted)
        self.transitions = _Transitions.of(counted)
        self._word_ids = {word: number for number, word in enumerate(counted.words)}
        self._offsets = np.searchsorted(counted.pairs[:, 0], np.arange(len(counted.words) + 1))
        self._emissions = functools.lru_cache(_CACHED_WORDS)(self._emissions_of)

    def __reduce__(self) -> tuple[type["TrigramHMM"], tuple[TagCounts]]:  # no cache is copied
        return type(self), (self.counted,)

    @classmethod
    def fit(cls, sentences: Iterable[Sentence]) -> "TrigramHMM":
        """Count tagged sentences, which are read once.

        Raises:
            DataError: there are none.
        """
        return cls(count_tags(sentences))

    def tag(self, words: Sequence[str]) -> tuple[str, ...]:
        """The likeliest tags of a sentence."""
        found = [self._emissions(word) for word in words]
        boundary = np.array([BOUNDARY])
        states = [boundary, boundary, *(states for states, _ in found), boundary]
        emitted = [*(logs for _, logs in found), np.zeros(1)]
        scores = [
            self.transitions.log_probabilities(*states[t : t + 3]) + logs
            for t, logs in enumerate(emitted)
        ]
        path, _ = best_path(scores)
        return tuple(
            self.counted.tags[(int(found[t][0][place]) - 1) // 2]
            for t, place in enumerate(path[:-1])
        )

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, in place of an older one there.

        Raises:
            CheckpointError: the file cannot be written.
        """
        counted = self.counted
        arrays = {
            "tags": pack_texts(counted.tags),
            "words": pack_texts(counted.words),
            "trigrams": counted.trigrams,
            "trigram_counts": counted.trigram_counts,
            "pairs": counted.pairs,
            "pair_counts": counted.pair_counts,
        }
        write_arrays(folder / _FILE_NAME, arrays, kind=_KIND)

    @classmethod
    def load(cls, folder: Path) -> "TrigramHMM":
        """The model that `save` wrote.

        Raises:
            CheckpointError: the file is missing, damaged, or not such a model.
        """
        arrays, _ = read_arrays(folder / _FILE_NAME, _KIND)
        tags, words = (unpack_texts(arrays.pop(name)) for name in ("tags", "words"))
        return cls(TagCounts(tags, words, **arrays))

    def _emissions_of(self, word: str) -> tuple[Ints, Floats]:
        """The states that may emit a word, and log P(word | state) but for a constant."""
        number, capital = self._word_ids.get(word), is_capital(word)
        if number is not None:
            part = slice(*self._offsets[number : number + 2])
            states = state_of(self.counted.pairs[part, 1], capital)
            shares = self.counted.pair_counts[part] / self.transitions.totals[states]
            return states, np.log(shares)
        likely = self.guesser.tags_of(word)
        every = state_of(np.arange(len(likely)), capital)
        possible = (likely > 0) & (self.transitions.totals[every] > 0)
        if not possible.any():  # no word with (or without) a capital letter was ever seen
            return every, np.log(np.maximum(likely, 1e-12))
        tags = np.flatnonzero(possible)
        tags = np.sort(tags[np.argsort(-likely[tags], kind="stable")[:_GUESSES]])
        states = every[tags]
        return states, np.log(likely[tags] / self.transitions.totals[states])


@dataclass(frozen=True)
class _Transitions:
    """P(t | h i), interpolated."""

    codes: Ints
    shares: Floats
    pair_shares: Floats
    single_shares: Floats
    totals: Floats
    weights: Floats

    @classmethod
    def of(cls, counted: TagCounts) -> "_Transitions":
        """The shares of all that was counted."""
        S = counted.states
        h, i, j = counted.trigrams.T
        counts = counted.trigram_counts.astype(np.float64)
        contexts = _sums(h * S + i, counts, S * S)
        pairs = _sums(i * S + j, counts, S * S).reshape(S, S)
        singles, before = _sums(j, counts, S), _sums(i, counts, S)
        return cls(
            codes=(h * S + i) * S + j,
            shares=counts / contexts[h * S + i],
            pair_shares=pairs / np.maximum(before, 1)[:, None],
            single_shares=singles / singles.sum(),
            totals=singles,
            weights=interpolation_of(counted),
        )

    def log_probabilities(self, h: Ints, i: Ints, j: Ints) -> Floats:
        """Their logarithms for all combinations, (len(h), len(i), len(j)); −inf where it is 0."""
        S = len(self.single_shares)
        codes = ((h[:, None, None] * S) + i[:, None]) * S + j
        places = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        shares = np.where(self.codes[places] == codes, self.shares[places], 0.0)
        one, two, three = self.weights
        backed = one * self.single_shares[j] + two * self.pair_shares[i[:, None], j]
        with np.errstate(divide="ignore"):
            logs: Floats = np.log(backed + three * shares)
        return logs


def interpolation_of(counted: TagCounts) -> Floats:
    """λ_1, λ_2, λ_3 by deleted interpolation: each trigram votes for what tells it best without it.

    Source: Brants 2000, figure 1.
    """
    S = counted.states
    h, i, j = counted.trigrams.T
    counts = counted.trigram_counts.astype(np.float64)
    contexts = _sums(h * S + i, counts, S * S)[h * S + i]
    pairs = _sums(i * S + j, counts, S * S)[i * S + j]
    before, singles = _sums(i, counts, S)[i], _sums(j, counts, S)[j]
    left = np.stack(
        [
            (singles - 1) / max(counts.sum() - 1, 1),
            _share(pairs - 1, before - 1),
            _share(counts - 1, contexts - 1),
        ]
    )
    votes = _sums(2 - left[::-1].argmax(0), counts, 3)
    weights: Floats = votes / votes.sum()
    return weights


def _sums(ids: Ints, counts: Floats, size: int) -> Floats:
    """How much was counted of each id below `size`."""
    sums: Floats = np.bincount(ids, counts, size).astype(np.float64)
    return sums


def _share(part: Floats, whole: Floats) -> Floats:
    """Part by whole, 0 where both are."""
    shares: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return shares
