"""Elman's network against its two equations."""

import runpy
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.nn.pairs import BUILT, NATIVE, on_torch

import elman.nn
from elman.contracts import Steppable
from elman.errors import BackendError, ChoiceError, ConfigError, ShapeError
from elman.nn import Elman
from elman.sequences import PaddedBatch

B, T, I, H, O = 3, 5, 2, 4, 3
F = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "identity": lambda z: z,
    "softmax": lambda z: torch.softmax(z, -1),
    "log_softmax": lambda z: torch.log_softmax(z, -1),
}


def _network(**options: Any) -> Elman:
    return Elman(I, H, O, dtype=torch.float64, **options)


@pytest.mark.parametrize("f", ["tanh", "relu", "sigmoid", "identity"])
@pytest.mark.parametrize("g", list(F))
@pytest.mark.parametrize("bias", [False, True])
def test_agrees_with_its_equations(f: str, g: str, bias: bool) -> None:
    network = _network(f=f, g=g, bias=bias)
    U, V, W = network.U, network.V, network.W
    b, c = (network.b, network.c) if bias else (0, 0)
    x = torch.randn(B, T, I, dtype=torch.float64)
    h, outputs = torch.zeros(B, H, dtype=torch.float64), []
    for t in range(T):
        h = F[f](x[:, t] @ U.T + h @ V.T + b)
        outputs.append(F[g](h @ W.T + c))
    expected, weights = torch.stack(outputs, 1), list(network.parameters())
    found, (state,) = network(x)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(state, h[None])
    torch.testing.assert_close(
        torch.autograd.grad(found.square().sum() + state.sum(), weights),
        torch.autograd.grad(expected.square().sum() + h.sum(), weights),
    )
    assert network.backend == NATIVE


def test_parameters_carry_the_letters_of_the_equations() -> None:
    shapes = {name: tuple(p.shape) for name, p in _network().named_parameters()}
    assert shapes == {"U": (H, I), "V": (H, H), "W": (O, H), "b": (H,), "c": (O,)}
    assert [name for name, _ in _network(bias=False).named_parameters()] == ["U", "V", "W"]
    assert _network(bias=False).b is None
    assert repr(_network(g="identity")) == "Elman(2, 4, 3, f='tanh', g='identity')"
    assert isinstance(_network(), Steppable)


def test_its_memory_is_torch_s_rnn() -> None:
    network, layer = _network(), torch.nn.RNN(I, H, batch_first=True).double()
    weights = {"weight_ih_l0": network.U, "weight_hh_l0": network.V, "bias_ih_l0": network.b}
    layer.load_state_dict({**weights, "bias_hh_l0": torch.zeros(H)})
    x = torch.randn(B, T, I, dtype=torch.float64)
    torch.testing.assert_close(network(x)[1][0], layer(x)[1])


@pytest.mark.parametrize("name", ["auto", "torch"])
def test_reads_lengths_and_resets(name: str) -> None:
    network = _network()
    x = torch.randn(2, T, I, dtype=torch.float64)
    resets = torch.zeros(2, T, dtype=torch.bool)
    resets[0, 2] = True
    with elman.nn.backend(name):
        padded, (state,) = network(PaddedBatch(x, torch.tensor([T, 3]), resets))
        dense, _ = network(x, resets=resets)
    expected = torch.cat([network(x[:1, :2])[0], network(x[:1, 2:])[0]], 1)[0]
    torch.testing.assert_close(padded.values[0], expected)
    torch.testing.assert_close(dense[0], expected)
    torch.testing.assert_close(padded.values[1, :3], network(x[1:, :3])[0][0])
    assert not padded.values[1, 3:].any()
    torch.testing.assert_close(state[:, 1:], network(x[1:, :3])[1][0])


@pytest.mark.skipif(not BUILT, reason="needs both ways")
def test_a_call_keeps_its_way_when_another_thread_demands_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, x, walked = _network(), torch.randn(B, T, I, dtype=torch.float64), []

    def recorded(name: str, function: Any) -> Any:
        return lambda *args: (walked.append(name), function(*args))[1]

    def interrupted(*args: Any, run: Any = elman.nn.network.run_padded) -> Any:
        if threading.current_thread() is threading.main_thread():
            thread = threading.Thread(target=demand_torch)
            thread.start()
            thread.join()
        return run(*args)

    def demand_torch() -> None:
        with elman.nn.backend("torch"):
            network(x)

    for name in ("native_walk", "torch_walk"):
        monkeypatch.setattr(elman.nn.network, name, recorded(name, getattr(elman.nn.network, name)))
    monkeypatch.setattr(elman.nn.network, "run_padded", interrupted)
    network(x)
    assert walked == ["torch_walk", "native_walk"]


def test_two_calls_with_carried_state_equal_one() -> None:
    network, x = _network(), torch.randn(B, T, I, dtype=torch.float64)
    head, state = network(x[:, :2])
    tail, last = network(x[:, 2:], state)
    whole, end = network(x)
    torch.testing.assert_close(torch.cat([head, tail], 1), whole)
    torch.testing.assert_close(last, end)


def test_unfolding_lists_what_the_loop_does() -> None:
    network, x = _network(), torch.randn(T, I, dtype=torch.float64)
    steps = network.unfold(x)
    outputs, (last,) = network(x[None])
    torch.testing.assert_close(torch.stack([step.o for step in steps]), outputs[0])
    torch.testing.assert_close(steps[-1].h, last[0, 0])
    assert len(steps) == T
    assert [step.t for step in steps[1:3]] == [1, 2]
    for before, after in zip(steps, list(steps)[1:], strict=False):
        assert after.h_prev is before.h
        assert torch.equal(after.x, x[after.t])
    again = network.unfold(x[3:], (steps[2].h[None, None],))
    torch.testing.assert_close(again[-1].o, steps[-1].o)


