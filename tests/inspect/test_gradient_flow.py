import copy
import math

import pytest
import torch
from tests.inspect.strangers import Looping, PackedClassifier, PackedTagger, TimeMajorLM
from tests.inspect.unrolled import brute_force, unroll
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

import elman.nn
from elman.errors import ConfigError, DataError
from elman.inspect.gradient_flow import gradient_flow
from elman.sequences import PaddedBatch

K = 4


class Net(nn.Module):
    """A recurrent layer and a head."""

    def __init__(self, layer, O=3):
        super().__init__()
        self.layer = layer
        width = (layer.proj_size or layer.hidden_size) * (2 if layer.bidirectional else 1)
        self.head = nn.Linear(width, O)

    def forward(self, x):
        return self.head(self.layer(x)[0])


def assert_agrees(flow, curves):
    """Hold every curve against brute force, by name."""
    assert len(flow.layers) == len(curves)
    for found, (key, expected) in zip(flow.layers, curves.items(), strict=True):
        assert (found.direction == "reverse") == key[1]
        mine = [found.relative, found.h, found.c or [0.0] * len(found.h)]
        for name, curve, truth in zip(("relative", "h", "c"), mine, expected, strict=True):
            assert_close(
                torch.tensor(curve, dtype=torch.float64),
                truth,
                rtol=1e-9,
                atol=1e-12,
                msg=lambda text, name=name, key=key: f"{key} {name}: {text}",
            )


@pytest.mark.parametrize("rho", [0.5, 0.9, 1.0, 1.1])
def test_a_linear_network_loses_exactly_its_factor_each_step(rho) -> None:
    network = elman.nn.Elman(3, 5, 2, f="identity", g="identity")
    with torch.no_grad():
        network.V.copy_(rho * torch.linalg.qr(torch.randn(5, 5))[0])
    flow = gradient_flow(network, torch.randn(4, 60, 3), max_lag=40)
    (layer,) = flow.layers
    expected = [rho**lag for lag in range(41)]
    assert layer.relative == pytest.approx(expected, rel=1e-5)
    assert layer.relative == layer.h and layer.c is None
    if rho < 1:
        assert layer.half_life == pytest.approx(math.log(0.5) / math.log(rho), rel=1e-4)
        below = math.ceil(math.log(0.01) / math.log(rho))
        assert layer.below_1_percent == (below if below <= 40 else None)
    else:
        assert layer.half_life is None and layer.below_1_percent is None
    if rho == 0.5:
        assert flow.to_json()["layers"][0]["below_1_percent"] == 7


@pytest.mark.parametrize("ours", [False, True])
@pytest.mark.parametrize(
    "options", [{}, {"num_layers": 2}, {"bidirectional": True}, {"bias": False}]
)
@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_agrees_with_an_unrolled_network(kind, options, ours) -> None:
    layer = getattr(elman.nn if ours else nn, kind)(2, 4, batch_first=True, **options)
    net = Net(layer)
    x, y = torch.randn(3, 11, 2), torch.randint(3, (3, 11))
    flow = gradient_flow(net, (x, y), K)
    double = copy.deepcopy(net).double()
    outputs, nodes = unroll(double.layer, x.double().transpose(0, 1))
    losses = [
        F.cross_entropy(double.head(o), y[:, t], reduction="none") for t, o in enumerate(outputs)
    ]
    assert_agrees(flow, brute_force(nodes, losses, K))
    assert flow.loss == "loss"
    assert flow.layers[0].positions == 3 * 7


def test_a_projected_lstm_agrees_with_an_unrolled_one() -> None:
    net = Net(nn.LSTM(2, 5, 2, proj_size=3, bidirectional=True))
    x, y = torch.randn(9, 2, 2), torch.randn(9, 2, 3)
    flow = gradient_flow(net, (x, y), K, nn.MSELoss())
    double = copy.deepcopy(net).double()
    outputs, nodes = unroll(double.layer, x.double())
    losses = [(double.head(o) - y[t]).square().mean(1) for t, o in enumerate(outputs)]
    assert_agrees(flow, brute_force(nodes, losses, K))


