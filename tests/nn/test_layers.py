"""The layers against torch's: values, states and every gradient by name, in float64."""

import copy
import itertools
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.nn.pairs import KINDS, NATIVE, assert_same, gradients, make_pair, make_state
from torch import Tensor
from torch.nn.utils.rnn import pack_sequence

import elman.nn

B, T, I, H = 3, 6, 4, 5


def _input(shape: tuple[int, ...], dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(shape, dtype=dtype, requires_grad=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("layers", "both", "bias"), list(itertools.product((1, 2), (False, True), (False, True)))
)
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("given_state", [False, True])
def test_agrees_with_torch_on_a_full_batch(
    kind: str, layers: int, both: bool, bias: bool, batch_first: bool, given_state: bool
) -> None:
    ours, theirs = make_pair(
        kind, I, H, layers, bias=bias, bidirectional=both, batch_first=batch_first
    )
    x = _input((B, T, I) if batch_first else (T, B, I))
    assert_same(ours, theirs, x, make_state(ours, B) if given_state else None)
    assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given_state", [False, True])
@pytest.mark.parametrize("batch_first", [False, True])
def test_agrees_with_torch_on_one_sequence_without_batch(
    kind: str, given_state: bool, batch_first: bool
) -> None:
    ours, theirs = make_pair(kind, I, H, 2, bidirectional=True, batch_first=batch_first)
    hx = make_state(ours, 1, unbatched=True) if given_state else None
    assert_same(ours, theirs, _input((T, I)), hx)
    assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given_state", [False, True])
@pytest.mark.parametrize("lengths", [(6, 4, 4, 1), (1, 4, 6, 4), (3,), (2, 2)])
def test_agrees_with_torch_on_packed_sequences(
    kind: str, given_state: bool, lengths: tuple[int, ...]
) -> None:
    ours, theirs = make_pair(kind, I, H, 2, bidirectional=True)
    sequences = [torch.randn(length, I, dtype=torch.float64) for length in lengths]
    packed = pack_sequence(sequences, enforce_sorted=list(lengths) == sorted(lengths)[::-1])
    packed.data.requires_grad_()
    assert_same(ours, theirs, packed, make_state(ours, len(lengths)) if given_state else None)
    assert ours.backend == NATIVE
    for ours_part, theirs_part in zip(ours(packed)[0][1:], theirs(packed)[0][1:], strict=True):
        torch.testing.assert_close(ours_part, theirs_part)


@pytest.mark.parametrize("kind", KINDS)
def test_agrees_with_torch_to_default_tolerances_in_float32(kind: str) -> None:
    ours, theirs = make_pair(kind, 17, 33, 2, bidirectional=True, dtype=torch.float32)
    x = _input((40, 5, 17), torch.float32)
    # Both sides sum 40 steps' terms in float32 in their own order: √(40·33) roundings of 6e-8.
    assert_same(ours, theirs, x, make_state(ours, 5), rtol=1e-4, atol=1e-4)
    assert ours.backend == NATIVE


@pytest.mark.parametrize("sizes", [(2, 1, 8, 16), (50, 3, 4, 5), (30, 16, 40, 70)])
@pytest.mark.parametrize("kind", KINDS)
def test_float32_is_as_near_to_float64_as_torch_s(
    kind: str, sizes: tuple[int, int, int, int]
) -> None:
    """Errors are relative to the largest value; 4 eps more are allowed where torch's are tiny."""
    T, B, I, H = sizes
    ours, theirs = make_pair(kind, I, H, dtype=torch.float32)
    exact = copy.deepcopy(theirs).double()
    x, gradient = torch.randn(T, B, I), torch.randn(T, B, H)
    mine, its, truth = (_outputs_and_gradients(f, x, gradient) for f in (ours, theirs, exact))
    for name, true in truth.items():
        error, torch_error = (
            ((found[name] - true).abs().max() / true.abs().max()).item() for found in (mine, its)
        )
        assert error <= 2 * torch_error + 4 * torch.finfo(torch.float32).eps, name


def _outputs_and_gradients(layer: Any, x: Tensor, gradient: Tensor) -> dict[str, Tensor]:
    """In float64: what a layer says of x, and the gradients by x and all weights, by name."""
    x = x.to(layer.weight_hh_l0.dtype, copy=True).requires_grad_()
    output = layer(x)[0]
    output.backward(gradient.to(output.dtype))
    found = {"output": output.detach(), "x": x.grad}
    found |= {name: parameter.grad for name, parameter in layer.named_parameters()}
    return {name: tensor.double() for name, tensor in found.items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("packed", [False, True])
def test_drops_what_torch_drops_given_the_same_seed(kind: str, packed: bool) -> None:
    ours, theirs = make_pair(kind, I, H, 3, bidirectional=True, dropout=0.4)
    x: Any = _input((T, B, I))
    if packed:
        x = pack_sequence([x[: T - b, b].detach() for b in range(B)])
    assert_same(ours, theirs, x)
    ours.eval(), theirs.eval()
    assert_same(ours, theirs, x)
    assert ours.backend == NATIVE


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_drops_nothing_or_everything(p: float) -> None:
    ours, theirs = make_pair("gru", I, H, 2, dropout=p)
    assert_same(ours, theirs, _input((T, B, I)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "wanted", [("x",), ("hx",), ("weight_hh_l0",), ("bias_hh_l0", "weight_ih_l0")]
)
def test_computes_only_the_gradients_that_are_wanted(kind: str, wanted: tuple[str, ...]) -> None:
    ours, theirs = make_pair(kind, I, H)
    for layer in (ours, theirs):
        for name, parameter in layer.named_parameters():
            parameter.requires_grad_(name in wanted)
    x = _input((T, B, I)).detach().requires_grad_("x" in wanted)
    hx = make_state(ours, B)
    for state in [hx] if isinstance(hx, torch.Tensor) else hx:
        state.requires_grad_("hx" in wanted)
    assert_same(ours, theirs, x, hx)
    assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_pass_gradcheck(kind: str) -> None:
    ours, _ = make_pair(kind, 2, 3, 2, bidirectional=True)
    hx = make_state(ours, 2)
    states = [hx] if isinstance(hx, torch.Tensor) else list(hx)

    def call(x: torch.Tensor, *states: torch.Tensor) -> tuple[torch.Tensor, ...]:
        output, last = ours(x, states if len(states) > 1 else states[0])
        return (output, *(last if isinstance(last, tuple) else (last,)))

    assert torch.autograd.gradcheck(call, (_input((3, 2, 2)), *states))
    assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_gradients_pass_gradgradcheck(kind: str) -> None:
    ours, _ = make_pair(kind, 2, 2)
    weights = dict(ours.named_parameters())

    def call(x: torch.Tensor, *values: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(ours, dict(zip(weights, values, strict=True)), (x,))[0]

    assert torch.autograd.gradgradcheck(call, (_input((3, 2, 2)), *weights.values()))
    assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_penalty_trains_as_torch_s_does(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H, 2, bidirectional=True)
    x = _input((T, B, I))
    found = []
    for layer in (ours, theirs):
        h_0 = torch.tanh(x[:1, :, :1].expand(4, B, H))  # a state that depends on the input
        hx = (h_0, h_0) if kind == "lstm" else h_0
        output = layer(x, hx)[0]
        (slope,) = torch.autograd.grad(output.square().sum(), x, create_graph=True)
        found.append(torch.autograd.grad(slope.square().sum(), [x, *layer.parameters()]))
    for mine, other in zip(*found, strict=True):
        torch.testing.assert_close(mine, other)


@pytest.mark.parametrize("kind", KINDS)
def test_a_third_derivative_is_right(kind: str) -> None:
    ours, theirs = make_pair(kind, 2, 2)
    x, found = _input((3, 1, 2)), []
    for layer in (ours, theirs):
        value = layer(x)[0].sum()
        for _ in range(3):
            (slope,) = torch.autograd.grad(value, x, create_graph=True)
            value = slope.pow(2).sum()
        found.append(value)
    torch.testing.assert_close(*found)


@given(st.data())
def test_agrees_with_torch_at_any_small_shape(data: st.DataObject) -> None:
    size = st.integers(1, 6)
    kind = data.draw(st.sampled_from(KINDS))
    ours, theirs = make_pair(
        kind,
        data.draw(size),
        data.draw(size),
        data.draw(st.integers(1, 3)),
        bias=data.draw(st.booleans()),
        bidirectional=data.draw(st.booleans()),
    )
    x = _input((data.draw(size), data.draw(size), ours.input_size))
    with elman.nn.backend("native"):  # a single step would else be left to torch
        assert_same(ours, theirs, x, make_state(ours, x.shape[1]))
    assert ours.backend == NATIVE


@given(st.integers(1, 7), st.sampled_from(KINDS))
def test_reading_in_two_pieces_equals_reading_at_once(cut: int, kind: str) -> None:
    layer, _ = make_pair(kind, I, H, 2)
    x = torch.randn(8, B, I, dtype=torch.float64)
    whole, last = layer(x)
    first, state = layer(x[:cut])
    second, end = layer(x[cut:], state)
    torch.testing.assert_close(torch.cat([first, second]), whole)
    torch.testing.assert_close(end, last)


@given(st.permutations(range(4)), st.sampled_from(KINDS))
def test_permuting_a_batch_permutes_its_outputs(order: list[int], kind: str) -> None:
    layer, _ = make_pair(kind, I, H, bidirectional=True)
    x = torch.randn(T, 4, I, dtype=torch.float64)
    torch.testing.assert_close(layer(x[:, order])[0], layer(x)[0][:, order])


@pytest.mark.parametrize("kind", KINDS)
def test_training_keeps_step_with_torch(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H, 2)
    x, target = torch.randn(T, B, I).double(), torch.randn(T, B, H).double()
    for layer in (ours, theirs):
        optimizer = torch.optim.Adam(layer.parameters(), lr=0.05)
        for _ in range(20):
            optimizer.zero_grad()
            (layer(x)[0] - target).square().mean().backward()
            optimizer.step()
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter, theirs.get_parameter(name))


@pytest.mark.parametrize("kind", KINDS)
def test_both_biases_get_gradients_of_their_own(kind: str) -> None:
    ours, _ = make_pair(kind, I, H)
    ours(_input((T, B, I)))[0].sum().backward()
    assert ours.bias_ih_l0.grad.data_ptr() != ours.bias_hh_l0.grad.data_ptr()


@pytest.mark.parametrize("kind", KINDS)
def test_not_a_number_passes_through_and_back(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H)
    x = torch.randn(T, B, I, dtype=torch.float64)
    x[2, 1] = float("nan")
    x[3, 0] = float("inf")
    assert_same(ours, theirs, x.requires_grad_(), equal_nan=True)


def test_inference_gives_the_same_as_training() -> None:
    layer = elman.nn.GRU(I, H, 2)
    x = torch.randn(T, B, I)
    expected = gradients(layer, x, None)["result 0"]
    with torch.no_grad():
        assert torch.equal(layer(x)[0], expected)
    with torch.inference_mode():
        output = layer(x)[0]
    assert torch.equal(output, expected)
    assert output.is_inference()
