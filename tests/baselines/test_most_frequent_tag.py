from pathlib import Path

import pytest

from elman.baselines.most_frequent_tag import MostFrequentTag
from elman.data.tagged import Sentence
from elman.errors import CheckpointError, DataError

TEXT = [
    Sentence(("love", "cats"), ("V", "N")),
    Sentence(("love", "love"), ("N", "V")),
    Sentence(("run", "run"), ("V", "N")),
]


def test_by_hand() -> None:
    model = MostFrequentTag.fit(TEXT)
    assert model.tag(["love", "cats", "run", "dogs"]) == ("V", "N", "N", "N")
    assert model.tag([]) == ()


def test_saved_and_loaded(tmp_path: Path) -> None:
    model = MostFrequentTag.fit(TEXT)
    model.save(tmp_path)
    assert MostFrequentTag.load(tmp_path) == model


def test_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="must hold a tagged word, got none"):
        MostFrequentTag.fit([])
    with pytest.raises(CheckpointError, match="must hold a fitted most frequent tag"):
        MostFrequentTag.load(tmp_path)
