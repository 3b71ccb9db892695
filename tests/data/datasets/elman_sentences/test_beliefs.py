import itertools

import numpy as np
import pytest

from elman.data.datasets.elman_sentences import beliefs, machine
from elman.data.datasets.elman_sentences.grammar import read_rules
from elman.data.datasets.elman_sentences.machine import build
from elman.errors import ConfigError

SMALL = """
sentence    -> 50% a . <eos> | 30% b relative:one b . <eos> | 20% c relative:one c . <eos>
relative:n  -> 60% that a | 40% that a relative:n
"""


def joint(model, words):
    """The slow twin: the probability of `words` standing anywhere, over all states to begin in."""
    mass = model.stationary
    for word in words:
        after = np.zeros_like(mass)
        for s, share in enumerate(mass):
            after[model.following[s, word]] += share * model.probabilities[s, word]
        mass = after
    return mass.sum()


@pytest.fixture(scope="module")
def small():
    return build(read_rules(SMALL))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_truncated_distribution_equals_enumeration(small, n) -> None:
    V = len(small.words)
    for context in itertools.product(range(V), repeat=n):
        before = joint(small, context)
        belief = beliefs.believe(small, list(context))
        if before == 0:
            assert not belief.any()
            continue
        truth = [joint(small, (*context, word)) / before for word in range(V)]
        np.testing.assert_allclose(belief @ small.probabilities, truth, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_extra_loss_equals_enumeration(small, n) -> None:
    """Entropy of n + 1 words less that of n words, less the entropy per word."""

    def entropy(length):
        every = itertools.product(range(len(small.words)), repeat=length)
        masses = np.array([joint(small, words) for words in every])
        masses = masses[masses > 0]
        return float(-(masses * np.log(masses)).sum())

    extra = next(itertools.islice(beliefs.extra_losses(small), n, None))
    assert extra == pytest.approx(entropy(n + 1) - entropy(n) - small.entropy(), abs=1e-10)


def test_truncated_distribution_equals_enumeration_over_prefixes_of_the_grammar() -> None:
    """Sum over every way into the context: all states weighted by how often they are met."""
    for context in ("cats", "that", "loves the", "boys I love"):
        ids = machine().encode(context.split())
        before = joint(machine(), ids)
        truth = [joint(machine(), (*ids, word)) / before for word in range(len(machine().words))]
        got = beliefs.believe(machine(), ids) @ machine().probabilities
        np.testing.assert_allclose(got, truth, rtol=0, atol=1e-12)


def test_extra_loss_never_rises_and_ends_near_zero() -> None:
    extra = list(itertools.islice(beliefs.extra_losses(machine()), 14))
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(extra))
    assert extra[-1] < 1e-3


def test_horizon_is_the_first_within_tolerance(small) -> None:
    extra = list(itertools.islice(beliefs.extra_losses(small), 8))
    for n, further in ((1, 2), (2, 3), (3, 5)):  # a level is two words: the fourth tells nothing
        assert beliefs.horizon(small, extra[n]) == n
        assert beliefs.horizon(small, extra[n] * 0.999) == further


def test_a_horizon_of_known_length() -> None:
    """b or c comes back after at least two words; only the first word tells which."""
    model = build(read_rules("sentence -> 50% b x x x b <eos> | 50% c x x x c <eos>"))
    extra = list(itertools.islice(beliefs.extra_losses(model), 6))
    assert extra[3] == pytest.approx(np.log(2) / 6)  # one word in six cannot be told
    assert extra[4] == pytest.approx(0, abs=1e-12)
    assert beliefs.horizon(model) == 4


@pytest.mark.parametrize("tolerance", [0, -1.0])
def test_a_tolerance_of_nothing_is_refused(tolerance) -> None:
    with pytest.raises(ConfigError, match="horizon: `tolerance` must be above 0"):
        beliefs.horizon(machine(), tolerance)


def test_a_horizon_out_of_sight_is_refused() -> None:
    endless = build(
        read_rules("sentence -> 50% b rest b <eos> | c rest c <eos>\nrest -> x | x rest")
    )
    with pytest.raises(ConfigError, match="`tolerance` must be met within 64 words"):
        beliefs.horizon(endless, 1e-30)
