from collections import Counter

import numpy as np
import pytest

from elman.data.datasets.elman_sentences import generate, machine
from elman.errors import ConfigError


def test_the_same_seed_draws_the_same() -> None:
    assert list(generate(300, seed=4)) == list(generate(300, seed=4))
    assert list(generate(300, seed=4)) != list(generate(300, seed=5))


def test_fewer_sentences_are_the_beginning_of_more() -> None:
    more = list(generate(5000, seed=4))
    assert list(generate(4097, seed=4)) == more[:4097]
    assert list(generate(3, seed=4)) == more[:3]


def test_the_first_sentences_never_change() -> None:
    """Published figures hang on them."""
    assert list(generate(2, seed=1)) == ["cats that I feed are old .", "this girl walks ."]


def test_every_sentence_is_of_the_grammar_and_ends_in_a_full_stop() -> None:
    for sentence in generate(2000, seed=6):
        words = sentence.split()
        machine().walk(machine().encode([*words, "<eos>"]))
        assert words.index(".") == len(words) - 1


def test_frequencies_agree_with_probabilities() -> None:
    """Each count within five standard deviations of what its state and word should have."""
    words = [word for text in generate(20_000, seed=8) for word in (*text.split(), "<eos>")]
    ids = machine().encode(words)
    states = np.append(0, machine().walk(ids)[:-1])
    visits, pairs = Counter(states.tolist()), Counter(zip(states.tolist(), ids, strict=True))
    checked = 0
    for state, count in visits.items():
        for word in np.flatnonzero(machine().probabilities[state] * count >= 20):
            p = machine().probabilities[state, word]
            spread = np.sqrt(count * p * (1 - p)) + 1e-9
            assert abs(pairs[state, word] - count * p) <= 5 * spread
            checked += 1
    assert checked > 300


def test_nothing_is_drawn_for_none() -> None:
    assert list(generate(0)) == []


@pytest.mark.parametrize("arguments", [(-1, 0), (1, -1)])
def test_numbers_below_zero_are_refused(arguments) -> None:
    with pytest.raises(
        ConfigError, match=r"generate: `(sentences|seed)` must be at least 0, got -1"
    ):
        list(generate(*arguments))
