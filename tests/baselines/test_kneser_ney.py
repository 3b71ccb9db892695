import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.baselines import kneser_ney
from elman.baselines.kneser_ney import KneserNey, discounts_of
from elman.errors import DataError

START = "<s>"


class NaiveKneserNey:
    """The same model from its textbook definition: dictionaries, one word at a time."""

    def __init__(self, ids, words, order, starts):
        self.words, self.order = words, order
        occurs, preceding = Counter(), {}
        for sequence in self.sequences(ids, starts):
            for n in range(1, order + 1):
                for i in range(len(sequence) - n + 1):
                    gram = tuple(sequence[i : i + n])
                    occurs[gram] += 1
                    preceding.setdefault(gram, set()).update(sequence[i - 1 : i] if i else ())
        self.counts = {
            gram: count if len(gram) == order or gram[0] == START else max(1, len(preceding[gram]))
            for gram, count in occurs.items()
            if gram[-1] != START
        }
        self.discounts = [self.discounts_at(n) for n in range(1, order + 1)]

    @staticmethod
    def sequences(ids, starts):
        if starts is None:
            return [list(ids)]
        bounds = [*([0] if starts[0] else []), *starts, len(ids)]
        pieces = [list(ids[a:b]) for a, b in pairwise(bounds)]
        return [p if k == 0 and starts[0] else [START, *p] for k, p in enumerate(pieces)]

    def discounts_at(self, n):
        n1, n2, n3, n4 = (
            sum(len(gram) == n and c == k for gram, c in self.counts.items()) for k in (1, 2, 3, 4)
        )
        if not n1 or not n2:
            return 0.5, 1.0, 1.5
        y = n1 / (n1 + 2 * n2)
        d1, d2, d3 = 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3 if n3 else 0
        return (d1, d2, d3) if 0 < d1 < 1 and 0 < d2 < 2 and 0 < d3 < 3 else (y, y, y)

    def probability(self, word, context):
        """P(word | context), the context being whole, start symbol included."""
        lower, given = 1 / self.words, tuple(context)
        for n in range(1, self.order + 1):
            h = given[len(given) - n + 1 :]
            if len(h) != n - 1:
                break
            following = {v: self.counts.get((*h, v), 0) for v in range(self.words)}
            total = sum(following.values())
            if not total:
                break

            def discount(count, n=n):
                return self.discounts[n - 1][min(count, 3) - 1] if count else 0

            backoff = sum(map(discount, following.values())) / total
            lower = (following[word] - discount(following[word])) / total + backoff * lower
        return lower

    def probabilities(self, ids, starts):
        return [
            self.probability(word, sequence[:i])
            for sequence in self.sequences(ids, starts)
            for i, word in enumerate(sequence)
            if word != START
        ]


def skewed(rng, length, words=6):
    return np.minimum(rng.geometric(0.4, length) - 1, words - 1)