def test_a_strangers_language_model() -> None:
    """Embedding, two layers time first, linear; dropout is off."""
    model, ids = TimeMajorLM(), torch.randint(11, (12, 2))
    flow = gradient_flow(model, ids, K)
    double = copy.deepcopy(model).double().eval()
    outputs, nodes = unroll(double.rnn, double.encoder(ids[:-1]))
    losses = [
        F.cross_entropy(double.decoder(o), ids[t + 1], reduction="none")
        for t, o in enumerate(outputs)
    ]
    assert_agrees(flow, brute_force(nodes, losses, K))
    assert [layer.name for layer in flow.layers] == ["rnn.l0", "rnn.l1"]
    assert model.training and model.encoder.weight.dtype == torch.float32


def test_a_stranger_who_packs_his_sequences() -> None:
    model, lengths = PackedTagger(layers=2), torch.tensor([5, 9, 7])
    ids, tags = torch.randint(7, (9, 3)), torch.randint(5, (9, 3))
    flow = gradient_flow(model, (ids, lengths, tags), K)
    double = copy.deepcopy(model).double()
    outputs, nodes = unroll(double.lstm, double.embed(ids))
    losses = [
        F.cross_entropy(double.head(o), tags[t], reduction="none") for t, o in enumerate(outputs)
    ]
    assert_agrees(flow, brute_force(nodes, losses, K, lengths.tolist()))
    assert flow.layers[0].positions == 1 + 5 + 3


def test_one_loss_a_sequence_is_followed_from_each_directions_end() -> None:
    model, lengths = PackedClassifier(), torch.tensor([6, 8])
    x, y = torch.randn(2, 8, 3), torch.tensor([1, 4])
    flow = gradient_flow(model, (x, lengths, y), K)
    double = copy.deepcopy(model).double()
    sums = {}
    for b, length in enumerate(lengths.tolist()):
        _, nodes = unroll(double.lstm, x[b, :length, None].double())
        last = torch.cat([nodes[0, False][-1][0], nodes[0, True][0][0]], 1)
        loss = F.cross_entropy(double.head(last), y[b : b + 1])
        for key, states in nodes.items():
            for k in range(K + 1):
                state = states[k] if key[1] else states[-1 - k]
                grads = torch.autograd.grad(loss, state, retain_graph=True, allow_unused=True)
                norm = math.sqrt(sum(g.square().sum().item() for g in grads if g is not None))
                sums[key, k] = sums.get((key, k), 0) + norm
    for layer, reverse in zip(flow.layers, (False, True), strict=True):
        found = [sums[(0, reverse), k] / sums[(0, reverse), 0] for k in range(K + 1)]
        assert layer.relative == pytest.approx(found, rel=1e-9)


def test_a_loop_of_cells_agrees_with_the_layer() -> None:
    loop, x = Looping(), torch.randn(2, 9, 3)
    y = torch.randn(2, 9, 2)
    layer = nn.LSTM(3, 4, batch_first=True)
    layer.load_state_dict({f"{name}_l0": w for name, w in loop.cell.state_dict().items()})
    net = Net(layer, 2)
    net.head = loop.head
    by_cell, by_layer = gradient_flow(loop, (x, y), K), gradient_flow(net, (x, y), K)
    assert_close(by_cell.layers[0].relative, by_layer.layers[0].relative)
    assert_close(by_cell.layers[0].c, by_layer.layers[0].c)


class Stepping(nn.Module):
    """Calls its layers step by step and carries the state itself."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        state, outputs = None, []
        for x_t in x.split(1, dim=1):
            output, state = self.net.layer(x_t, state)
            outputs.append(self.net.head(output))
        return torch.cat(outputs, 1)


def test_a_layer_called_step_by_step_agrees_with_one_call() -> None:
    net = Net(nn.LSTM(2, 4, 2, batch_first=True))
    data = torch.randn(2, 9, 2), torch.randint(3, (2, 9))
    whole, stepped = gradient_flow(net, data, K), gradient_flow(Stepping(net), data, K)
    for one, other in zip(whole.layers, stepped.layers, strict=True):
        assert_close(one.relative, other.relative)
        assert_close(one.c, other.c)


class OwnCode(nn.LSTM):
    """A subclass with code of its own around torch's."""

    def forward(self, x, hx=None):
        output, state = super().forward(x * 0.5, hx)
        return output * 2, state


