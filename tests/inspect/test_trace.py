import math

import pytest
import torch
from tests.inspect.strangers import Looping, PackedTagger, TimeMajorLM, Turning
from tests.inspect.unrolled import unroll
from torch import nn
from torch.testing import assert_close

import elman.nn
from elman.errors import DataError, ShapeError
from elman.inspect.trace import trace
from elman.sequences import PaddedBatch

EQUATIONS = {
    "RNN": lambda g, h, c: g["h"],
    "GRU": lambda g, h, c: (1 - g["z"]) * g["n"] + g["z"] * h,
    "LSTM": lambda g, h, c: g["o"] * torch.tanh(g["f"] * c + g["i"] * g["g"]),
}
"""h_t from the gates of step t, h_{t-1} and c_{t-1}."""


def assert_obeys(layer, kind):
    """Gates and states of a trace fit together by the cell's own equation, step by step."""
    h, c = layer.h, layer.c
    steps = range(h.shape[1])
    backwards = layer.direction == "reverse"
    for t in steps:
        before = t + 1 if backwards else t - 1
        h_0 = h[:, before] if before in steps else torch.zeros_like(h[:, 0])
        c_0 = None if c is None else c[:, before] if before in steps else torch.zeros_like(c[:, 0])
        gates = {letter: gate[:, t] for letter, gate in layer.gates.items()}
        assert_close(EQUATIONS[kind](gates, h_0, c_0), h[:, t], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("ours", [False, True])
@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_states_and_gates_of_every_layer_and_direction(kind, ours) -> None:
    layer = getattr(elman.nn if ours else nn, kind)(3, 4, 2, batch_first=True, bidirectional=True)
    before = type(layer), set(vars(layer))
    x = torch.randn(2, 7, 3)
    seen = trace(layer, x)
    assert (type(layer), set(vars(layer)) - {"_backend"}) == (before[0], before[1] - {"_backend"})
    assert_close(seen.outputs, layer(x)[0])
    assert [(each.name, each.direction) for each in seen.layers] == [
        (f"{kind}.l{level}", way) for level in (0, 1) for way in ("forward", "reverse")
    ]
    _, nodes = unroll(layer, x.transpose(0, 1))
    for each, states in zip(seen.layers, nodes.values(), strict=True):
        assert_close(each.h, torch.stack([state[0] for state in states], 1))
        if kind == "LSTM":
            assert_close(each.c, torch.stack([state[1] for state in states], 1))
        assert_obeys(each, kind)
    assert_close(seen.layers[0].inputs, x)
    assert_close(seen.layers[2].inputs, torch.cat([seen.layers[0].h, seen.layers[1].h], 2))


@pytest.mark.parametrize("normalised", [False, True])
def test_projected_and_normalised_cells(normalised) -> None:
    options = {"layer_norm": True} if normalised else {"proj_size": 2}
    layer = elman.nn.LSTM(3, 4, batch_first=True, **options)
    x = torch.randn(2, 5, 3)
    (seen,) = trace(layer, x).layers
    output, (_, c_n) = layer(x)
    assert_close(seen.h, output)
    assert_close(seen.c[:, -1], c_n[0])
    c_0 = torch.cat([torch.zeros(2, 1, 4), seen.c[:, :-1]], 1)
    assert_close(seen.gates["f"] * c_0 + seen.gates["i"] * seen.gates["g"], seen.c)


def test_a_strangers_networks() -> None:
    model, ids = TimeMajorLM(), torch.randint(11, (8, 3))
    seen = trace(model, ids)
    assert model.training
    model.eval()
    assert_close(seen.outputs, model(ids)[0].view(8, 3, 11).transpose(0, 1))  # the last step too
    assert_close(seen.layers[0].inputs, model.encoder(ids).transpose(0, 1))
    model = Turning()
    ids = torch.randint(9, (3, 8))
    assert_close(trace(model, ids).outputs, model(ids)["logits"].transpose(1, 2))
    loop, x = Looping(), torch.randn(3, 5, 3)
    (cell,) = trace(loop, x).layers
    assert_close(loop.head(cell.h), loop(x))
    assert_obeys(cell, "LSTM")


def test_what_is_packed_comes_back_in_the_batchs_order() -> None:
    model, lengths = PackedTagger(), torch.tensor([4, 2, 3])
    ids = torch.randint(7, (6, 3))
    (seen,) = trace(model, ((ids, lengths), None)).layers
    for b, length in enumerate(lengths.tolist()):
        alone = trace(model.lstm, model.embed(ids[:length, b : b + 1]).detach()).layers[0]
        assert_close(seen.h[b, :length], alone.h[0])
        assert_close(seen.gates["f"][b, :length], alone.gates["f"][0])
        assert bool((seen.h[b, length:] == 0).all())


def test_a_padded_batch_with_resets_and_a_learned_beginning() -> None:
    layer = elman.nn.GRU(3, 4, learned_state=True)
    with torch.no_grad():
        layer.initial_h.normal_()
    resets = torch.rand(3, 6) < 0.4
    batch = PaddedBatch(torch.randn(3, 6, 3), torch.tensor([6, 0, 4]), resets)
    (seen,) = trace(layer, batch).layers
    assert_close(seen.h, layer(batch)[0].values)
    network = elman.nn.Elman(3, 4, 2)
    found = trace(network, batch)
    assert_close(found.outputs, network(batch)[0].values)


def test_layers_are_given_back_after_an_error() -> None:
    class Breaking(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(2, 3)

        def forward(self, x):
            self.rnn(x)
            raise RuntimeError("out of order")

    model = Breaking()
    with pytest.raises(ShapeError, match="Breaking said: out of order"):
        trace(model, torch.randn(4, 2, 2))
    assert type(model.rnn) is nn.LSTM and "_elman_noted" not in vars(model.rnn) and model.training


def test_a_square_batch_is_read_in_the_networks_own_layout() -> None:
    layer = nn.GRU(3, 4)
    x = torch.randn(5, 5, 3)
    assert_close(trace(layer, x).outputs, layer(x)[0].transpose(0, 1))


def test_a_result_shows_and_writes_itself() -> None:
    seen = trace(nn.LSTM(2, 3, batch_first=True), torch.randn(2, 4, 2))
    found = seen.to_json()
    assert found["kind"] == "trace"
    assert found["layers"][0]["gates"]["o"] == seen.layers[0].gates["o"].tolist()
    lines = str(seen.table()).splitlines()
    assert lines[0] == "Trace" and lines[2].split()[:3] == ["LSTM", "state", "h"]
    assert "<table" in seen._repr_html_()
    with pytest.raises(DataError, match="must run its recurrent layers"):
        trace(Idle(), torch.randn(2, 4, 2))


class Idle(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, 3)

    def forward(self, x):
        return x


class InPlace(nn.Module):
    """Changes what its layer gave it."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(2, 3, batch_first=True)

    def forward(self, x):
        output, _ = self.rnn(x)
        output *= 0
        return output.sub_(1)


def test_states_are_what_they_were_whatever_is_done_with_the_output() -> None:
    model, x = InPlace(), torch.randn(2, 5, 2)
    seen = trace(model, x)
    assert_close(seen.layers[0].h, model.rnn(x)[0])
    assert bool((seen.outputs == -1).all())


@pytest.mark.parametrize("part", ["embed", "gru", "head"])
def test_what_is_not_finite_is_named_though_all_is_read_at_once(part) -> None:
    network, ids = Turning(), torch.randint(9, (3, 11))
    named = getattr(network, part)
    weight = next(iter(named.parameters()))
    with torch.no_grad():
        weight[int(ids[1, 5]) if part == "embed" else 1] = math.nan
    with pytest.raises(DataError, match=f"the weights must be finite, got NaN in `{part}"):
        trace(network, ids)


def test_a_value_that_is_not_finite_is_named() -> None:
    x = torch.randn(3, 11, 2)
    x[1, 5, 0] = math.inf - math.inf
    with pytest.raises(DataError, match="`data` must be finite"):
        trace(nn.LSTM(2, 4, batch_first=True, bidirectional=True), x)
