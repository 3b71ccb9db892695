"""Reading without gradients agrees with the slow twin, layer above layer, whoever projects."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import linear

from elman.kernels import arguments, inference, native, reference
from elman.kernels.layout import CELLS
from elman.kernels.reference import Scan, Weights

pytestmark = pytest.mark.skipif(not native.available()[0], reason="no native core")

I, H, L = 5, 17, 2


def make_weights(cell: str, bias: bool = True) -> list[Weights]:
    rows = CELLS[cell].gate_count * H
    layers: list[Weights] = []
    for inputs in (I, H):
        drawn = [torch.randn(rows, columns, dtype=torch.float64) / 4 for columns in (inputs, H)]
        biases = [torch.randn(rows, dtype=torch.float64) if bias else None for _ in range(2)]
        layers.append((*drawn, *biases))  # type: ignore[arg-type]
    return layers


def by_twin(
    cell: str, x: Tensor, weights: list[Weights], states: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    """Output and last states by `reference`, one layer after the other."""
    (T, B, _), ends = x.shape, []
    for layer, (weight_ih, weight_hh, bias_ih, bias_hh) in enumerate(weights):
        projected = linear(x.reshape(T * B, -1), weight_ih, bias_ih)
        entering = [state[layer] for state in states]
        result = reference.forward(Scan(cell, (B,) * T), projected, weight_hh, bias_hh, *entering)
        x = result.output.view(T, B, H)
        ends.append([end for end in (result.h_n, result.c_n) if end is not None])
    return x, *(torch.stack(parts) for parts in zip(*ends, strict=True))


@pytest.mark.parametrize("large", [0, 1 << 40], ids=["torch projects", "the core projects"])
@pytest.mark.parametrize(("T", "B"), [(1, 1), (1, 2), (1, 9), (19, 1), (7, 4)])
@pytest.mark.parametrize("cell", CELLS)
def test_agrees_with_the_twin(
    cell: str, T: int, B: int, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arguments, "NEAR_BYTES", 0)
    monkeypatch.setattr(arguments, "LARGE", large)
    x, weights = torch.randn(T, B, I, dtype=torch.float64), make_weights(cell, bias=B != 2)
    count = 1 + CELLS[cell].has_cell
    states = tuple(torch.randn(L, B, H, dtype=torch.float64) for _ in range(count))
    before = [state.clone() for state in states]
    output, last = inference.read((cell, "tanh"), x, weights, states)
    wanted, *ends = by_twin(cell, x, weights, states)
    torch.testing.assert_close(output, wanted)
    torch.testing.assert_close(list(last), ends)
    assert all(torch.equal(*pair) for pair in zip(states, before, strict=True)), "left as they were"


@pytest.mark.parametrize("cell", CELLS)
def test_no_states_are_zeros(cell: str) -> None:
    x, weights = torch.randn(3, 2, I, dtype=torch.float64), make_weights(cell)
    zeros = (torch.zeros(L, 2, H, dtype=torch.float64),) * (1 + CELLS[cell].has_cell)
    output, last = inference.read((cell, "tanh"), x, weights, None)
    wanted, ends = inference.read((cell, "tanh"), x, weights, zeros)
    assert torch.equal(output, wanted)
    assert all(torch.equal(*pair) for pair in zip(last, ends, strict=True))


def test_states_and_weights_may_have_gaps() -> None:
    x, weights = torch.randn(3, 2, I), [tuple(w.float() for w in of) for of in make_weights("gru")]
    wide = torch.randn(L, 2, 2 * H)[..., ::2]
    gaps = [tuple(torch.stack([w, w], -1)[..., 0] for w in of) for of in weights]
    output, last = inference.read(("gru", "tanh"), x, gaps, (wide,))  # type: ignore[arg-type]
    wanted, ends = inference.read(("gru", "tanh"), x, weights, (wide.contiguous(),))  # type: ignore[arg-type]
    assert torch.equal(output, wanted)
    assert torch.equal(last[0], ends[0])
