import itertools

import numpy as np
import pytest

from elman.data.datasets.elman_sentences import machine
from elman.data.datasets.elman_sentences.grammar import (
    FORMS,
    RULES,
    next_words,
    read_forms,
    read_rules,
)
from elman.data.datasets.elman_sentences.machine import build
from elman.errors import DataError

GRAMMAR = read_forms(FORMS) | read_rules(RULES)
SHARES = "60% noun:n | 40%"


def derive(words):
    """The slow twin: next-word probabilities from all derivations of `words`, stack by stack."""
    stacks = {(): 1.0}
    for word in words:
        after = {}
        for stack, share in stacks.items():
            for rest, probability in next_words(GRAMMAR, stack).get(word, {}).items():
                after[rest] = after.get(rest, 0.0) + share * probability
        total = sum(after.values())
        stacks = {stack: share / total for stack, share in after.items()}
    following = {}
    for stack, share in stacks.items():
        for word, rests in next_words(GRAMMAR, stack).items():
            following[word] = following.get(word, 0.0) + share * sum(rests.values())
    return following


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "I love cats and",
        "the bird that chases dogs I feed",
        "cats that the dog I love chases",
        "the cat that the dogs this boy that you love feeds chase takes birds",
        "Mary gives the girl that sleeps to",
        "I am very very happy . <eos> you",
    ],
)
def test_agrees_with_derivations(sentence) -> None:
    words = sentence.split()
    states = machine().walk(machine().encode(words))
    row = machine().probabilities[states[-1] if words else 0]
    truth = derive(words)
    assert {machine().words[v] for v in np.flatnonzero(row)} == set(truth)
    for word, probability in truth.items():
        assert row[machine().ids[word]] == pytest.approx(probability, abs=1e-8)


def test_rows_add_to_one() -> None:
    np.testing.assert_allclose(machine().probabilities.sum(1), 1, rtol=0, atol=1e-12)


def test_no_two_states_say_the_same() -> None:
    P, F = machine().probabilities, machine().following
    for a, b in itertools.pairwise(np.lexsort(P.round(6).T)):
        same_words = np.allclose(P[a], P[b], rtol=0, atol=1e-9)
        assert not (same_words and (F[a] == F[b]).all())


def test_merging_does_not_hang_on_the_last_digit() -> None:
    sizes = {
        len(build(read_forms(FORMS) | read_rules(RULES.replace(SHARES, shares))).stationary)
        for shares in (SHARES, "57% noun:n | 43%")
    }
    assert len(sizes) == 1


def test_stationary_shares_stay_as_they_are() -> None:
    P, F, shares = machine().probabilities, machine().following, machine().stationary
    after = np.zeros_like(shares)
    np.add.at(after, F, shares[:, None] * P)
    np.testing.assert_allclose(after, shares, rtol=0, atol=1e-14)
    assert shares.min() > 0
    assert shares.sum() == pytest.approx(1, abs=1e-12)


def test_a_vocabulary_of_about_fifty_words() -> None:
    assert 40 <= len(machine().words) <= 60
    assert "<eos>" in machine().words


def test_unknown_words_are_named() -> None:
    with pytest.raises(DataError, match=r"word 2 must be in the .* vocabulary, got 'luve'.*'love'"):
        machine().encode(["I", "luve"])


def test_impossible_words_are_named() -> None:
    with pytest.raises(DataError, match="word 2 must be one that may follow, got 'loves'"):
        machine().walk(machine().encode(["I", "loves"]))
