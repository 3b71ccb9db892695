import itertools
import math

import pytest

from elman.data.datasets.elman_sentences import (
    entropy,
    extra_losses,
    generate,
    horizon,
    next_word,
    next_word_truncated,
)
from elman.errors import DataError


@pytest.mark.parametrize(
    ("prefix", "following"),
    [
        ("I", ("am", "have", "will")),
        ("I love", ("you", "this", "cats")),
        ("I love cats", (".", "very", "and")),
    ],
)
def test_the_nine_continuations(prefix, following) -> None:
    probabilities = next_word(prefix.split())
    for word in following:
        assert probabilities[word] > 0.02


def test_the_nested_sentence_and_its_agreement() -> None:
    words = ["cats", "that", "the", "dog", "I", "love", "chases", "sleep", "."]
    for n in range(len(words)):
        assert next_word(words[:n])[words[n]] > 0
    assert "sleeps" not in next_word(words[:7])
    assert "chase" not in next_word(words[:6])
    assert "loves" not in next_word(words[:5])


def test_three_nested_clauses_and_no_fourth() -> None:
    words = ["cats", "that", "dogs", "that", "boys", "that", "girls"]
    assert "that" in next_word(words[:5])
    assert "that" not in next_word(words)


@pytest.mark.parametrize("context", [[], ["love"], ["the", "dog"], ["that"]])
def test_probabilities_add_to_one_likeliest_first(context) -> None:
    for probabilities in (next_word_truncated(context), next_word(["I", "love", "cats"])):
        values = list(probabilities.values())
        assert sum(values) == pytest.approx(1)
        assert values == sorted(values, reverse=True)
        assert values[-1] > 0


def test_the_end_of_a_line_follows_every_full_stop() -> None:
    assert next_word(["I", "love", "cats", "."]) == {"<eos>": pytest.approx(1)}
    assert next_word(["I", "love", "cats", ".", "<eos>"]) == pytest.approx(next_word([]))


def test_memory_matters_and_the_horizon_is_nine() -> None:
    off, full = math.exp(entropy() + next(itertools.islice(extra_losses(), 1, None))), entropy()
    assert off > 1.5 * math.exp(full)
    assert horizon() == 9
    assert horizon(tolerance=0.1) == 4


def test_a_context_that_cannot_be_is_refused() -> None:
    with pytest.raises(DataError, match="`context` must be words it can say, got 'I loves'"):
        next_word_truncated(["I", "loves"])


def test_sentences_of_all_depths_occur() -> None:
    longest = max(len(sentence.split()) for sentence in generate(5000, seed=1))
    assert longest >= 20