def test_a_subclass_keeps_its_own_code() -> None:
    layer = OwnCode(2, 4, batch_first=True)
    net = Net(layer)
    x, y = torch.randn(2, 9, 2), torch.randn(2, 9, 3)
    flow = gradient_flow(net, (x, y), K)
    double = copy.deepcopy(net).double()
    outputs, nodes = unroll(double.layer, x.double().transpose(0, 1) * 0.5)
    losses = [(double.head(2 * o) - y[:, t]).square().mean(1) for t, o in enumerate(outputs)]
    assert_agrees(flow, brute_force(nodes, losses, K))
    assert type(layer) is OwnCode


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_layer_normalised_cells(kind) -> None:
    """Against finite differences of the state that enters k steps before the end."""
    layer = getattr(elman.nn, kind)(2, 4, batch_first=True, layer_norm=True, dtype=torch.float64)
    x = torch.randn(1, 6, 2, dtype=torch.float64)
    u = torch.randn(4, dtype=torch.float64)
    flow = gradient_flow(layer, (x, torch.zeros(1)), K, lambda o, _: (o * u).sum())
    whole = []
    for k in range(1, K + 1):
        _, state = layer(x[:, : 6 - k])
        state = state if isinstance(state, tuple) else (state,)
        state = tuple(part.detach().requires_grad_() for part in state)
        output, _ = layer(x[:, 6 - k :], state if len(state) > 1 else state[0])
        grads = torch.autograd.grad((output[0, -1] * u).sum(), state)
        whole.append(math.sqrt(sum(g.square().sum().item() for g in grads)))
    assert flow.layers[0].relative[1:] == pytest.approx([w / u.norm().item() for w in whole])


def test_memory_wiped_on_the_way_lets_nothing_through() -> None:
    layer, x = elman.nn.LSTM(2, 4), torch.randn(1, 9, 2)
    resets = torch.zeros(1, 9, dtype=torch.bool)
    resets[0, 6] = True  # of t = 4 … 8, those from 6 on see nothing before it
    flow = gradient_flow(layer, PaddedBatch(x, torch.tensor([9]), resets), K)
    plain = gradient_flow(layer, PaddedBatch.full(x), K)
    assert flow.layers[0].relative[0] == plain.layers[0].relative[0] == 1
    assert 0 < flow.layers[0].relative[3] < plain.layers[0].relative[3]
    resets[0, 1:] = True
    alone = gradient_flow(layer, PaddedBatch(x, torch.tensor([9]), resets), K)
    assert alone.layers[0].relative == (1.0, 0.0, 0.0, 0.0, 0.0)
    assert alone.layers[0].below_1_percent == 1


def test_a_cell_of_the_users_own() -> None:
    class Leaky(nn.Module):
        def initial_state(self, batch_size):
            return (torch.zeros(batch_size, 1),)

        def step(self, x, state):
            h = 0.8 * state[0] + 0.2 * x
            return h, (h,)

    flow = gradient_flow(elman.nn.Recurrent(Leaky()), torch.randn(2, 9, 1, dtype=torch.float64), K)
    assert flow.layers[0].relative == pytest.approx([0.8**k for k in range(K + 1)])
    assert flow.loss == "random projection"


def test_more_positions_than_asked_for_are_drawn_from() -> None:
    net = Net(nn.GRU(2, 4, batch_first=True, bidirectional=True))
    data = torch.randn(8, 200, 2)
    flow = gradient_flow(net, data, K, positions=24)
    assert sum(layer.positions for layer in flow.layers) >= 24
    assert all(8 <= layer.positions <= 48 for layer in flow.layers)
    assert flow == gradient_flow(net, data, K, positions=24)  # the same seed
    assert flow != gradient_flow(net, data, K, positions=24, seed=1)


