"""Layer-normalised cells against their equations, written out one row at a time."""

from typing import Any

import pytest
import torch
from tests.nn.pairs import KINDS
from torch import Tensor

import elman.nn
from elman.nn import Backend
from elman.sequences import PaddedBatch

I, H = 3, 4


def _layer(kind: str, **options: Any) -> Any:
    name, _, nonlinearity = kind.partition("_")
    if nonlinearity:
        options["nonlinearity"] = nonlinearity
    layer = getattr(elman.nn, name.upper())(I, H, layer_norm=True, **options).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    return layer


def _ln(a: Tensor, *blocks: int) -> Tensor:
    parts = a.split([H * gates for gates in blocks])
    return torch.cat([(p - p.mean()) / (p.var(correction=0) + 1e-5).sqrt() for p in parts])


def _by_equations(layer: Any, kind: str, x: Tensor, suffix: str) -> list[Tensor]:
    """h of every step of one sequence (T, I), as the module's docstring has it."""
    at = {name.removesuffix(suffix): value for name, value in layer.named_parameters()}
    W, R = at["weight_ih"], at["weight_hh"]
    zero = torch.zeros(len(W), dtype=x.dtype)
    b_x, b_h = at.get("bias_ih", zero), at.get("bias_hh", zero)
    s_x, s_h = at.get("gain_ih"), at["gain_hh"]
    h = c = torch.zeros(H, dtype=x.dtype)
    outputs = []
    for x_t in x:
        if kind == "lstm":
            z = s_x * _ln(W @ x_t, 4) + s_h * _ln(R @ h, 4) + b_x + b_h
            i, f, g, o = z.split(H)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(at["gain_c"] * _ln(c, 1) + at.get("bias_c", 0))
        elif kind == "gru":
            p, q = s_x * _ln(W @ x_t, 2, 1) + b_x, s_h * _ln(R @ h, 2, 1) + b_h
            r, z = torch.sigmoid(p + q).split(H)[:2]
            h = (1 - z) * torch.tanh(p[2 * H :] + r * q[2 * H :]) + z * h
        else:
            f = torch.relu if kind == "rnn_relu" else torch.tanh
            h = f(s_h * _ln(W @ x_t + R @ h, 1) + b_x + b_h)
        outputs.append(h)
    return outputs


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bias", [False, True])
def test_agrees_with_its_equations(kind: str, bias: bool) -> None:
    layer = _layer(kind, bias=bias)
    x = torch.randn(5, I, dtype=torch.float64)
    output, last = layer(x)
    expected = torch.stack(_by_equations(layer, kind, x, "_l0"))
    torch.testing.assert_close(output, expected)
    torch.testing.assert_close((last if torch.is_tensor(last) else last[0])[0], expected[-1])
    assert layer.backend == Backend("torch", "layer_norm is set")


@pytest.mark.parametrize("kind", KINDS)
def test_walks_layers_directions_lengths_and_resets(kind: str) -> None:
    layer = _layer(kind, num_layers=2, bidirectional=True)
    long, short = torch.randn(5, I).double(), torch.randn(2, I).double()
    resets = torch.zeros(2, 5, dtype=torch.bool)
    resets[0, 3] = True
    batch = PaddedBatch.from_list([long, short])
    output, _ = layer(PaddedBatch(batch.values, batch.lengths, resets))
    first, second, third = (layer(piece)[0] for piece in (long[:3], long[3:], short))
    torch.testing.assert_close(output.values[0], torch.cat([first, second]))
    torch.testing.assert_close(output.values[1, :2], third)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_pass_gradcheck(kind: str) -> None:
    layer = _layer(kind)
    weights = dict(layer.named_parameters())
    x = torch.randn(3, 2, I, dtype=torch.float64)

    def call(*values: Tensor) -> Tensor:
        named = dict(zip(weights, values, strict=True))
        return torch.func.functional_call(layer, named, (x,))[0]

    assert torch.autograd.gradcheck(call, tuple(weights.values()))


def test_what_is_scaled_makes_no_difference() -> None:
    """What layer normalisation is for: the scale of the recurrent weights no longer matters."""
    layer = elman.nn.LSTM(I, H, layer_norm=True).double()
    x = torch.randn(20, 2, I, dtype=torch.float64)
    before = layer(x)[0]
    with torch.no_grad():
        layer.weight_ih_l0.mul_(1000)
    # 1e-5 under the root of LN weighs a million times less after the scaling.
    torch.testing.assert_close(layer(x)[0], before, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("RNN", {"gain_hh_l0"}),
        ("GRU", {"gain_ih_l0", "gain_hh_l0"}),
        ("LSTM", {"gain_ih_l0", "gain_hh_l0", "gain_c_l0", "bias_c_l0"}),
    ],
)
def test_adds_its_gains_to_the_state_dict_and_starts_them_at_one(
    name: str, extra: set[str]
) -> None:
    layer = getattr(elman.nn, name)(I, H, layer_norm=True)
    plain = getattr(torch.nn, name)(I, H)
    assert layer.state_dict().keys() - plain.state_dict().keys() == extra
    torch.nn.init.normal_(layer.gain_hh_l0)
    layer.reset_parameters()
    for parameter in extra:
        expected = 1.0 if parameter.startswith("gain") else 0.0
        assert (layer.get_parameter(parameter) == expected).all()
    assert layer.weight_hh_l0.abs().max() <= 0.5