def test_an_unfolding_reads_well() -> None:
    network = Elman(1, 1, 2, f="identity", g="identity", bias=False)
    with torch.no_grad():
        network.U.fill_(1), network.V.fill_(2), network.W.fill_(1)
    steps = network.unfold(torch.tensor([[1.0], [0.5]]))
    assert repr(steps).split("\n") == [
        "step 0: x (1.00), memory (0.00) → (1.00), says (1.00, 1.00)",
        "step 1: x (0.50), memory (1.00) → (2.50), says (2.50, 2.50)",
    ]
    assert repr(network.unfold(torch.zeros(0, 1))) == "no steps"
    assert ", …)" in repr(Elman(9, 1, 1).unfold(torch.zeros(1, 9)))


def test_learns_to_recall_the_step_before() -> None:
    """XOR of neighbours needs memory: without one, half the answers are wrong."""
    torch.manual_seed(1)
    network = Elman(2, 8, 2, g="log_softmax")
    optimizer = torch.optim.Adam(network.parameters(), lr=0.03)
    for _ in range(150):
        bits = torch.randint(2, (16, 12))
        target = bits[:, 1:] ^ bits[:, :-1]
        said, _ = network(torch.nn.functional.one_hot(bits, 2).float())
        loss = torch.nn.functional.nll_loss(said[:, 1:].flatten(0, 1), target.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"f": "thanh"}, ChoiceError, r"Elman: `f` must be one of .*Did you mean 'tanh'\?"),
        ({"g": "sofmax"}, ChoiceError, r"Elman: `g` must be one of .*Did you mean 'softmax'\?"),
        ({"f": "softmax"}, ChoiceError, r"Elman: `f` must be one of .*; got 'softmax'"),
        ({"hidden_size": 0}, ConfigError, r"Elman: `hidden_size` must be at least 1, got 0"),
        ({"hidden_size": 2.5}, ConfigError, r"Elman: `hidden_size` must be .*, got 2.5"),
        ({"input_size": "2"}, ConfigError, r"Elman: `input_size` must be .*, got '2'"),
    ],
)
def test_faults_at_construction_are_named(options: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        Elman(**({"input_size": I, "hidden_size": H, "output_size": O} | options))


def test_faults_of_calls_are_named() -> None:
    network = Elman(I, H, O)
    x = torch.zeros(B, T, I)
    with pytest.raises(ShapeError, match=r"Elman\.forward: `x` must have shape .*I=2"):
        network(torch.zeros(B, T, 7))
    with pytest.raises(ShapeError, match=r"`state` must have shapes \(\(1, 3, 4\),\)"):
        network(x, (torch.zeros(1, 2, H),))
    with pytest.raises(ShapeError, match=r"`resets` must be a bool tensor of shape \(B=3, T=5\)"):
        network(x, resets=torch.zeros(B, 1, dtype=torch.bool))
    with pytest.raises(ShapeError, match=r"`resets` must be None beside a PaddedBatch"):
        network(PaddedBatch.full(x), resets=torch.zeros(B, T, dtype=torch.bool))
    with pytest.raises(ShapeError, match=r"Elman\.unfold: `x` must have shape \(T, I=2\)"):
        network.unfold(x)
    with elman.nn.backend("native"), pytest.raises(BackendError, match="must run natively"):
        network.bfloat16()(x.bfloat16())
    network(x.bfloat16())
    assert network.backend == on_torch("dtype is bfloat16")


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    path = Path(__file__).parents[2] / "examples" / "elman_in_100_lines.py"
    return runpy.run_path(str(path), run_name="example")


def test_the_example_in_numpy_computes_the_same(example: dict[str, Any]) -> None:
    network = Elman(5, 4, 5, g="log_softmax", dtype=torch.float64)
    net = {name: p.detach().numpy().copy() for name, p in network.named_parameters()}
    ids = np.array([0, 3, 1, 4, 2, 2])
    x = np.eye(5)[ids[:-1]]
    said, (last,) = network(torch.from_numpy(x)[None])
    h, o = example["forward"](net, x)
    np.testing.assert_allclose(np.log(o), said[0].detach().numpy())
    np.testing.assert_allclose(h[-1], last[0, 0].detach().numpy())
    torch.nn.functional.nll_loss(said[0], torch.from_numpy(ids[1:]), reduction="sum").backward()
    slopes = example["backward"](net, x, h, o, ids[1:])
    for name, parameter in network.named_parameters():
        np.testing.assert_allclose(slopes[name], parameter.grad.numpy(), err_msg=name)


def test_the_example_in_numpy_shows_what_memory_is_worth(
    example: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    example["main"]()
    lines = capsys.readouterr().out.splitlines()
    losses = [float(line.split()[3]) for line in lines if "nats" in line]
    assert losses[0] < 0.5 < losses[1]
    source = Path(example["__file__"]).read_text()
    assert len(source.splitlines()) <= 100
    assert "import torch" not in source


@pytest.mark.filterwarnings("ignore")  # torch.export warns of its own ways
@pytest.mark.parametrize("strict", [False, True])
def test_exports_as_torch_s_operators(strict: bool) -> None:
    network, x = _network(), torch.randn(2, B, T, I, dtype=torch.float64)
    program = torch.export.export(network, (x[0],), strict=strict)
    torch.testing.assert_close(program.module()(x[1])[0], network(x[1])[0])
