"""The closed list goes on: what torch does to functions and graphs, done to our layers."""

import warnings
from typing import Any

import pytest
import torch
from tests.nn.pairs import KINDS, NATIVE, assert_same, make_pair, on_torch, tensors_of
from torch.autograd import forward_ad
from torch.func import functional_call, grad, jacrev, jvp, vmap
from torch.nn.utils import prune

import elman.nn

B, T, I, H = 2, 4, 3, 4


class Model(torch.nn.Module):
    """A layer with something behind it."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer
        self.head = torch.nn.Linear(layer.hidden_size, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.layer(x)[0])


def _models(kind: str) -> tuple[Model, Model]:
    ours, theirs = map(Model, make_pair(kind, I, H, 2, bidirectional=False, dtype=torch.float32))
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


@pytest.mark.parametrize("kind", KINDS)
def test_functional_call_takes_other_weights_for_once(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H)
    x = torch.randn(T, B, I).double()
    before = ours(x)
    other = {name: torch.randn_like(p).requires_grad_() for name, p in ours.named_parameters()}
    results = [functional_call(layer, other, (x,)) for layer in (ours, theirs)]
    torch.testing.assert_close(*results)
    assert ours.backend == NATIVE
    sums = [sum(t.sum() for t in tensors_of(result)) for result in results]
    torch.testing.assert_close(*(torch.autograd.grad(s, list(other.values())) for s in sums))
    torch.testing.assert_close(ours(x), before)


@pytest.mark.parametrize("kind", KINDS)
def test_autocast_gives_torch_s_types_and_values(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H, dtype=torch.float32)
    x = torch.randn(T, B, I)

    def outcome(layer: Any) -> Any:
        try:
            return tensors_of(layer(x))
        except RuntimeError as error:  # oneDNN has no bfloat16 LSTM for processors without AVX-512
            return str(error)

    with torch.autocast("cpu", dtype=torch.bfloat16):
        mine, other = outcome(ours), outcome(theirs)
    if isinstance(other, str):
        assert mine == other
    else:
        for a, b in zip(mine, other, strict=True):
            assert a.dtype == b.dtype
            torch.testing.assert_close(a, b)
    assert ours.backend == on_torch("autocast is on")
    with torch.autocast("cpu", enabled=False):
        ours(x)
    assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_func_grad_and_jacrev_agree(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H)
    x, results = torch.randn(T, B, I).double(), []
    for layer in (ours, theirs):
        parameters = dict(layer.named_parameters())

        def loss(p: Any, layer: Any = layer) -> torch.Tensor:
            return functional_call(layer, p, (x,))[0].square().sum()

        results.append((grad(loss)(parameters), jacrev(lambda x, f=layer: f(x)[0].sum(0))(x)))
    torch.testing.assert_close(*results)
    assert ours.backend == on_torch("a torch.func transform is active")


@pytest.mark.parametrize("kind", KINDS)
def test_vmap_answers_as_torch_does(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H)
    many = torch.randn(5, T, B, I).double()

    def outcome(layer: Any) -> Any:
        try:
            return vmap(lambda x: layer(x)[0])(many)
        except RuntimeError as error:  # torch 2.13 has no batching rule for its own layers
            return str(error)

    mine, other = outcome(ours), outcome(theirs)
    if isinstance(other, str):
        assert mine == other
    else:
        torch.testing.assert_close(mine, other)


@pytest.mark.parametrize("kind", ["rnn_tanh", "rnn_relu", "gru", "lstm"])
@pytest.mark.filterwarnings("ignore")  # torch's own formulas script something when first used
def test_forward_mode_differentiation_agrees(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H)  # float64: torch's float32 LSTM has no forward mode
    x, v = torch.randn(2, T, B, I).double()
    torch.testing.assert_close(*(jvp(lambda x, f=f: f(x)[0], (x,), (v,)) for f in (ours, theirs)))
    tangents = []
    for layer in (ours, theirs):
        with forward_ad.dual_level():
            dual = forward_ad.make_dual(x, v)
            tangents.append(forward_ad.unpack_dual(layer(dual)[0]).tangent)
    torch.testing.assert_close(*tangents)
    assert ours.backend == on_torch("forward-mode differentiation is active")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("vectorize", [False, True])
def test_jacobians_and_hessians_of_autograd_agree(kind: str, vectorize: bool) -> None:
    ours, theirs = make_pair(kind, I, H, bidirectional=True)
    x = torch.randn(T, B, I).double()
    jacobian, hessian = torch.autograd.functional.jacobian, torch.autograd.functional.hessian
    torch.testing.assert_close(
        jacobian(lambda x: ours(x)[0][1], x, vectorize=vectorize),
        jacobian(lambda x: theirs(x)[0][1], x),
    )
    torch.testing.assert_close(
        hessian(lambda x: ours(x)[0].square().sum(), x, vectorize=vectorize),
        hessian(lambda x: theirs(x)[0].square().sum(), x),
    )
    assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_compiles(kind: str) -> None:
    ours, theirs = _models(kind)
    x = torch.randn(T, B, I)
    compiled = torch.compile(ours, backend="eager")
    torch.testing.assert_close(compiled(x), theirs(x))
    compiled(x).sum().backward()
    assert ours.layer.weight_hh_l0.grad is not None
    torch._dynamo.reset()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.filterwarnings("ignore")  # torch's layers touch their list of weights, and it warns
def test_exports_to_torch_s_own_operators(kind: str, strict: bool) -> None:
    ours, theirs = _models(kind)
    x = torch.randn(T, B, I)
    program = torch.export.export(ours, (x,), strict=strict)
    torch.testing.assert_close(program.module()(x), theirs(x))


@pytest.mark.parametrize("kind", KINDS)
def test_traces_to_torch_s_own_operators(kind: str) -> None:
    ours, theirs = _models(kind)
    x = torch.randn(T, B, I)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch deprecates the tracer, and says so
        traced = torch.jit.trace(ours, (x,))
    torch.testing.assert_close(traced(torch.ones(T, B, I)), theirs(torch.ones(T, B, I)))
    assert "Recorded" not in str(traced.inlined_graph)


@pytest.mark.parametrize("kind", KINDS)
def test_scripts_as_torch_s_own_layer(kind: str) -> None:
    ours, theirs = _models(kind)
    x = torch.randn(T, B, I)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scripted = torch.jit.script(ours)
    torch.testing.assert_close(scripted(x), theirs(x))
    assert type(ours.layer) is type(theirs.layer)  # torch's compiler leaves them in place of ours


@pytest.mark.parametrize("kind", KINDS)
def test_is_a_leaf_of_an_fx_graph(kind: str) -> None:
    ours, theirs = _models(kind)
    graphs = [torch.fx.symbolic_trace(model) for model in (ours, theirs)]
    assert str(graphs[0].graph) == str(graphs[1].graph).replace("(%x,)", "(%x, None)")
    x = torch.randn(T, B, I)
    torch.testing.assert_close(graphs[0](x), theirs(x))
    assert ours.layer.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_activation_checkpoints_give_the_same_gradients(kind: str) -> None:
    from torch.utils.checkpoint import checkpoint

    ours, theirs = make_pair(kind, I, H, 2, dropout=0.5)

    class Checkpointed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = ours

        def forward(self, x: torch.Tensor, hx: Any) -> Any:
            return checkpoint(self.layer, x, hx, use_reentrant=False)

        def named_parameters(self, *_: Any, **__: Any) -> Any:
            return self.layer.named_parameters()

    assert_same(Checkpointed(), theirs, torch.randn(T, B, I).double().requires_grad_())


@pytest.mark.parametrize("kind", KINDS)
def test_saved_tensors_may_be_packed_away(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H)
    with torch.autograd.graph.save_on_cpu():
        assert_same(ours, theirs, torch.randn(T, B, I).double().requires_grad_())


def test_counts_operations_as_torch_does() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    ours, theirs = make_pair("gru", I, H)
    counts = []
    for layer in (ours, theirs):
        with FlopCounterMode(display=False) as counter:
            layer(torch.randn(T, B, I).double())
        counts.append(counter.get_total_flops())
    assert counts[0] == counts[1] > 0
    assert ours.backend == on_torch("a torch dispatch mode is active")


@pytest.mark.parametrize("normalise", ["old", "new"])
@pytest.mark.parametrize("kind", KINDS)
def test_weight_norm_and_its_parametrized_successor(kind: str, normalise: str) -> None:
    ours, theirs = make_pair(kind, I, H)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the old one is deprecated
        old, new = torch.nn.utils.weight_norm, torch.nn.utils.parametrizations.weight_norm
        for layer in (ours, theirs):
            (old if normalise == "old" else new)(layer, "weight_hh_l0")
    assert_same(ours, theirs, torch.randn(T, B, I).double().requires_grad_())
    assert ours.backend == NATIVE


@pytest.mark.parametrize("kind", KINDS)
def test_pruned_weights_stay_pruned(kind: str) -> None:
    ours, theirs = make_pair(kind, I, H)
    for layer in (ours, theirs):
        prune.l1_unstructured(layer, "weight_hh_l0", 0.5)
    assert_same(ours, theirs, torch.randn(T, B, I).double().requires_grad_())


def test_dropping_weights_by_hand_works_as_in_torch() -> None:
    """DropConnect, as in AWD-LSTM: the recurrent weight is computed anew before every call."""
    ours, theirs = make_pair("lstm", I, H)
    x = torch.randn(T, B, I).double()
    slopes = []
    for layer in (ours, theirs):
        raw = torch.nn.Parameter(layer.weight_hh_l0.detach().clone())
        del layer.weight_hh_l0
        layer.weight_hh_l0 = raw * 0.5
        layer(x)[0].sum().backward()
        slopes.append(raw.grad)
    torch.testing.assert_close(*slopes)
    assert ours.backend == NATIVE


def test_default_devices_and_gradient_modes_do_not_leak_in() -> None:
    layer = elman.nn.GRU(I, H)
    x = torch.randn(T, B, I)
    with torch.device("meta"):
        assert layer(x)[0].device.type == "cpu"
    with torch.no_grad():
        assert not layer(x)[0].requires_grad
    layer.requires_grad_(False)
    assert not layer(x)[0].requires_grad
