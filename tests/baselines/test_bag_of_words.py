from pathlib import Path

import numpy as np
import pytest

from elman.baselines.bag_of_words import BagOfWords, terms
from elman.data.labelled import Labelled
from elman.errors import CheckpointError, DataError

TEXTS = [("I love cats", "joy"), ("oh no", "woe"), ("love you", "joy"), ("no cats no", "woe")]
EXAMPLES = [Labelled(text, label, "") for text, label in TEXTS]


def test_terms_are_words_and_pairs() -> None:
    assert sorted(terms("No, no cats").values()) == [1] * 5 + [2]  # "no" twice, four pairs
    assert terms("NO CATS") == terms("no\ncats")


def test_weights_by_hand() -> None:
    model = BagOfWords.fit(EXAMPLES)
    (cats,), (you,) = terms("cats"), terms("you")
    assert model.idf[cats] == pytest.approx(1 + np.log(5 / 3))
    assert model.idf[you] == pytest.approx(1 + np.log(5 / 2))


def test_it_learns_words_and_order() -> None:
    model = BagOfWords.fit(EXAMPLES)
    assert model.predict([text for text, _ in TEXTS]) == [label for _, label in TEXTS]
    probabilities = model.probabilities(["love", "no", "", "unheard-of"])
    np.testing.assert_allclose(probabilities.sum(1), 1)
    assert probabilities[0, 0] > 0.5 > probabilities[1, 0]
    np.testing.assert_allclose(probabilities[2], probabilities[3], rtol=0.1)  # the bias alone
    order = [Labelled("dog bites man", "dull", ""), Labelled("man bites dog", "news", "")]
    assert BagOfWords.fit(order).predict(["man bites dog"]) == ["news"]
    assert model.predict([]) == []


def test_saved_and_loaded(tmp_path: Path) -> None:
    model = BagOfWords.fit(EXAMPLES)
    model.save(tmp_path)
    texts = ["I love no cats", "you"]
    np.testing.assert_array_equal(
        BagOfWords.load(tmp_path).probabilities(texts), model.probabilities(texts)
    )


def test_what_cannot_be_fitted_or_loaded(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least two classes, got only 'joy'"):
        BagOfWords.fit(EXAMPLES[:1])
    with pytest.raises(CheckpointError, match="must hold a fitted bag of words"):
        BagOfWords.load(tmp_path)