@st.composite
def texts(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    ids = skewed(rng, draw(st.integers(1, 120)))
    if draw(st.booleans()):
        return ids, None
    share = draw(st.sampled_from([0.02, 0.3]))
    return ids, np.flatnonzero(rng.random(len(ids)) < share) if len(ids) > 1 else np.array([0])


@given(texts(), texts(), st.integers(1, 5))
def test_every_probability_equals_that_of_the_textbook_definition(train, held_out, order):
    (ids, starts), (test_ids, test_starts) = train, held_out
    starts = None if starts is not None and not len(starts) else starts
    test_starts = None if test_starts is not None and not len(test_starts) else test_starts
    model = KneserNey.fit(ids, 6, order=order, starts=starts)
    naive = NaiveKneserNey(ids.tolist(), 6, order, None if starts is None else starts.tolist())
    expected = naive.probabilities(
        test_ids.tolist(), None if test_starts is None else test_starts.tolist()
    )
    found = model.log_probabilities(test_ids, test_starts)
    np.testing.assert_allclose(np.exp(found), expected, rtol=1e-12)


@given(texts(), st.lists(st.integers(0, 5), max_size=6), st.booleans(), st.integers(1, 5))
def test_the_next_word_has_a_proper_distribution(text, context, started, order):
    ids, starts = text
    model = KneserNey.fit(ids, 6, order=order, starts=starts)
    p = model.next(context, started=started)
    assert p.shape == (6,)
    assert (p > 0).all()
    assert math.isclose(p.sum(), 1, rel_tol=1e-12)


@given(texts())
def test_next_agrees_with_log_probabilities(text):
    ids, starts = text
    model = KneserNey.fit(ids, 6, order=3, starts=starts)
    for given_starts, started in ((None, False), (np.array([0]), True)):
        scored = np.exp(model.log_probabilities(ids, given_starts))
        one_by_one = [model.next(ids[:i], started=started)[ids[i]] for i in range(len(ids))]
        np.testing.assert_allclose(scored, one_by_one, rtol=1e-12)


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(1)
    ids, starts = skewed(rng, 500), np.arange(0, 500, 7)
    model = KneserNey.fit(ids, 6, starts=starts)
    whole = model.log_probabilities(ids, starts)
    monkeypatch.setattr(kneser_ney, "_BLOCK", 13)
    np.testing.assert_array_equal(model.log_probabilities(ids, starts), whole)


def test_a_hand_computed_bigram():
    # a b a b a c: a is followed by b twice and by c once; b by a twice; all discounts fall back
    model = KneserNey.fit(np.array([0, 1, 0, 1, 0, 2]), 3, order=2)
    # level 1 counts preceding words: a (after b) 1, b 1, c 1: n2 = 0, so D = ½, 1, 1½
    p_b = (1 - 0.5) / 3 + 0.5 * (1 / 3)
    # level 2 has n1 = 1, n2 = 2: Y = 1/5 for all (n3 = 0)
    assert math.isclose(model.next([0])[1], (2 - 0.2) / 3 + (0.2 + 0.2) / 3 * p_b)


@pytest.mark.parametrize("order", [1, 2, 5])
def test_one_word_repeated_is_a_sound_model(order):
    model = KneserNey.fit(np.zeros(1, dtype=int), 4, order=order)
    p = model.next([0, 0])
    assert math.isclose(p.sum(), 1)
    assert (p > 0).all()
    assert p.argmax() == 0


def test_a_vocabulary_of_one_word_is_certain():
    assert KneserNey.fit(np.zeros(10, dtype=int), 1).perplexity(np.zeros(5, dtype=int)) == 1


def test_contexts_do_not_reach_across_a_start():
    ids = np.array([0, 1, 2, 3] * 20)
    model = KneserNey.fit(ids, 4, starts=np.arange(0, 80, 2))
    apart = model.log_probabilities(np.array([1, 2, 3]), np.array([1]))
    assert apart[1] == pytest.approx(np.log(model.next([])[2]))
    assert apart[2] == pytest.approx(np.log(model.next([2])[3]))


def test_perplexity_is_that_of_the_mean():
    ids = skewed(np.random.default_rng(2), 300)
    model = KneserNey.fit(ids, 6)
    assert model.perplexity(ids) == pytest.approx(np.exp(-model.log_probabilities(ids).mean()))


def test_a_longer_context_helps_on_text_that_repeats():
    ids = np.array([0, 1, 2, 0, 2, 1, 3, 3] * 40)
    perplexities = [KneserNey.fit(ids, 4, order=n).perplexity(ids) for n in (1, 2, 3, 4)]
    assert perplexities == sorted(perplexities, reverse=True)
    assert perplexities[-1] < 1.1 < 3 < perplexities[0]


def test_discounts_are_those_of_chen_and_goodman():
    counts = np.repeat([1, 2, 3, 4, 9], [100, 40, 20, 12, 5])
    y = 100 / 180
    expected = [0, 1 - 2 * y * 0.4, 2 - 3 * y * 0.5, 3 - 4 * y * 0.6]
    np.testing.assert_allclose(discounts_of(counts), expected)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([], [0, 0.5, 1, 1.5]),
        ([0, 0], [0, 0.5, 1, 1.5]),
        ([1, 1, 1], [0, 0.5, 1, 1.5]),
        ([2, 2, 3], [0, 0.5, 1, 1.5]),
        ([1, 2], [0, 1 / 3, 1 / 3, 1 / 3]),
        ([1, 1, 2, 3, 3, 3, 3, 3, 3], [0, 0.5, 0.5, 0.5]),  # 2 − 3Y·n₃/n₂ < 0
    ],
)
def test_discounts_of_degenerate_counts_fall_back(counts, expected):
    np.testing.assert_allclose(discounts_of(np.array(counts, dtype=int)), expected)


def test_faults_are_named():
    model = KneserNey.fit(np.array([0, 1]), 2)
    with pytest.raises(DataError, match="`ids` must lie in 0 … 1, got 2 at position 1"):
        model.log_probabilities(np.array([0, 2]))
    with pytest.raises(DataError, match=r"KneserNey.next: `ids` must lie in 0 … 1, got -1"):
        model.next([-1])
    with pytest.raises(DataError, match="must hold at least one token, got none"):
        model.perplexity(np.array([], dtype=int))
    assert model.log_probabilities(np.array([], dtype=int)).shape == (0,)