def test_a_result_shows_and_writes_itself() -> None:
    flow = gradient_flow(TimeMajorLM(), max_lag=3)
    assert flow.source == "random" and "There is no data" in " ".join(flow.notes)
    found = flow.to_json()
    assert found["kind"] == "gradient_flow" and list(found["layers"][0]) == [
        "name", "direction", "relative", "h", "c", "half_life", "below_1_percent", "positions",
    ]  # fmt: skip
    assert found["layers"][0]["relative"][0] == 1.0 and len(found["layers"][0]["c"]) == 4
    assert str(flow.table()).startswith("Gradient flow\nlag  rnn.l0  rnn.l1")
    assert flow._repr_html_().startswith("<svg") and "<table" in flow._repr_html_()


def test_it_plots() -> None:
    pytest.importorskip("matplotlib").use("Agg")
    flow = gradient_flow(Net(nn.LSTM(2, 4, bidirectional=True)), max_lag=3)
    axes = flow.plot()
    assert [line.get_label() for line in axes.lines] == ["layer", "layer (reverse)", "1 %"]
    assert axes.lines[0].get_ydata().tolist() == list(flow.layers[0].relative)


class Detaching(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, 3, batch_first=True)

    def forward(self, x):
        return self.rnn(x)[0].detach()


def test_faults_are_told() -> None:
    x = torch.randn(2, 9, 2)
    with pytest.raises(DataError, match="must depend on the recurrent layers"):
        gradient_flow(Detaching(), x, K)
    with pytest.raises(ConfigError, match="`max_lag` must be at least 1, got 0"):
        gradient_flow(Detaching(), x, 0)
    with pytest.raises(DataError, match="at least 21 steps, got 9"):
        gradient_flow(Detaching(), x, 20)


class Halving(nn.Module):
    """Keeps every second step."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, 3, batch_first=True)

    def forward(self, x):
        return self.rnn(x[:, ::2])[0].repeat_interleave(2, 1)[:, : x.shape[1]]


class Chars(nn.Module):
    """Reads the characters of each of its words."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, 3, batch_first=True)

    def forward(self, x):
        B, T = x.shape[:2]
        return self.rnn(x.reshape(B * T, 1, 2))[0].view(B, T, 3)


def test_other_steps_than_the_datas_are_refused() -> None:
    with pytest.raises(DataError, match="walked 1 steps of 18 sequences where the data has 9 of 2"):
        gradient_flow(Chars(), torch.randn(2, 9, 2), K)
    with pytest.raises(DataError, match="walked 5 steps of 2 sequences where the data has 9 of 2"):
        gradient_flow(Halving(), torch.randn(2, 9, 2), K)


class Shortening(nn.Module):
    """Speech-like: strides over its input before the layer, and speaks once."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv1d(2, 3, 2, stride=2)
        self.rnn = nn.GRU(3, 4, batch_first=True)

    def forward(self, x):
        return self.rnn(self.convolution(x.transpose(1, 2)).transpose(1, 2))[0][:, -1]


def test_a_network_that_shortens_its_input_counts_the_layers_own_steps() -> None:
    model, x = Shortening(), torch.randn(3, 18, 2)
    flow = gradient_flow(model, (x, torch.zeros(3, 4)), K)
    double = copy.deepcopy(model).double()
    short = double.convolution(x.double().transpose(1, 2)).permute(2, 0, 1)
    outputs, nodes = unroll(double.rnn, short)
    ends = [outputs[-1, b].square().mean() for b in range(3)]
    norms = torch.zeros(K + 1, dtype=torch.float64)
    for b, loss in enumerate(ends):
        for k in range(K + 1):
            (grad,) = torch.autograd.grad(loss, nodes[0, False][-1 - k], retain_graph=True)
            norms[k] += grad[b].norm()
    assert flow.layers[0].relative == pytest.approx((norms / norms[0]).tolist(), rel=1e-9)
    with pytest.raises(DataError, match="must walk more than max_lag=9 steps, got 9 at most"):
        gradient_flow(model, (x, torch.zeros(3, 4)), 9)
