"""Classes and what is read, as numbers, and back from a file."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tasks.classification.conftest import SAYINGS

from elman.data.labelled import Labelled
from elman.errors import CheckpointError, DataError
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.config import ExampleFields

TEXTS = [Labelled(saying, label, "") for label, saying in SAYINGS.items()]
SERIES = [
    Labelled(np.array([[1.0], [np.nan], [3.0]], np.float32), "2", ""),
    Labelled(np.array([[5.0]], np.float32), "10", ""),
]


@pytest.mark.parametrize("unit", ["word", "character"])
def test_a_codec_of_texts_returns(unit: str) -> None:
    codec = ClassCodec.fit(TEXTS, ExampleFields(unit=unit), "sayings")
    again = ClassCodec.from_json("codec.json", codec.to_json())
    assert again.classes == codec.classes == ("joy", "woe", "wonder")
    assert again.unit == unit and again.is_text
    assert again.encode(TEXTS[0]).tolist() == codec.encode(TEXTS[0]).tolist()


def test_a_codec_of_series_returns() -> None:
    named = [replace(each, channels=("x",)) for each in SERIES]
    codec = ClassCodec.fit(named, ExampleFields(), "series")
    again = ClassCodec.from_json("codec.json", codec.to_json())
    assert again.classes == ("2", "10") and again.size == 2  # a value, and whether it is missing
    np.testing.assert_array_equal(again.encode(SERIES[0]), codec.encode(SERIES[0]))
    assert again.channel_names == ("x",)
    assert again.number("10") == 1 and again.number("3") == -1
    with pytest.raises(DataError, match="must have 1 channel, as the model was trained on, got 2"):
        again.encode(Labelled(np.zeros((3, 2), np.float32), "2", "series 1"))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "image"},
        {"classes": ["joy"]},
        {"classes": ["joy", "joy", "woe"]},
        {"classes": ["joy", "woe", 3]},
        {"counts": [1, 1, -1]},
        {"reader": {"unit": "wrod"}},
        {"channel_names": [1]},
    ],
)
def test_a_damaged_codec_is_refused(change: dict[str, object]) -> None:
    content = ClassCodec.fit(TEXTS, ExampleFields(), "sayings").to_json()
    with pytest.raises(CheckpointError):
        ClassCodec.from_json("codec.json", {**content, **change})
    with pytest.raises(CheckpointError, match=r"codec\.json: it must hold"):
        ClassCodec.from_json("codec.json", [])


def test_a_text_of_white_space_is_refused() -> None:
    codec = ClassCodec.fit(TEXTS, ExampleFields(), "sayings")
    with pytest.raises(DataError, match="line 3 must have a word"):
        codec.encode(Labelled(" \n ", "joy", "line 3"))
