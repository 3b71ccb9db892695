import math

import pytest
import torch
from tests.inspect.strangers import Looping, PackedTagger, TimeMajorLM
from torch import nn

import elman.nn
from elman.errors import ConfigError
from elman.inspect.spectrum import spectrum
from elman.inspect.verdict import spectrum_says


def linear(V):
    network = elman.nn.Elman(2, len(V), 2, f="identity", g="identity", bias=False)
    with torch.no_grad():
        network.V.copy_(V)
    return network


@pytest.mark.parametrize("rho", [0.8, 1.05])
def test_a_scaled_rotation_stretches_every_change_alike(rho) -> None:
    network = linear(rho * torch.linalg.qr(torch.randn(5, 5))[0])
    (layer,) = spectrum(network, torch.randn(3, 50, 2)).layers
    assert layer.singular_values == pytest.approx([rho] * 5, rel=1e-5)
    assert layer.low == pytest.approx(layer.high, rel=1e-5)
    assert [math.hypot(*point) for point in layer.eigenvalues] == pytest.approx(
        [rho] * len(layer.eigenvalues), rel=1e-5
    )
    assert layer.radius == pytest.approx(rho, rel=1e-5)
    assert math.exp(layer.exponent) == pytest.approx(rho, rel=1e-5)
    assert math.exp(layer.log_largest) == pytest.approx(rho, rel=1e-5)
    assert layer.growing == (rho > 1)


def test_the_exponent_is_not_the_largest_singular_value() -> None:
    """A shear stretches by far more in one step than it does in the long run."""
    (layer,) = spectrum(
        linear(torch.tensor([[0.5, 3.0], [0.0, 0.5]])), torch.randn(1, 200, 2)
    ).layers
    assert layer.singular_values[0] == pytest.approx(3.08114, rel=1e-4)
    # |J^n v| grows as n · 0.5^n: over 200 steps the logarithm's mean is log 0.5 + O(log(n) / n)
    assert layer.exponent == pytest.approx(math.log(0.5), abs=0.03)
    assert layer.radius == pytest.approx(0.5, abs=1e-3)


def test_the_exponent_of_a_diagonal_network_is_that_of_its_slowest_unit() -> None:
    (layer,) = spectrum(
        linear(torch.diag(torch.tensor([0.2, 0.9, 0.5]))), torch.randn(2, 200, 2)
    ).layers
    assert layer.singular_values == pytest.approx([0.9, 0.5, 0.2], rel=1e-6)
    assert math.exp(layer.exponent) == pytest.approx(0.9, rel=1e-3)


def test_every_layer_and_direction_of_strangers() -> None:
    ids = torch.randint(11, (40, 3))
    model = TimeMajorLM()
    found = spectrum(model, ids, positions=8)
    assert [layer.name for layer in found.layers] == ["rnn.l0", "rnn.l1"]
    assert all(len(layer.singular_values) == 12 and layer.places == 8 for layer in found.layers)
    assert found == spectrum(model, ids, positions=8)
    x, lengths = torch.randint(7, (12, 3)), torch.tensor([12, 3, 7])
    (layer,) = spectrum(PackedTagger(), ((x, lengths), None)).layers
    assert layer.exponent < 0 < layer.singular_values[0]
    both = spectrum(nn.GRU(2, 3, bidirectional=True), torch.randn(30, 2, 2))
    assert [layer.direction for layer in both.layers] == ["forward", "reverse"]


def test_a_loop_of_cells_is_followed_from_call_to_call() -> None:
    loop, x = Looping(), torch.randn(2, 30, 3)
    layer = nn.LSTM(3, 4, batch_first=True)
    layer.load_state_dict({f"{name}_l0": w for name, w in loop.cell.state_dict().items()})
    by_cell, by_layer = (spectrum(each, x, positions=500).layers[0] for each in (loop, layer))
    assert by_cell.exponent == pytest.approx(by_layer.exponent, rel=1e-6)
    assert by_cell.singular_values == pytest.approx(by_layer.singular_values, rel=1e-6)


def test_a_network_that_is_dead_has_no_growth() -> None:
    network = nn.RNN(2, 3, nonlinearity="relu", batch_first=True)
    with torch.no_grad():
        network.bias_hh_l0.fill_(-99)
    found = spectrum(network, torch.randn(1, 20, 2))
    assert found.layers[0].singular_values == (0, 0, 0)
    assert found.layers[0].exponent == -math.inf
    assert found.to_json()["layers"][0]["exponent"] is None
    assert spectrum_says(found) == "A small change of its memory is gone at once."


def test_a_memory_that_stays_empty_still_has_an_exponent() -> None:
    network = nn.LSTM(2, 3, batch_first=True)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()  # the forget gate stands at a half, and c at zero
    (layer,) = spectrum(network, torch.randn(1, 20, 2)).layers
    assert math.exp(layer.exponent) == pytest.approx(0.5, rel=1e-3)


def test_a_memory_that_dies_early_has_an_exponent_of_the_steps_before() -> None:
    network = nn.RNN(1, 1, nonlinearity="relu", bias=False, batch_first=True)
    with torch.no_grad():
        _ = network.weight_ih_l0.fill_(1), network.weight_hh_l0.fill_(0.5)
    x = torch.zeros(1, 60, 1)
    x[0, 0], x[0, 1], x[0, 2:] = 1, 1, -9
    (layer,) = spectrum(network, x).layers
    assert layer.exponent == -math.inf  # the third step leaves nothing


def test_a_result_shows_draws_and_writes_itself() -> None:
    found = spectrum(nn.LSTM(2, 3), positions=4)
    assert found.source == "random" and "inputs are random" in str(found.table())
    layer = found.to_json()["layers"][0]
    assert found.to_json()["kind"] == "spectrum" and len(layer["singular_values"]) == 6
    assert str(found.table()).splitlines()[2].split()[0] == "LSTM"
    assert found._repr_html_().count("<svg") == 2 and "<table" in found._repr_html_()
    pytest.importorskip("matplotlib").use("Agg")
    shown = found.plot().collections[0].get_offsets().tolist()
    assert [tuple(point) for point in shown] == list(found.layers[0].eigenvalues)
    curve = found.plot_singular_values().lines[0].get_ydata().tolist()
    assert curve == list(found.layers[0].singular_values)
    with pytest.raises(ConfigError, match="`positions` must be at least 1, got 0"):
        spectrum(nn.LSTM(2, 3), positions=0)
