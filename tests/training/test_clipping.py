import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import ConfigError
from elman.training.clipping import clip_gradients, layer_name


def parameters(seed=0, dtype=torch.float64, scale=1.0):
    """Named parameters with gradients, in two layers, one parameter without."""
    g = torch.Generator().manual_seed(seed)
    named = {}
    for name, shape in (
        ("rnn.weight_ih_l0", (4, 3)),
        ("rnn.bias_hh_l0", (4,)),
        ("head.weight", (5, 4)),
    ):
        named[name] = torch.nn.Parameter(torch.zeros(shape, dtype=dtype))
        named[name].grad = torch.randn(shape, generator=g, dtype=dtype) * scale
    named["head.bias"] = torch.nn.Parameter(torch.zeros(5, dtype=dtype))
    return named


def flat(named):
    return torch.cat([p.grad.to_dense().flatten() for p in named.values() if p.grad is not None])


@given(st.integers(0, 50), st.sampled_from([0.5, 3.0, 100.0]))
def test_clipping_by_norm_agrees_with_torch(seed, norm):
    ours, torchs = parameters(seed), parameters(seed)
    report = clip_gradients(ours.items(), norm=norm)
    # torch divides by norm + 1e-6; without that its result is ours
    total = torch.nn.utils.clip_grad_norm_(torchs.values(), norm)
    assert math.isclose(report.norm_before, total.item())
    assert report.clipped_by_norm == (total.item() > norm)
    for name in ours:
        if ours[name].grad is not None:
            torch.testing.assert_close(ours[name].grad, torchs[name].grad, rtol=3e-6, atol=0)


@given(st.integers(0, 50), st.sampled_from([0.2, 1.0, 100.0]))
def test_clipping_by_value_agrees_with_torch_and_counts(seed, value):
    ours, torchs = parameters(seed), parameters(seed)
    expected = (flat(ours).abs() > value).double().mean().item()
    report = clip_gradients(ours.items(), value=value)
    torch.nn.utils.clip_grad_value_(torchs.values(), value)
    torch.testing.assert_close(flat(ours), flat(torchs), rtol=0, atol=0)
    assert report.clipped_values == pytest.approx(expected)
    assert not report.clipped_by_norm


@given(st.integers(0, 50), st.floats(0.01, 10), st.floats(0.01, 2))
def test_after_both_both_bounds_hold(seed, norm, value):
    named = parameters(seed)
    clip_gradients(named.items(), norm=norm, value=value)
    assert flat(named).norm() <= norm * (1 + 1e-12)
    assert flat(named).abs().max() <= value


def test_short_gradients_are_left_as_they_are():
    named, before = parameters(), flat(parameters())
    report = clip_gradients(named.items(), norm=1000, value=1000)
    torch.testing.assert_close(flat(named), before, rtol=0, atol=0)
    assert (report.scale, report.clipped_values, report.clipped_by_norm) == (1, 0, False)


def test_layers_are_told_apart():
    named = parameters()
    report = clip_gradients(named.items())
    assert list(report.norm_by_layer) == ["rnn.l0", "head"]
    rnn = torch.cat([named["rnn.weight_ih_l0"].grad.flatten(), named["rnn.bias_hh_l0"].grad])
    assert report.norm_by_layer["rnn.l0"] == pytest.approx(rnn.norm().item())
    assert report.norm_before == pytest.approx(math.hypot(*report.norm_by_layer.values()))


@pytest.mark.parametrize(
    ("parameter", "layer"),
    [
        ("stack.weight_hh_l2", "stack.l2"),
        ("stack.bias_ih_l0_reverse", "stack.l0_reverse"),
        ("weight_hr_l0", "l0"),
        ("embedding.weight", "embedding"),
        ("stack.layers.0.norm.weight", "stack.layers.0.norm"),
        ("h_0", "h_0"),
    ],
)
def test_names_of_layers(parameter, layer):
    assert layer_name(parameter) == layer


@pytest.mark.parametrize("norm", [0.0, 0.7])
@pytest.mark.parametrize("value", [0.0, 0.15])
def test_sparse_gradients_are_clipped_as_dense_ones(norm, value):
    tokens = torch.tensor([3, 1, 3, 3, 0])

    def clipped(sparse):
        torch.manual_seed(0)
        table = torch.nn.Embedding(6, 4, sparse=sparse, dtype=torch.float64)
        torch.tanh(table(tokens)).sum().backward()
        return table.weight.grad, clip_gradients(table.named_parameters(), norm, value), table

    (dense, expected, _), (_, report, table) = clipped(False), clipped(True)
    assert table.weight.grad.is_sparse
    torch.testing.assert_close(table.weight.grad.to_dense(), dense)
    assert report.norm_before == pytest.approx(expected.norm_before)
    assert report.clipped_values == expected.clipped_values
    assert report.scale == pytest.approx(expected.scale)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("sparse", [True, False])
def test_what_is_not_finite_is_reported_and_left_in_place(bad, sparse):
    named = parameters()
    named["head.weight"].grad[1, 2] = bad
    if sparse:
        named["head.weight"].grad = named["head.weight"].grad.to_sparse(1)
    before = flat(named).clone()
    report = clip_gradients(named.items(), norm=0.1, value=0.1)
    assert not report.finite
    assert not math.isfinite(report.norm_by_layer["head"])
    assert math.isfinite(report.norm_by_layer["rnn.l0"])
    torch.testing.assert_close(flat(named), before, equal_nan=True, rtol=0, atol=0)


def test_a_gradient_whose_square_overflows_is_still_clipped():
    named = parameters(dtype=torch.float32, scale=1e30)
    expected = flat(named).double().norm().item()
    report = clip_gradients(named.items(), norm=1.0)
    assert report.finite
    assert report.norm_before == pytest.approx(expected)
    assert flat(named).norm().item() == pytest.approx(1.0)


def test_the_norm_of_a_large_float32_gradient_is_accurate():
    parameter = torch.nn.Parameter(torch.zeros(3_000_000))
    parameter.grad = torch.full((3_000_000,), 0.1)
    report = clip_gradients([("weight", parameter)])
    assert report.norm_before == pytest.approx(0.1 * math.sqrt(3e6), rel=1e-5)


def test_no_gradients_have_no_length():
    report = clip_gradients([("weight", torch.nn.Parameter(torch.ones(2)))], norm=1, value=1)
    assert (report.norm_before, report.norm_by_layer, report.scale) == (0.0, {}, 1.0)


@pytest.mark.parametrize("name", ["norm", "value"])
def test_negative_bounds_are_refused(name):
    with pytest.raises(ConfigError, match=f"clip_gradients: `{name}` must be at least 0, got -1"):
        clip_gradients([], **{name: -1})
