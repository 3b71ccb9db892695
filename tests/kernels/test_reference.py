"""The reference recurrence against torch's layers, autograd, and itself."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from elman.kernels.layout import ACTIVATIONS, CELLS
from elman.kernels.reference import Scan, backward, forward

I, H = 3, 4
CASES = [("elman", "tanh"), ("elman", "relu"), ("gru", "tanh"), ("lstm", "tanh")]
SIZES = (4, 4, 3, 1, 1)


def _arguments(scan: Scan, B: int) -> dict[str, Tensor | None]:
    """Random arguments of `forward`, wanting gradients."""
    G = CELLS[scan.cell].gate_count

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, dtype=torch.float64, requires_grad=True)

    return {
        "projected": draw(sum(scan.batch_sizes), G * H),
        "weight": draw(G * H, H),
        "bias": draw(G * H),
        "h_0": draw(B, H),
        "c_0": draw(B, H) if CELLS[scan.cell].has_cell else None,
    }


@pytest.mark.parametrize(("cell", "activation"), CASES)
@pytest.mark.parametrize("reverse", [False, True])
def test_agrees_with_torch_s_layers(cell: str, activation: str, reverse: bool) -> None:
    kinds = {"elman": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
    options: dict[str, Any] = {"nonlinearity": activation} if cell == "elman" else {}
    layer = kinds[cell](I, H, bidirectional=True, **options).double()
    end, d = ("_reverse", 1) if reverse else ("", 0)
    W, R, b_x, b_h = (
        layer.get_parameter(name + end)
        for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    )
    x = torch.randn(sum(SIZES), I, dtype=torch.float64)
    states = torch.randn(2, 2, SIZES[0], H, dtype=torch.float64)
    hx = (states[0], states[1]) if cell == "lstm" else states[0]
    output, last = layer(PackedSequence(x, torch.tensor(SIZES)), hx)
    last = last if cell == "lstm" else (last,)
    c_0 = states[1, d] if cell == "lstm" else None
    scan = Scan(cell, SIZES, activation, reverse)
    result = forward(scan, x @ W.T + b_x, R, b_h, states[0, d], c_0)
    torch.testing.assert_close(result.output, output.data[:, d * H : (d + 1) * H])
    torch.testing.assert_close(result.h_n, last[0][d])
    if cell == "lstm":
        torch.testing.assert_close(result.c_n, last[1][d])


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("marked", [False, True])
def test_backward_agrees_with_autograd_through_forward(
    cell: str, activation: str, reverse: bool, marked: bool
) -> None:
    resets = torch.rand(sum(SIZES)) < 0.4 if marked else None
    scan = Scan(cell, SIZES, activation, reverse, resets)
    given_ = _arguments(scan, B=5)  # one sequence more than run: it is empty
    result = forward(scan, **given_)
    ends = {"output": result.output, "h_n": result.h_n, "c_n": result.c_n}
    ends = {name: end for name, end in ends.items() if end is not None}
    grads = {name: torch.randn_like(end) for name, end in ends.items()}
    wanted = {name: value for name, value in given_.items() if value is not None}
    slopes = torch.autograd.grad(list(ends.values()), list(wanted.values()), list(grads.values()))
    expected = dict(zip(wanted, slopes, strict=True))
    with torch.no_grad():
        found = backward(
            scan, given_["weight"], result, grads["output"], grads["h_n"], grads.get("c_n")
        )
        named = {
            "projected": found.projected,
            "weight": found.weight(result.previous),
            "bias": found.bias(),
            "h_0": found.h_0,
        }
    if found.c_0 is not None:
        named["c_0"] = found.c_0
    torch.testing.assert_close(named, expected)


@pytest.mark.parametrize(("cell", "activation"), CASES)
def test_state_gradients_are_total_derivatives(cell: str, activation: str) -> None:
    """Moving h_t itself by ε moves the loss by ε times the state gradient at t."""
    scan = Scan(cell, (2, 2, 2), activation)
    given_ = {k: None if v is None else v.detach() for k, v in _arguments(scan, B=2).items()}
    result = forward(scan, **given_)
    grad = torch.randn_like(result.output)
    states = backward(scan, given_["weight"], result, grad, want_states=True).states
    assert len(states) == (2 if cell == "lstm" else 1)
    tail = Scan(cell, (2, 2), activation)
    h_0 = result.output[:2].clone().requires_grad_()
    c_0 = None if result.cells is None else result.cells[:2].clone().requires_grad_()
    rest = forward(tail, given_["projected"][2:], given_["weight"], given_["bias"], h_0, c_0)
    loss = (h_0 * grad[:2]).sum() + (rest.output * grad[2:]).sum()
    torch.testing.assert_close(states[0][:2], torch.autograd.grad(loss, h_0, retain_graph=True)[0])
    if c_0 is not None:
        # c_0 reaches this step's own output through h = o tanh(c), which the tail does not see.
        o = result.gates[:2, 3 * H :]
        direct = states[0][:2] * o * (1 - torch.tanh(c_0.detach()) ** 2)
        torch.testing.assert_close(states[1][:2], torch.autograd.grad(loss, c_0)[0] + direct)


@pytest.mark.parametrize(("cell", "activation"), CASES)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_reset_separates_as_two_walks_do(cell: str, activation: str, reverse: bool) -> None:
    resets = torch.tensor([False, False, True, True, False, False])  # both rows, at step 1 of 3
    scan = Scan(cell, (2, 2, 2), activation, reverse, resets)
    given_ = {k: None if v is None else v.detach() for k, v in _arguments(scan, B=2).items()}
    whole = forward(scan, **given_)
    wiped = {
        name: torch.zeros(2, H).double() for name in ("h_0", "c_0") if given_[name] is not None
    }
    first = Scan(cell, (2,), activation, reverse)
    second = Scan(cell, (2, 2), activation, reverse)
    p = given_["projected"]
    carried_first, carried_second = (wiped, {}) if reverse else ({}, wiped)
    head = forward(first, **{**given_, **carried_first, "projected": p[:2]})
    tail = forward(second, **{**given_, **carried_second, "projected": p[2:]})
    torch.testing.assert_close(whole.output, torch.cat([head.output, tail.output]))
    torch.testing.assert_close(whole.h_n, head.h_n if reverse else tail.h_n)


@given(st.integers(1, 5), st.sampled_from(CASES))
def test_two_walks_in_a_row_equal_one(cut: int, case: tuple[str, str]) -> None:
    scan = Scan(case[0], (2,) * 6, case[1])
    given_ = {k: None if v is None else v.detach() for k, v in _arguments(scan, B=2).items()}
    whole = forward(scan, **given_)
    p = given_["projected"]
    head = forward(Scan(case[0], (2,) * cut, case[1]), **{**given_, "projected": p[: 2 * cut]})
    rest = {"projected": p[2 * cut :], "h_0": head.h_n, "c_0": head.c_n}
    tail = forward(Scan(case[0], (2,) * (6 - cut), case[1]), **{**given_, **rest})
    torch.testing.assert_close(torch.cat([head.output, tail.output]), whole.output)
    torch.testing.assert_close(tail.h_n, whole.h_n)
    torch.testing.assert_close(tail.c_n, whole.c_n)


def test_what_a_walk_keeps_is_what_its_names_say() -> None:
    scan = Scan("gru", SIZES, resets=torch.rand(sum(SIZES)) < 0.3)
    given_ = _arguments(scan, B=4)
    result = forward(scan, **given_)
    reset, update, new = result.gates.chunk(3, 1)
    torch.testing.assert_close(result.output, (1 - update) * new + update * result.previous)
    recurrent = result.previous @ given_["weight"].T + given_["bias"]
    torch.testing.assert_close(result.candidates, recurrent[:, 2 * H :])
    p_n = given_["projected"][:, 2 * H :]
    torch.testing.assert_close(new, torch.tanh(p_n + reset * result.candidates))
    assert not result.previous[scan.resets].any()


def test_an_empty_sequence_keeps_its_state() -> None:
    scan = Scan("lstm", (1, 1))
    given_ = _arguments(scan, B=2)
    result = forward(scan, **given_)
    assert torch.equal(result.h_n[1], given_["h_0"][1])
    assert torch.equal(result.c_n[1], given_["c_0"][1])
