"""One walk as a node of autograd's graph: what may change, when, and what must be refused."""

from typing import Any

import pytest
import torch
from tests.nn.pairs import BUILT, KINDS, WHY_NOT_BUILT, assert_same, make_pair

from elman.kernels.reference import Scan
from elman.nn.walk import Weights, native_walk, torch_walk

B, T, I, H = 3, 5, 4, 6


@pytest.mark.skipif(not BUILT, reason=WHY_NOT_BUILT)
@pytest.mark.parametrize(
    ("cell", "activation"),
    [*(("elman", f) for f in ("tanh", "relu", "sigmoid", "identity")), ("gru", ""), ("lstm", "")],
)
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("biases", [(), (2,), (3,), (2, 3)])
def test_native_and_torch_walks_agree(
    cell: str, activation: str, reverse: bool, biases: tuple[int, ...]
) -> None:
    G = {"elman": 1, "gru": 3, "lstm": 4}[cell]
    sizes = (3, 3, 2, 1)
    scan = Scan(cell, sizes, activation or "tanh", reverse, torch.rand(sum(sizes)) < 0.3)
    shapes = [(sum(sizes), I), (G * H, I), (G * H, H), (G * H,), (G * H,), (4, H), (4, H)]
    inputs: list[Any] = [torch.randn(s).double().div(2).requires_grad_() for s in shapes]
    for k in {2, 3} - set(biases):
        inputs[k + 1] = None
    if cell != "lstm":
        inputs[6] = None
    x, *weights, h_0, c_0 = inputs
    given = [t for t in inputs if t is not None]
    results = []
    for walk in (native_walk, torch_walk):
        ends = [t for t in walk(scan, x, tuple(weights), h_0, c_0) if t is not None]
        loss = sum((t * torch.arange(t.numel()).view_as(t)).sum() for t in ends)
        results.append((ends, torch.autograd.grad(loss, given)))
    torch.testing.assert_close(*results)


@pytest.mark.parametrize("kind", KINDS)
def test_the_output_may_be_changed_in_place(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H, bidirectional=False)

    class Changed(torch.nn.Module):
        def __init__(self, layer: Any, copied: bool) -> None:
            super().__init__()
            self.layer, self.copied = layer, copied

        def forward(self, x: torch.Tensor, hx: Any) -> torch.Tensor:
            output = self.layer(x, hx)[0]
            output = output.clone() if self.copied else output
            output[1].mul_(3)  # through a view as well
            return torch.nn.functional.relu(output.add_(0.1), inplace=True)

    x = torch.randn(T, B, I).double().requires_grad_()
    assert_same(Changed(ours, copied=False), Changed(theirs, copied=True), x)


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_state_may_be_changed_in_place(kind: str) -> None:
    ours, _ = make_pair(kind, I, H, 2)
    x = torch.randn(T, B, I).double()
    output, last = ours(x)
    kept = output.clone()
    for state in last if isinstance(last, tuple) else (last,):
        state.zero_()
    assert torch.equal(output, kept)
    output.sum().backward()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("changed", ["weight_ih_l0", "weight_hh_l0"])
def test_weights_changed_between_forward_and_backward_are_an_error(kind: str, changed: str) -> None:
    for layer in make_pair(kind, I, H):
        loss = layer(torch.randn(T, B, I).double().requires_grad_())[0].sum()
        with torch.no_grad():
            layer.get_parameter(changed).add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("changed", ["bias_ih_l0", "bias_hh_l0"])
def test_a_bias_changed_between_forward_and_backward_is_none(kind: str, changed: str) -> None:
    found = []
    for layer in make_pair(kind, I, H):
        x = torch.linspace(-1, 1, T * B * I).view(T, B, I).double()
        loss = layer(x)[0].square().sum()
        with torch.no_grad():
            layer.get_parameter(changed).add_(1)
        loss.backward()
        found.append({name: p.grad for name, p in layer.named_parameters()})
    torch.testing.assert_close(*found)


@pytest.mark.skipif(not BUILT, reason=WHY_NOT_BUILT)
@pytest.mark.parametrize("again", ["double backward", "output changed"])
def test_a_changed_bias_is_an_error_where_the_walk_is_repeated(again: str) -> None:
    layer = make_pair("gru", I, H)[0]
    x = torch.randn(T, B, I).double().requires_grad_()
    output = layer(x)[0]
    if again == "output changed":
        output.mul_(2)
    with torch.no_grad():
        layer.bias_hh_l0.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation: a bias"):
        torch.autograd.grad(output.sum(), x, create_graph=again == "double backward")


def test_an_input_changed_between_forward_and_backward_is_an_error() -> None:
    for layer in make_pair("gru", I, H):
        x = torch.randn(T, B, I).double()
        loss = layer(x)[0].sum()
        x.add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_backward_needs_retain_graph(kind: str) -> None:
    for layer in make_pair(kind, I, H):
        loss = layer(torch.randn(T, B, I).double())[0].sum()
        loss.backward(retain_graph=True)
        first = layer.weight_hh_l0.grad.clone()
        loss.backward()
        torch.testing.assert_close(layer.weight_hh_l0.grad, 2 * first)
        with pytest.raises(RuntimeError, match="backward through the graph a second time"):
            loss.backward()


@pytest.mark.parametrize(
    ("kind", "used"),
    [*((kind, used) for kind in KINDS for used in ("output", "h_n")), ("lstm", "c_n")],
)
def test_gradients_flow_from_any_result_alone(kind: str, used: str) -> None:
    ours, theirs = make_pair(kind, I, H, 2, bidirectional=True)
    x, slopes = torch.randn(T, B, I).double(), []
    for layer in (ours, theirs):
        output, last = layer(x)
        states = last if isinstance(last, tuple) else (last,)
        chosen = {"output": output, "h_n": states[0], "c_n": states[-1]}[used]
        weights = list(layer.parameters())
        slopes.append(torch.autograd.grad(chosen.square().sum(), weights, materialize_grads=True))
    torch.testing.assert_close(*slopes)


@pytest.mark.skipif(not BUILT, reason=WHY_NOT_BUILT)
def test_inference_keeps_nothing_for_a_way_back() -> None:
    weights: Weights = (torch.randn(4 * H, I), torch.randn(4 * H, H), None, None)
    state = torch.zeros(B, H)
    output, _, _ = native_walk(Scan("lstm", (B,) * T), torch.randn(T, B, I), weights, state, state)
    assert output.grad_fn is None
    assert not output.requires_grad


class _GivesNone(torch.autograd.Function):
    """The same values, and no gradient."""

    @staticmethod
    def forward(_ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    @staticmethod
    def backward(_ctx: Any, _grad: torch.Tensor) -> None:  # type: ignore[override]
        return None


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_where_no_gradient_comes_none_goes_on(kind: str, create_graph: bool) -> None:
    for layer in make_pair(kind, 3, 4):
        x = torch.randn(5, 2, 3, dtype=torch.float64, requires_grad=True)
        loss = _GivesNone.apply(layer(x)[0]).sum()
        found = torch.autograd.grad(
            loss, [x, *layer.parameters()], create_graph=create_graph, allow_unused=True
        )
        assert all(gradient is None for gradient in found)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_of_inference_are_refused_in_torch_s_words(kind: str) -> None:
    x, said = torch.randn(5, 2, 3, dtype=torch.float64, requires_grad=True), []
    with torch.inference_mode():
        layers = make_pair(kind, 3, 4)
    for layer in layers:
        with pytest.raises(RuntimeError) as caught:
            layer(x)
        said.append(str(caught.value))
    assert said[0] == said[1]
