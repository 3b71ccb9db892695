"""Interpolated modified Kneser–Ney n-grams: the statistical model a network must beat."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from elman.baselines.count_file import read_counts, write_counts
from elman.errors import DataError
from elman.ngram import Array, CountTrie, check_ids, count_ngrams, insert_starts
from elman.perplexity import perplexity

__all__ = ["KneserNey", "discounts_of"]


_BLOCK = 2**18  # positions scored at once
_FILE_NAME = "counts.safetensors"


@dataclass(frozen=True)
class KneserNey:
    r"""Interpolated modified Kneser–Ney n-grams over the ids 0 … V−1, each an ordinary word.

    With h the last n−1 words, h′ the same without the first, and c(h w) as `CountTrie` counts it:

        P_n(w|h) = max(c(h w) − D(c(h w)), 0) / Σ_v c(h v)  +  γ(h) · P_{n−1}(w|h′)
        γ(h)     = Σ_v D(c(h v)) / Σ_v c(h v)
        P_0(w)   = 1 / V

    where D(0) = 0, D(1) = D₁, D(2) = D₂ and D(c) = D₃ for c ≥ 3, for each n apart. A context that
    never occurred leaves P_n = P_{n−1}. Every word has a probability above 0, and they sum to 1.

    Attributes:
        trie: the counts.
        discounts: D, (order, 4) float64, for counts 0, 1, 2, and 3 or more.

    Source: Chen and Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling",
    Computer Speech and Language 13, 1999; n-grams at the start of a sequence as in SRILM (Stolcke
    2002).

    >>> ids = np.array([0, 1, 2, 0, 1, 1, 0, 1, 2])
    >>> model = KneserNey.fit(ids, vocabulary_size=4, order=3)
    >>> model.next([0, 1]).round(3)
    array([0.177, 0.272, 0.542, 0.01 ])
    >>> model.next([4])
    Traceback (most recent call last):
    elman.errors.DataError: KneserNey.next: `ids` must lie in 0 … 3, got 4 at position 0.
    """

    trie: CountTrie
    discounts: Array

    @classmethod
    def fit(
        cls, ids: Array, vocabulary_size: int, *, order: int = 5, starts: Array | None = None
    ) -> "KneserNey":
        """Count a text.

        Args:
            ids: (N,) integers in 0 … V−1, for example memory-mapped.
            vocabulary_size: V.
            order: length of the longest n-grams.
            starts: positions at which a sequence starts, ascending; contexts do not reach back
                across them. None for one stretch whose beginning means nothing.

        Raises:
            DataError: there are no ids, or one is not in the vocabulary.
            ConfigError: `order` or `vocabulary_size` is below 1.
        """
        trie = count_ngrams(ids, vocabulary_size, order, starts)
        return cls(trie, np.stack([discounts_of(level.counts) for level in trie.levels]))

    def log_probabilities(self, ids: Array, starts: Array | None = None) -> Array:
        """Natural logarithms of the probability of each id, given those before it.

        Args:
            ids: (N,) integers in 0 … V−1.
            starts: positions at which a sequence starts, ascending; None for one stretch whose
                beginning means nothing.

        Returns:
            (N,) float64.

        Raises:
            DataError: an id is not in the vocabulary.
        """
        tokens = insert_starts(np.asarray(ids), self.trie.vocabulary_size, starts)
        reach = self.trie.order - 1
        parts = []
        for begin in range(0, len(tokens), _BLOCK):
            block = tokens[max(0, begin - reach) : begin + _BLOCK]
            probabilities = self._of_block(block)[min(begin, reach) :]
            words = block[min(begin, reach) :] != self.trie.start_id
            parts.append(np.log(probabilities[words]))
        return np.concatenate(parts) if parts else np.empty(0)

    def perplexity(self, ids: Array, starts: Array | None = None) -> float:
        """Perplexity, exp(−mean log probability), over all N ids; arguments as above.

        Raises:
            DataError: there are no ids, or one is not in the vocabulary.
        """
        if not len(ids):
            raise DataError("KneserNey.perplexity: `ids` must hold at least one token, got none.")
        return perplexity(-float(self.log_probabilities(ids, starts).mean()))

    def next(self, context: Sequence[int] | Array, *, started: bool = True) -> Array:
        """The distribution of the word after `context`.

        Args:
            context: the ids so far, any number of them; only the last order−1 matter.
            started: whether `context` begins where a sequence starts; False if it is cut out of
                a longer one. Only contexts shorter than order−1 tell the difference.

        Returns:
            (V,) float64, each above 0, summing to 1.

        Raises:
            DataError: an id is not in the vocabulary.
        """
        words = self.trie.vocabulary_size
        recent = np.asarray(context[max(0, len(context) - self.trie.order + 1) :], dtype=np.int64)
        check_ids("KneserNey.next", recent, words)
        tokens = [self.trie.start_id, *recent] if started else [*recent]
        probabilities = np.full(words, 1 / words)
        for n in range(1, min(self.trie.order, len(tokens) + 1) + 1):
            entries = self._continuations(tokens[len(tokens) - n + 1 :])
            counts = self.trie.levels[n - 1].counts[entries].astype(np.int64)
            if not counts.any():
                break  # a longer context cannot have occurred either
            removed = self._removed(n, counts)
            probabilities *= removed.sum() / counts.sum()
            following = self.trie.levels[n - 1].words[entries]
            probabilities[following] += (counts - removed) / counts.sum()
        return probabilities

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, in place of an older one there.

        Raises:
            CheckpointError: the file cannot be written.
        """
        write_counts(folder / _FILE_NAME, self.trie, self.discounts)

    @classmethod
    def load(cls, folder: Path) -> "KneserNey":
        """The model that `save` wrote, memory-mapped once it is known to be what was written.

        Raises:
            CheckpointError: the file is missing, damaged, or not such a model.
        """
        return cls(*read_counts(folder / _FILE_NAME))

    def _removed(self, n: int, counts: Array) -> Array:
        """D of counts at level n."""
        removed: Array = self.discounts[n - 1][np.minimum(counts, 3)]
        return removed

    def _continuations(self, context: Sequence[int]) -> slice:
        """Where in its level the continuations of one context lie; empty if it never occurred."""
        if not len(context):
            return slice(0, self.trie.vocabulary_size)
        index = np.zeros(1, np.int64)
        for n, word in enumerate(context):
            index = self.trie.find(n, index, np.array([word]))
        if index[0] < 0:
            return slice(0, 0)
        begin, end = self.trie.children(len(context), index)
        return slice(int(begin[0]), int(end[0]))

    def _of_block(self, tokens: Array) -> Array:
        """P of each token given those before it in the block, (M,); of start symbols, anything."""
        probabilities = np.full(len(tokens), 1 / self.trie.vocabulary_size)
        context = np.zeros(len(tokens), np.int64)
        for n in range(1, self.trie.order + 1):
            found = self.trie.find(n - 1, context, tokens)
            totals, removed = self._masses(n, context)
            seen = np.flatnonzero(totals)
            probabilities[seen] *= removed[seen] / totals[seen]
            there = seen[found[seen] >= 0]
            counts = self.trie.levels[n - 1].counts[found[there]].astype(np.int64)
            probabilities[there] += (counts - self._removed(n, counts)) / totals[there]
            context = np.concatenate([[-1], found[:-1]])
        return probabilities

    def _masses(self, n: int, contexts: Array) -> tuple[Array, Array]:
        """Σ c and Σ D(c) over the continuations of contexts, (M,) each; 0 where there are none."""
        if n == 1:
            counts = self.trie.levels[0].counts.astype(np.int64)
            totals, removed = counts.sum(), self._removed(1, counts).sum()
            return np.full(len(contexts), totals), np.full(len(contexts), removed)
        different, which = np.unique(contexts, return_inverse=True)
        masses = np.zeros((2, len(different)))
        known = np.flatnonzero(different >= 0)
        begin, end = self.trie.children(n - 1, different[known])
        known, begin, end = (part[begin < end] for part in (known, begin, end))
        lengths = end - begin
        offsets = np.cumsum(lengths) - lengths
        entries = np.repeat(begin - offsets, lengths) + np.arange(lengths.sum())
        counts = self.trie.levels[n - 1].counts[entries].astype(np.int64)
        if len(known):
            masses[0, known] = np.add.reduceat(counts, offsets)
            masses[1, known] = np.add.reduceat(self._removed(n, counts), offsets)
        return masses[0, which], masses[1, which]


def discounts_of(counts: Array) -> Array:
    """D for counts 0, 1, 2, and 3 or more, from how many n-grams n_k count k.

        Y = n₁ / (n₁ + 2 n₂)    D₁ = 1 − 2Y n₂/n₁    D₂ = 2 − 3Y n₃/n₂    D₃ = 3 − 4Y n₄/n₃

    Where a text is too small or too even for these to lie strictly between 0 and their count, Y
    serves for all three (Ney, Essen and Kneser 1994); and where n₁ or n₂ is 0, it is ½, 1 and 1½
    (the fall-back of KenLM, Heafield et al. 2013).

    Args:
        counts: the counts of one level, zeros allowed, (K,).

    >>> discounts_of(np.array([1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4]))
    array([0. , 0.5, 1. , 2. ])
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6)
    if not (n[1] and n[2]):
        return np.array([0.0, 0.5, 1.0, 1.5])
    y = n[1] / (n[1] + 2 * n[2])
    if n[3]:
        modified = [k - (k + 1) * y * n[k + 1] / n[k] for k in (1, 2, 3)]
        if all(0 < d < k for k, d in enumerate(modified, 1)):
            return np.array([0.0, *modified])
    return np.array([0.0, y, y, y])
