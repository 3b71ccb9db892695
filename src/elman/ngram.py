"""Counting n-grams of ids, any number of them, into sorted arrays; and finding them again.

A trie of n-grams lies in flat arrays. Level n holds every n-gram that occurs, sorted by its first
n−1 words (as their index in level n−1), then by its last word; so the n-grams that continue one
context lie side by side, and a search is a bisection between two offsets. NumPy only.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.checks import check_range
from elman.errors import DataError

__all__ = ["CountTrie", "Level", "check_ids", "count_ngrams", "insert_starts"]

Array = NDArray[Any]

_BLOCK = 2**22  # positions that are sorted at once; bounds the memory beside the counts themselves
_ABSENT = -1


@dataclass(frozen=True)
class Level:
    """All n-grams of one length n; K of them.

    Attributes:
        words: the last word of each, (K,); within one context ascending.
        counts: how often each counts, (K,), at least 1 (at level 1: 0 for words that never occur).
        first: the n-grams of level n+1 that continue n-gram k are first[k] … first[k+1]−1,
            (K + 1,); empty at the highest level.
    """

    words: Array
    counts: Array
    first: Array


@dataclass(frozen=True)
class CountTrie:
    """Counts of n-grams as Kneser–Ney smoothing wants them.

    At the highest level an n-gram counts as often as it occurs. Below, it counts the different
    words that precede it (at least 1); save that n-grams which begin with the start symbol, which
    nothing can precede, count as often as they occur.

    Attributes:
        vocabulary_size: V; ids are 0 … V−1, and V itself is the start symbol, which is context
            only and never counted as a word.
        levels: levels[n−1] holds the n-grams of length n; level 1 lists all V+1 symbols.
    """

    vocabulary_size: int
    levels: tuple[Level, ...]

    @property
    def order(self) -> int:
        """The length of the longest n-grams."""
        return len(self.levels)

    @property
    def start_id(self) -> int:
        """The symbol that stands before the first word of a sequence."""
        return self.vocabulary_size

    def children(self, n: int, contexts: Array) -> tuple[Array, Array]:
        """Where in level n+1 the continuations of n-grams begin and end.

        Args:
            n: length of the contexts, at least 1.
            contexts: their indices in level n, (M,).

        Returns:
            Two (M,) int64 arrays: first index, and one past the last.
        """
        first = self.levels[n - 1].first
        return first[contexts].astype(np.int64), first[contexts + 1].astype(np.int64)

    def find(self, n: int, contexts: Array, words: Array) -> Array:
        """Indices in level n+1 of contexts continued by words; −1 where that never occurs.

        Args:
            n: length of the contexts; 0 for none, when each word is its own index.
            contexts: indices in level n, (M,), −1 for a context that never occurs.
            words: the continuations, (M,), start symbol allowed.
        """
        if n == 0:
            return words.astype(np.int64)
        found = np.full(len(words), _ABSENT, dtype=np.int64)
        known = np.flatnonzero(contexts != _ABSENT)
        begin, end = self.children(n, contexts[known])
        listed, wanted = self.levels[n].words, words[known]
        low, high = begin, end.copy()
        while (active := np.flatnonzero(low < high)).size:
            middle = (low[active] + high[active]) // 2
            less = listed[middle] < wanted[active]
            low[active[less]] = middle[less] + 1
            high[active[~less]] = middle[~less]
        inside = np.flatnonzero(low < end)
        hits = inside[listed[low[inside]] == wanted[inside]]
        found[known[hits]] = low[hits]
        return found


def check_ids(where: str, ids: Array, vocabulary_size: int) -> None:
    """Raise `DataError` unless `ids` are (N,) integers in 0 … V−1."""
    if ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
        raise DataError(f"{where}: `ids` must be (N,) integers, got {ids.shape} in {ids.dtype}.")
    if ids.size and not 0 <= ids.min() <= ids.max() < vocabulary_size:
        at = int(np.flatnonzero((ids < 0) | (ids >= vocabulary_size))[0])
        raise DataError(
            f"{where}: `ids` must lie in 0 … {vocabulary_size - 1}, got {ids[at]} at position {at}."
        )


def insert_starts(ids: Array, vocabulary_size: int, starts: Array | None) -> Array:
    """The ids with the start symbol V before each position of `starts`, as uint16 or uint32.

    Args:
        ids: (N,) integers in 0 … V−1.
        vocabulary_size: V.
        starts: positions at which a sequence starts, ascending; None for none.

    Raises:
        DataError: an id is not in the vocabulary, or `starts` are not ascending positions of `ids`.
    """
    check_ids("insert_starts", ids, vocabulary_size)
    tokens = ids.astype(np.uint16 if vocabulary_size < 2**16 else np.uint32)
    if starts is None or not len(starts):
        return tokens
    if starts[0] < 0 or starts[-1] >= len(ids) or np.any(np.diff(starts) <= 0):
        raise DataError(
            f"insert_starts: `starts` must be ascending positions in 0 … {len(ids) - 1},"
            f" got {np.asarray(starts)}."
        )
    return np.insert(tokens, starts, vocabulary_size)


def count_ngrams(
    ids: Array, vocabulary_size: int, order: int, starts: Array | None = None
) -> CountTrie:
    """Count the n-grams of length 1 … order; none reaches across the start of a sequence.

    Beside the result and one copy of `ids`, this takes 4 bytes for each id and about 200 MB.

    Args:
        ids: (N,) integers in 0 … V−1, for example memory-mapped; N at least 1.
        vocabulary_size: V.
        order: length of the longest n-grams, at least 1.
        starts: positions at which a sequence starts, ascending: the start symbol is put before
            each. None if the ids are one stretch whose beginning means nothing.

    Raises:
        DataError: there are no ids, or `insert_starts` cannot use them.
        ConfigError: `order` or `vocabulary_size` is below 1.

    >>> trie = count_ngrams(np.array([0, 1, 0, 1]), vocabulary_size=2, order=2)
    >>> [level.counts.tolist() for level in trie.levels]  # of 0, 1, start symbol; of 01, 10
    [[1, 1, 0], [2, 1]]
    """
    check_range("count_ngrams", "order", order, at_least=1)
    check_range("count_ngrams", "vocabulary_size", vocabulary_size, at_least=1)
    if not len(ids):
        raise DataError("count_ngrams: `ids` must hold at least one token, got none.")
    tokens = insert_starts(ids, vocabulary_size, starts)
    counts = np.bincount(tokens, minlength=vocabulary_size + 1)
    counts[vocabulary_size] = 0
    words = np.arange(vocabulary_size + 1)
    levels: list[Level] = []
    index = tokens.astype(np.int32)  # of the n-gram that ends at each position, in its level
    unpreceded = vocabulary_size  # from this index on, n-grams begin with the start symbol
    for n in range(2, order + 1):
        found = _Distinct.gather(tokens, index, vocabulary_size)
        context, following = np.divmod(found.keys, vocabulary_size + 1)
        preceding = np.bincount(found.suffixes, minlength=len(counts))
        counts[:unpreceded] = np.where(
            counts[:unpreceded] > 0, np.maximum(preceding[:unpreceded], 1), 0
        )
        first = np.searchsorted(context, np.arange(len(counts) + 1))
        levels.append(Level(_packed(words), _packed(counts), _packed(first)))
        words, counts, unpreceded = following, found.counts, int(first[unpreceded])
        if n < order:
            found.locate(tokens, index, vocabulary_size)
    levels.append(Level(_packed(words), _packed(counts), np.empty(0, np.uint8)))
    return CountTrie(vocabulary_size, tuple(levels))


@dataclass(frozen=True)
class _Distinct:
    """Different n-grams of one length, ascending by key = (index of their context, last word).

    Attributes:
        keys: context · (V + 1) + last word, (K,) int64.
        counts: how often each occurs, (K,) int64.
        suffixes: index, one level below, of each without its first word, (K,) int32.
    """

    keys: Array
    counts: Array
    suffixes: Array

    @classmethod
    def gather(cls, tokens: Array, index: Array, vocabulary_size: int) -> "_Distinct":
        """All n-grams of `tokens`, where `index` locates those one word shorter."""
        found = cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32))
        for start in range(1, len(tokens), _BLOCK):
            at, keys = _block(tokens, index, vocabulary_size, start)
            by_key, runs = _runs(keys)
            counts = np.diff(runs, append=len(keys))
            found = found._merged(cls(keys[by_key[runs]], counts, index[at[by_key[runs]]]))
        return found

    def _merged(self, other: "_Distinct") -> "_Distinct":
        keys = np.concatenate([self.keys, other.keys])
        by_key = np.argsort(keys, kind="stable")  # two ascending runs: merged in one sweep
        runs = _beginnings(keys[by_key])
        counts = np.concatenate([self.counts, other.counts])[by_key]
        suffixes = np.concatenate([self.suffixes, other.suffixes])
        first = by_key[runs]
        total = np.add.reduceat(counts, runs) if len(runs) else counts
        return _Distinct(keys[first], total, suffixes[first])

    def locate(self, tokens: Array, index: Array, vocabulary_size: int) -> None:
        """Let `index` locate these n-grams in place of those one word shorter; −1 for none."""
        # from the end, since a block reads the index of the position before it
        for start in reversed(range(1, len(tokens), _BLOCK)):
            at, keys = _block(tokens, index, vocabulary_size, start)
            by_key, runs = _runs(keys)
            lengths = np.diff(runs, append=len(keys))
            position = np.searchsorted(self.keys, keys[by_key[runs]])
            index[start : start + _BLOCK] = _ABSENT
            index[at[by_key]] = np.repeat(position, lengths)
        index[0] = _ABSENT


def _block(tokens: Array, index: Array, vocabulary_size: int, start: int) -> tuple[Array, Array]:
    """Positions of a block at which an n-gram ends, and its key."""
    block = slice(start, start + _BLOCK)
    context = index[start - 1 : block.stop - 1][: len(tokens[block])]
    ends = np.flatnonzero((context != _ABSENT) & (tokens[block] != vocabulary_size))
    keys = context[ends].astype(np.int64) * (vocabulary_size + 1) + tokens[block][ends]
    return ends + start, keys


def _runs(keys: Array) -> tuple[Array, Array]:
    """An order that sorts `keys`, and where in that order each different key begins."""
    by_key = np.argsort(keys)
    return by_key, _beginnings(keys[by_key])


def _beginnings(ascending: Array) -> Array:
    """Where each different value of an ascending array begins."""
    return np.flatnonzero(np.diff(ascending, prepend=ascending[:1] - 1))


def _packed(values: Array) -> Array:
    """The same non-negative integers in the narrowest unsigned type that holds them."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
