import numpy as np
import pytest

from elman.baselines.suffixes import SuffixGuesser
from elman.baselines.tag_counts import count_tags
from elman.data.tagged import Sentence

WORDS = {"cats": "N", "bats": "N", "sings": "V", "Rome": "P"}
COMMON = [Sentence(("the",), ("D",))] * 11  # too frequent to say anything of unknown words
TEXT = [Sentence((word,), (tag,)) for word, tag in WORDS.items()] + COMMON


def test_by_hand() -> None:
    guesser = SuffixGuesser.fit(count_tags(TEXT))  # tags by number: N, V, P, D
    shares = np.array([2, 1, 1, 11]) / 15
    theta = np.std(shares, ddof=1)
    assert guesser.theta == pytest.approx(theta)
    small = np.array([2 / 3, 1 / 3, 0, 0])  # of the rare words without a capital letter
    ending_s = (np.array([2 / 3, 1 / 3, 0, 0]) + theta * small) / (1 + theta)
    ending_ts = (np.array([1, 0, 0, 0]) + theta * ending_s) / (1 + theta)
    np.testing.assert_allclose(guesser.tags_of("ts"), ending_ts)
    np.testing.assert_allclose(guesser.tags_of("pots"), ending_ts)  # "ots" was never seen
    np.testing.assert_allclose(guesser.tags_of("xyz"), small)
    np.testing.assert_allclose(guesser.tags_of("Ypres"), [0, 0, 1, 0])


def test_shares_sum_to_one() -> None:
    guesser = SuffixGuesser.fit(count_tags(TEXT))
    for word in ("acrobats", "s", "", "Home", "12"):
        assert guesser.tags_of(word).sum() == pytest.approx(1)


def test_where_no_word_is_rare_all_count() -> None:
    guesser = SuffixGuesser.fit(count_tags([Sentence(("the", "a"), ("D", "A"))] * 11))
    assert guesser.tags_of("she").argmax() == 0
    np.testing.assert_allclose(guesser.tags_of("The"), [0.5, 0.5])
