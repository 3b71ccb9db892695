import pytest
import torch
from torch import nn

from elman.inspect.playing import recordings
from elman.nn import GRU
from elman.sequences import PaddedBatch


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.layer = nn.LSTM(3, 4, batch_first=True)

    def forward(self, x):
        return self.layer(self.embedding(x))[0]


def test_the_states_and_gates_of_the_first_sequence() -> None:
    model, ids = Tagger(), torch.tensor([[3, 1, 4, 1], [0, 0, 0, 0]])
    (played,) = recordings(model, ids)
    assert (played.name, played.cell) == ("LSTM", "lstm")
    assert [step.word for step in played.steps] == ["3", "1", "4", "1"]
    with torch.no_grad():
        h, (_, c) = model.layer(model.embedding(ids[:1]))
    assert played.steps[2].layers[0].h == pytest.approx(h[0, 2].tolist(), abs=1e-6)
    assert played.steps[3].layers[0].c == pytest.approx(c[0, 0].tolist(), abs=1e-6)
    assert list(played.steps[0].layers[0].gates) == ["i", "f", "o"]
    assert played.to_json()["hidden"] == 4


def test_layers_of_other_widths_and_directions_stand_apart() -> None:
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.GRU(2, 3, bidirectional=True)
            self.second = nn.RNN(6, 5)

        def forward(self, x):
            return self.second(self.first(x)[0])[0]

    played = recordings(Two(), torch.rand(7, 4, 2), steps=6)
    assert [each.name for each in played] == ["GRU", "GRU, reverse", "Elman"]
    assert [len(each.steps) for each in played] == [6, 6, 6]
    assert [len(each.steps[0].layers[0].h) for each in played] == [3, 3, 5]
    assert all(each.to_json()["kind"] == "recording" for each in played)


def test_values_are_written_shortly() -> None:
    x = torch.tensor([[[0.12345, 2.0, -1.0, 4.0]]]).expand(2, 3, 4)
    (played,) = recordings(nn.GRU(4, 2, batch_first=True), x)
    assert played.steps[0].word == "0.12 2 -1 …".replace(" ", "\u2002")


def test_a_network_that_takes_padded_sequences_alone_is_played() -> None:
    class Padded(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stack = GRU(2, 3, batch_first=True)

        def forward(self, x: PaddedBatch) -> torch.Tensor:
            return self.stack(x)[0].last()

    batch = PaddedBatch(torch.rand(4, 5, 2), torch.tensor([3, 5, 1, 2]))
    (played,) = recordings(Padded(), batch)
    assert len(played.steps) == 3
