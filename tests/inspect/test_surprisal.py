import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from elman.errors import ConfigError, DataError
from elman.inspect.results import Result
from elman.inspect.surprisal import Surprisal, surprisal


class Predictor(nn.Module):
    """Predicts the next of seven ids."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(7, 5)
        self.layer = nn.GRU(5, 6, batch_first=True)
        self.head = nn.Linear(6, 7)

    def forward(self, x):
        return self.head(self.layer(self.embedding(x))[0])


class Coin:
    """An estimator that reads text."""

    def surprisal(self, text):
        return [(word, 1.0) for word in text.split()]


def test_a_module_predicts_ids() -> None:
    model, ids = Predictor(), torch.tensor([3, 1, 4, 1, 5])
    found = surprisal(model, ids)
    with torch.no_grad():
        logs = torch.log_softmax(model(ids[None])[0].double(), -1)
    expected = [-float(logs[t, ids[t + 1]]) / math.log(2) for t in range(4)]
    assert found.tokens == ("1", "4", "1", "5")
    assert_close(found.bits, tuple(expected), rtol=1e-5, atol=1e-6)
    assert found.mean == pytest.approx(sum(expected) / 4)


def test_shows_and_writes_itself() -> None:
    found = Surprisal(("the", "<b>", "the"), (1.0, 9.5, 2.0))
    assert isinstance(found, Result)
    assert found.most(2) == [(1, "<b>", 9.5), (2, "the", 2.0)]
    assert found.to_json() == {
        "kind": "surprisal",
        "tokens": ["the", "<b>", "the"],
        "bits": [1.0, 9.5, 2.0],
    }
    assert "<b>" not in found._repr_html_()
    axes = pytest.importorskip("matplotlib.figure").Figure().subplots()
    assert [bar.get_height() for bar in found.plot(axes).patches] == [1.0, 9.5, 2.0]


def test_faults_are_refused() -> None:
    with pytest.raises(DataError, match=r"`text` must be a string, got Tensor"):
        surprisal(Coin(), torch.arange(4))
    with pytest.raises(DataError, match="`text` must hold a token, got none"):
        surprisal(Coin(), "\n\n")
    with pytest.raises(DataError, match="must predict the next id after each"):
        surprisal(nn.GRU(3, 4, batch_first=True), torch.zeros(2, 5, 3))
    with pytest.raises(ConfigError, match="or one of Elman's models, got str"):
        surprisal("no model", torch.arange(4))
