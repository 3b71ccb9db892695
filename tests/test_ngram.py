from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman import ngram
from elman.errors import ConfigError, DataError
from elman.ngram import CountTrie, check_ids, count_ngrams, insert_starts

START = "<s>"


def sequences_of(ids, starts):
    """The text as lists that each begin with the start symbol, if there are starts."""
    if starts is None:
        return [list(ids)]
    bounds = [*starts, len(ids)]
    head = [list(ids[: starts[0]])] if starts[0] else []
    return head + [[START, *ids[a:b]] for a, b in pairwise(bounds)]


def naive_counts(ids, order, starts):
    """{n-gram: count} as `CountTrie` defines it, by dictionaries."""
    raw, preceding = Counter(), {}
    for sequence in sequences_of(ids, starts):
        for n in range(1, order + 1):
            for i in range(len(sequence) - n + 1):
                gram = tuple(sequence[i : i + n])
                raw[gram] += 1
                preceding.setdefault(gram, set()).update(sequence[i - 1 : i] if i else ())
    return {
        gram: count if len(gram) == order or gram[0] == START else max(1, len(preceding[gram]))
        for gram, count in raw.items()
        if gram != (START,)
    }


def listed_counts(trie: CountTrie):
    """{n-gram: count} read back from the arrays."""
    grams = [((START if w == trie.start_id else int(w)),) for w in trie.levels[0].words]
    found = {g: int(c) for g, c in zip(grams, trie.levels[0].counts, strict=True) if c}
    for above, level in zip(trie.levels[:-1], trie.levels[1:], strict=True):
        begin, end = above.first[:-1], above.first[1:]
        grams = [
            (*gram, int(word))
            for gram, a, b in zip(grams, begin, end, strict=True)
            for word in level.words[int(a) : int(b)]
        ]
        found |= {g: int(c) for g, c in zip(grams, level.counts, strict=True)}
    return found


@st.composite
def texts(draw):
    ids = draw(st.lists(st.integers(0, 4), min_size=1, max_size=40))
    starts = draw(
        st.none() | st.lists(st.integers(0, len(ids) - 1), unique=True, min_size=1).map(sorted)
    )
    return np.array(ids), None if starts is None else np.array(starts)


@given(texts(), st.integers(1, 5), st.integers(1, 50))
def test_counts_equal_those_of_dictionaries_whatever_the_block(text, order, block):
    ids, starts = text
    whole = ngram._BLOCK
    try:
        ngram._BLOCK = block
        trie = count_ngrams(ids, 5, order, starts)
    finally:
        ngram._BLOCK = whole
    assert listed_counts(trie) == naive_counts(
        ids.tolist(), order, None if starts is None else starts.tolist()
    )


def test_keys_too_wide_to_carry_their_position_are_sorted_all_the_same():
    keys = np.array([2**62, 5, 2**62, 7])
    order, ascending = ngram._sorted(keys)
    assert ascending.tolist() == [5, 7, 2**62, 2**62]
    assert order.tolist() == [1, 3, 0, 2]


def test_arrays_are_as_narrow_as_their_numbers_allow():
    trie = count_ngrams(np.arange(300) % 200, 200, 3)
    assert trie.levels[1].words.dtype == np.uint8
    assert trie.levels[1].counts.dtype == np.uint8


@given(texts())
def test_find_locates_every_ngram_and_nothing_else(text):
    ids, starts = text
    trie = count_ngrams(ids, 5, 3, starts)
    contexts = np.repeat(np.arange(-1, len(trie.levels[1].words)), 6)
    words = np.tile(np.arange(6), len(contexts) // 6)
    for context, word, index in zip(contexts, words, trie.find(2, contexts, words), strict=True):
        begin, end = (
            (0, 0) if context < 0 else (int(e[0]) for e in trie.children(2, np.array([context])))
        )
        following = trie.levels[2].words[begin:end].tolist()
        assert index == (begin + following.index(word) if word in following else -1)


def test_the_start_symbol_goes_before_every_start():
    tokens = insert_starts(np.array([4, 3, 2]), 5, np.array([0, 2]))
    assert tokens.tolist() == [5, 4, 3, 5, 2]
    assert tokens.dtype == np.uint16
    assert insert_starts(np.array([1]), 2**16, None).dtype == np.uint32


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([0, 7, 1], r"`ids` must lie in 0 … 4, got 7 at position 1"),
        ([-1], r"`ids` must lie in 0 … 4, got -1 at position 0"),
        ([0.5], r"`ids` must be \(N,\) integers, got \(1,\) in float64"),
        ([[1]], r"`ids` must be \(N,\) integers, got \(1, 1\) in int64"),
    ],
)
def test_ids_outside_the_vocabulary_are_refused(ids, message):
    with pytest.raises(DataError, match=message):
        check_ids("somewhere", np.array(ids), 5)


@pytest.mark.parametrize("starts", [[1, 1], [2, 1], [0, 3], [-1, 2]])
def test_starts_that_do_not_ascend_within_the_ids_are_refused(starts):
    with pytest.raises(DataError, match="`starts` must be ascending positions in 0 … 2"):
        insert_starts(np.array([0, 1, 2]), 5, np.array(starts))


def test_nothing_to_count_is_refused():
    with pytest.raises(DataError, match="must hold at least one token, got none"):
        count_ngrams(np.array([], dtype=int), 5, 2)
    with pytest.raises(ConfigError, match="`order` must be at least 1, got 0"):
        count_ngrams(np.array([1]), 5, 0)
