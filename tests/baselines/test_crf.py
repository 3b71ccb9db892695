import sys
from pathlib import Path

import pytest

from elman.data.tagged import Sentence
from elman.errors import CheckpointError, ConfigError, DataError

pytest.importorskip("pycrfsuite")

from elman.baselines.crf import CRF, features

TEXT = [
    Sentence(("I", "love", "cats"), ("P", "V", "N")),
    Sentence(("my", "love", "sings"), ("D", "N", "V")),
] * 3


def test_context_tells_what_a_word_is() -> None:
    model = CRF.fit(TEXT)
    assert model.tag(["I", "love", "bats"]) == ("P", "V", "N")
    assert model.tag(["my", "love"]) == ("D", "N")
    assert model.tag([]) == ()


def test_many_tags_are_learnt_too() -> None:
    text = [Sentence((f"w{n}", "x"), (f"t{n}", "x")) for n in range(60)]
    model = CRF.fit(text)
    right = sum(model.tag(sentence.words) == sentence.tags for sentence in text)
    assert right == 60


def test_features() -> None:
    assert features(["In", "1961-x"])[0] == [
        *("w=in", "shape=Xx", "p1=i", "s1=n", "p2=in", "s2=in"),
        *("-2=<s>", "-1=<s>", "+1=1961-x", "+2=</s>"),
        *("-1,0=<s> in", "0,1=in 1961-x"),
    ]
    assert features(["1961-x"])[0][1] == "shape=9-x"


def test_saved_and_loaded_it_tags_alike(tmp_path: Path) -> None:
    model = CRF.fit(TEXT)
    model.save(tmp_path)
    again = CRF.load(tmp_path)
    assert again.model == model.model
    assert again.tag(["my", "cats", "love"]) == model.tag(["my", "cats", "love"])


def test_nothing_to_fit_or_load(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="must hold a tagged word, got none"):
        CRF.fit([])
    with pytest.raises(CheckpointError, match="must hold a fitted conditional random field"):
        CRF.load(tmp_path)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    with pytest.raises(ConfigError, match=r"pip install '\.\[baselines\]'"):
        CRF.fit(TEXT)
