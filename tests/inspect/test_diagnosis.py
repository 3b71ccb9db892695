import json
import math
import subprocess
import sys

import pytest
import torch
from tests.lab.models import random_model
from torch import nn

import elman
from elman.errors import ConfigError, DataError, ShapeError
from elman.inspect import Diagnosis, diagnose
from elman.inspect.results import Result


class Copier(nn.Module):
    """Says what came two steps ago; a stranger's network."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.RNN(1, 3, nonlinearity="relu", bias=False, batch_first=True)
        with torch.no_grad():
            self.layer.weight_ih_l0.copy_(torch.tensor([[1.0], [0.0], [0.0]]))
            self.layer.weight_hh_l0.copy_(torch.tensor([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]))

    def forward(self, x):
        return self.layer(x)[0][..., 2:]


def copied(sequences=40, steps=40):
    """Values, and what came two steps before each, with noise: no loss would have no gradient."""
    generator = torch.Generator().manual_seed(1)
    x = torch.rand(sequences, steps + 2, 1, generator=generator)
    return x[:, 2:], x[:, :-2] + 0.1 * torch.randn(sequences, steps, 1, generator=generator)


@pytest.fixture(scope="module")
def found():
    return diagnose(Copier(), copied())


def test_ends_in_plain_words(found) -> None:
    assert found.headline == "3 steps"
    assert found.verdict[:3] == (
        "It looks back 3 steps.",
        "The gradient falls below 1 % after 3 steps.",
        "Its memory gives back most of the variance of the last 3 steps.",
    )
    assert str(found).startswith(" ".join(found.verdict))
    assert repr(found) == str(found)
    assert found.skipped == ()
    advice = found.advice[0]
    assert advice.text == "Try a GRU or an LSTM in place of the Elman layer."
    assert advice.evidence == found.verdict[1]


def test_writes_all_as_json(found) -> None:
    assert isinstance(found, Result)
    written = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert written["kind"] == "diagnosis"
    assert list(written["results"]) == [
        "memory_horizon",
        "gradient_flow",
        "recall",
        "saturation",
        "spectrum",
    ]
    assert written["results"]["memory_horizon"]["steps"] == 3
    assert written["verdict"] == list(found.verdict)
    assert set(written["advice"][0]) == {"text", "evidence"}


def test_shows_itself(found) -> None:
    assert str(found.table()).startswith("Diagnosis: 3 steps\n")
    assert found._repr_html_().count("<svg") >= 2
    pytest.importorskip("matplotlib").use("Agg")
    from matplotlib import pyplot

    assert len(found.plot()) == 5
    pyplot.close("all")


def test_the_report_tells_the_same(found) -> None:
    report = found.report("net.py:model")
    assert (report.title, report.headline) == ("net.py:model", "3 steps")
    assert report.results == found.results
    assert report.notes == ["It read data."]


def test_what_cannot_be_measured_is_named_with_its_reason() -> None:
    class Fixed(nn.Module):
        """Takes twelve steps, and no others."""

        def __init__(self):
            super().__init__()
            self.layer = nn.GRU(2, 3, batch_first=True)
            self.head = nn.Linear(36, 4)

        def forward(self, x):
            return self.head(self.layer(x)[0].flatten(1))

    found = diagnose(Fixed(), (torch.rand(40, 12, 2), torch.zeros(40, dtype=torch.int64)))
    assert found.found.horizon is None
    ((name, why),) = found.skipped
    assert name == "how far back it looks"
    assert "must take sequences of any length" in why
    assert f"Not measured: {name}." in str(found)
    assert found.found.flow is not None
    assert found.headline == "no horizon"


def test_data_that_can_be_read_once_serves_every_instrument() -> None:
    x, y = copied()
    parts = ((x[rows], y[rows]) for rows in torch.arange(40).split(10))
    assert diagnose(Copier(), parts).verdict[0] == "It looks back 3 steps."


def test_without_data_inputs_are_random_and_it_says_so() -> None:
    found = diagnose(nn.LSTM(3, 4))
    assert found.source == "random"
    assert found.verdict[0].startswith("What it says depends on the last")
    assert any("Give targets" in advice.text for advice in found.advice)


def test_it_is_told_what_goes_on() -> None:
    told = []
    diagnose(Copier(), copied(), observer=told.append)
    assert [record["event"] for record in told] == ["stage"] * 6
    assert told[1]["text"] == "measuring how far back it looks"


def test_what_takes_long_is_told_on_the_way(monkeypatch) -> None:
    """A text that is read from 4,096 places, 512 after 512, each time after a long silence."""
    monkeypatch.setattr("elman.inspect.diagnosis._SILENCE_S", 0.0)
    told = []
    ids = torch.randint(8, (9_000,), generator=torch.Generator().manual_seed(1))
    diagnose(random_model("gru").module, ids, observer=told.append, tolerance=5.0)
    on_the_way = [each["text"] for each in told if "so far" in each["text"]]
    assert len(on_the_way) == 7  # of 4,096, and then the whole is told
    assert on_the_way[0].startswith("measuring how far back it looks: so far ")
    assert on_the_way[0].endswith(" by 512 of 4,096 places")


def test_faults_are_refused() -> None:
    with pytest.raises(ConfigError, match="must hold a recurrent layer"):
        diagnose(nn.Linear(1, 2), torch.rand(4, 5, 1))
    with pytest.raises(ShapeError, match="must bring I=1 numbers a step"):
        diagnose(Copier(), torch.rand(4, 5, 3))
    with pytest.raises(DataError, match="diagnose: a sequence must have at least 2 steps, got 1"):
        diagnose(Copier(), torch.rand(4, 1, 1))
    broken = Copier()
    nn.init.constant_(broken.layer.weight_hh_l0, math.nan)
    with pytest.raises(DataError, match=r"the weights must be finite, got NaN in `layer"):
        diagnose(broken, copied())


def test_it_is_found_where_it_is_promised() -> None:
    assert elman.inspect.diagnose is diagnose
    assert elman.inspect.Diagnosis is Diagnosis
    said = "import elman; print(elman.inspect.diagnose.__name__, elman.inspect.recall.__name__)"
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["diagnose", "recall"]
