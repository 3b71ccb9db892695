import base64

import numpy as np
import pytest
from tests.lab.asks.calls import ask
from tests.lab.models import random_classifier

from elman.errors import ConfigError, DataError
from elman.lab.asks.classify import ASKS
from elman.lab.laboratory import Laboratory
from elman.lab.news import News
from elman.lab.shelf import Exhibit, Shelf
from elman.tasks.classification.estimator import Classifier

ROWS = "a,b\n1,2\n-1,?\n0.5,3\n"


@pytest.fixture
def lab(tmp_path):
    made = Laboratory(None, tmp_path)
    made.shelf = Shelf(News())
    made.shelf.put(Exhibit("series", "S", random_classifier()))
    made.shelf.put(Exhibit("both", "B", random_classifier(bidirectional=True)))
    made.shelf.put(Exhibit("texts", "T", random_classifier(of_text=True)))
    return made


def read(lab, model, text, **args):
    return ask(ASKS, lab, "classify.read", model=model, text=text, **args)[0]


def unpacked(packed, classes=2):
    shares = np.frombuffer(base64.b64decode(packed["data"]), "<i2").astype(float)
    return (shares * packed["scale"] / 32767).reshape(-1, classes)


def estimator(lab, model):
    made = Classifier()
    made._trained = lab.shelf.find(model, None, object).trained
    return made


ROUNDED = {"rtol": 0, "atol": 1 / 32767}  # int16 shares of a number that is at most 1


def test_a_pasted_series_is_answered_after_every_step(lab):
    found = read(lab, "series", ROWS)
    values = np.array([[1, 2], [-1, np.nan], [0.5, 3]], np.float32)
    (wanted,) = estimator(lab, "series").predict_proba_steps(values)
    np.testing.assert_allclose(unpacked(found["shares"]), wanted, **ROUNDED)
    assert found["channels"] == ([1, -1, 0.5], [2, None, 3])
    assert found["label"] is None


def test_a_text_is_answered_after_every_word(lab):
    found = read(lab, "texts", "I love dogs")
    (wanted,) = estimator(lab, "texts").predict_proba_steps("I love dogs")
    np.testing.assert_allclose(unpacked(found["shares"]), wanted, **ROUNDED)
    assert (found["words"], found["known"]) == (("I", "love", "dogs"), (True, True, False))


def test_from_both_ends_there_is_one_answer_at_the_end(lab):
    found = read(lab, "both", ROWS)
    assert unpacked(found["shares"]).shape == (1, 2)
    assert not ask(ASKS, lab, "classify.about", model="both")[0]["early"]


def test_with_memory_off_what_came_before_says_nothing(lab):
    on, off = (read(lab, "series", "1,2\n3,4\n", memory=memory) for memory in (True, False))
    first = unpacked(off["shares"])[0]
    np.testing.assert_allclose(unpacked(on["shares"])[0], first, **ROUNDED)
    assert abs(unpacked(on["shares"])[1] - unpacked(off["shares"])[1]).max() > 1e-3


@pytest.mark.parametrize(
    ("model", "text", "error", "why"),
    [
        ("series", "1,2,3\n", DataError, "line 1 must have 2 numbers"),
        ("series", "1,2\n" * 5_001, ConfigError, "at most 5,000 samples here, got 5,001"),
        ("texts", " ", DataError, "must have a word"),
    ],
)
def test_what_cannot_be_read_is_refused(lab, model, text, error, why):
    with pytest.raises(error, match=why):
        read(lab, model, text)


def test_an_example_is_not_at_hand_without_a_run(lab):
    with pytest.raises(DataError, match="not at hand"):
        ask(ASKS, lab, "classify.example", model="series", number=1)
