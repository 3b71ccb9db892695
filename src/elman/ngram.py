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

__all__ = ["Array", "CountTrie", "Level", "check_ids", "count_ngrams", "insert_starts"]

Array = NDArray[Any]
"""Counts, ids or positions, of whatever whole or real number is narrow enough."""

_BLOCK = 2**21  # positions that are sorted at once; bounds the memory beside the counts themselves
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

    Beside the result and one copy of `ids`, this takes 4 bytes for each id and about 100 MB.

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
    index = tokens.astype(np.int32)  # of the n-gram that ends at each position, in its level
    words = _packed(np.arange(vocabulary_size + 1))
    counts = np.bincount(tokens, minlength=vocabulary_size + 1)
    counts[vocabulary_size] = 0
    unpreceded = vocabulary_size  # from this index on, n-grams begin with the start symbol
    levels: list[Level] = []
    for n in range(2, order + 1):
        found = _distinct(tokens, index, vocabulary_size)
        preceding = np.bincount(found.suffixes, minlength=len(counts))[:unpreceded]
        counts[:unpreceded] = np.maximum(preceding, counts[:unpreceded] > 0)
        first = np.searchsorted(found.keys, np.arange(len(counts) + 1) * (vocabulary_size + 1))
        levels.append(Level(words, _packed(counts), _packed(first)))
        words = _packed(found.keys % (vocabulary_size + 1))
        counts, unpreceded = found.counts, int(first[unpreceded])
        if n < order:
            _locate(found.keys, tokens, index, vocabulary_size)
    levels.append(Level(words, _packed(counts), np.empty(0, np.uint8)))
    return CountTrie(vocabulary_size, tuple(levels))


@dataclass(frozen=True)
class _Distinct:
    """Different n-grams of one length, ascending by key = (index of their context, last word).

    Attributes:
        keys: context · (V + 1) + last word, (K,) int64.
        counts: how often each occurs, (K,) int32.
        suffixes: index, one level below, of each without its first word, (K,) int32.
    """

    keys: Array
    counts: Array
    suffixes: Array

    def merged(self, other: "_Distinct") -> "_Distinct":
        """The n-grams of both, counts added up; this one's counts are used up."""
        at = np.searchsorted(self.keys, other.keys)
        known = at < len(self.keys)
        known[known] = self.keys[at[known]] == other.keys[known]
        self.counts[at[known]] += other.counts[known]
        gaps, new = at[~known], ~known
        return _Distinct(
            np.insert(self.keys, gaps, other.keys[new]),
            np.insert(self.counts, gaps, other.counts[new]),
            np.insert(self.suffixes, gaps, other.suffixes[new]),
        )


def _distinct(tokens: Array, index: Array, vocabulary_size: int) -> _Distinct:
    """All n-grams of `tokens`, where `index` locates those one word shorter."""
    found = _Distinct(*(np.empty(0, kind) for kind in (np.int64, np.int32, np.int32)))
    for start in range(1, len(tokens), _BLOCK):
        ends, keys = _block(tokens, index, vocabulary_size, start)
        order, ascending = _sorted(keys)
        runs = _beginnings(ascending)
        counts = np.diff(runs, append=len(keys)).astype(np.int32)
        found = found.merged(_Distinct(ascending[runs], counts, index[ends[order[runs]]]))
    return found


def _locate(distinct: Array, tokens: Array, index: Array, vocabulary_size: int) -> None:
    """Let `index` locate the n-grams with `distinct` keys in place of those one word shorter."""
    # from the end, since a block reads the index of the position before it
    for start in reversed(range(1, len(tokens), _BLOCK)):
        ends, keys = _block(tokens, index, vocabulary_size, start)
        order, ascending = _sorted(keys)
        runs = _beginnings(ascending)
        position = np.searchsorted(distinct, ascending[runs])
        index[start : start + _BLOCK] = _ABSENT
        index[ends[order]] = np.repeat(position, np.diff(runs, append=len(keys)))
    index[0] = _ABSENT


def _block(tokens: Array, index: Array, vocabulary_size: int, start: int) -> tuple[Array, Array]:
    """Positions of a block at which an n-gram ends, and its key."""
    words = tokens[start : start + _BLOCK]
    context = index[start - 1 : start - 1 + len(words)]
    ends = np.flatnonzero((context != _ABSENT) & (words != vocabulary_size))
    keys = context[ends].astype(np.int64) * (vocabulary_size + 1) + words[ends]
    return ends + start, keys


def _sorted(keys: Array) -> tuple[Array, Array]:
    """An order that sorts `keys`, and the keys in that order."""
    bits = len(keys).bit_length()
    if keys.max(initial=0) >> (63 - bits):
        order = np.argsort(keys, kind="stable")
        return order, keys[order]
    # key and position in one number: sorting these is several times faster than argsort
    both = (keys << bits) | np.arange(len(keys))
    both.sort()
    return both & ((1 << bits) - 1), both >> bits


def _beginnings(ascending: Array) -> Array:
    """Where each different value of an ascending array begins."""
    differs = np.empty(len(ascending), bool)
    differs[:1] = True
    np.not_equal(ascending[1:], ascending[:-1], out=differs[1:])
    return np.flatnonzero(differs)


def _packed(values: Array) -> Array:
    """The same non-negative integers in the narrowest unsigned type that holds them."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
