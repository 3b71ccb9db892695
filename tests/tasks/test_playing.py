from pathlib import Path

import pytest
import torch
from torch import nn

from elman import LanguageModel
from elman.page.network import BrowserNetwork
from elman.tasks import playing
from elman.tasks.playing import play


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("text") / "cats.txt"
    path.write_text("I love cats .\n" * 300)
    return path


@pytest.fixture(scope="module")
def model(text: Path) -> LanguageModel:
    return LanguageModel(cell="gru", hidden_size=4, epochs=1, ngram_order=0, threads=1).fit(text)


def test_a_page_runs_a_small_language_model_itself(model, text) -> None:
    shown = play(model, text)
    (network,) = shown.sources
    assert isinstance(network, BrowserNetwork)
    assert network.tokens == model.material(text).names
    assert shown.text == "I love cats ."


def test_a_large_one_is_shown_as_a_recording(model, text, monkeypatch) -> None:
    monkeypatch.setattr(playing, "MOST_NUMBERS", 10)
    shown = play(model, text)
    (recording,) = shown.sources
    assert " ".join(step.word for step in recording.steps[:6]) == "I love cats . <eos> I"
    assert len(recording.steps[0].next) == 5
    assert shown.text == ""


def test_any_network_is_shown_as_a_recording() -> None:
    shown = play(nn.GRU(2, 3, batch_first=True), torch.rand(4, 5, 2))
    assert [len(each.steps) for each in shown.sources] == [5]
