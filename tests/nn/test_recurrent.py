"""Any cell, run over sequences."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

import elman.nn
from elman.contracts import State, Steppable
from elman.errors import BackendError, ConfigError, ShapeError
from elman.nn import Recurrent
from elman.sequences import PaddedBatch

I, H = 2, 3


class LSTMStep(torch.nn.Module):
    """torch's own cell under our two methods."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.LSTMCell(I, H).double()

    def initial_state(self, batch_size: int) -> State:
        zeros = torch.zeros(batch_size, H, dtype=torch.float64)
        return zeros, zeros

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        h, c = self.inner(x, state)
        return h, (h, c)


class Sum(torch.nn.Module):
    """A running sum that starts at 10, to see where states come from."""

    def initial_state(self, batch_size: int) -> State:
        return (torch.full((batch_size, 1), 10.0),)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        total = state[0] + x
        return total, (total,)


def _pair() -> tuple[Recurrent, torch.nn.LSTM]:
    cell = LSTMStep()
    layer = elman.nn.LSTM(I, H).double()
    layer.load_state_dict({f"{k}_l0": v for k, v in cell.inner.state_dict().items()})
    return Recurrent(cell), layer


@given(st.lists(st.integers(0, 5), min_size=1, max_size=4), st.booleans())
def test_runs_a_cell_as_the_layer_does(lengths: list[int], marked: bool) -> None:
    ours, layer = _pair()
    values = torch.randn(len(lengths), 5, I, dtype=torch.float64)
    resets = torch.rand(len(lengths), 5) < 0.3 if marked else None
    batch = PaddedBatch(values, torch.tensor(lengths), resets)
    state = (torch.randn(1, len(lengths), H).double(), torch.randn(1, len(lengths), H).double())
    output, last = ours(batch, state)
    expected, end = layer(batch, state)
    torch.testing.assert_close(output.values, expected.values)
    torch.testing.assert_close(last, end)


def test_trains_the_cell() -> None:
    ours, layer = _pair()
    x = torch.randn(2, 4, I, dtype=torch.float64)
    ours(x)[0].sum().backward()
    layer(PaddedBatch.full(x))[0].values.sum().backward()
    torch.testing.assert_close(ours.cell.inner.weight_hh.grad, layer.weight_hh_l0.grad)
    assert next(name for name, _ in ours.named_parameters()) == "cell.inner.weight_ih"


def test_a_reset_starts_the_cell_s_own_initial_state() -> None:
    sums, state = Recurrent(Sum())(
        torch.ones(1, 5, 1), resets=torch.tensor([[False, False, True, False, False]])
    )
    assert sums.flatten().tolist() == [11, 12, 11, 12, 13]
    assert state[0].flatten().tolist() == [13]


def test_one_row_shorter_than_its_batch() -> None:
    batch = PaddedBatch(torch.ones(1, 4, 1), torch.tensor([3]))
    sums, _ = Recurrent(Sum())(batch)
    assert sums.values.flatten().tolist() == [11, 12, 13, 0]


def test_nothing_to_read_gives_outputs_of_the_right_shape() -> None:
    runner, _ = _pair()
    output, state = runner(torch.zeros(2, 0, I, dtype=torch.float64))
    assert output.shape == (2, 0, H)
    assert [tuple(part.shape) for part in state] == [(1, 2, H), (1, 2, H)]


def test_is_steppable_and_says_what_ran_it() -> None:
    runner = Recurrent(Sum())
    assert isinstance(runner, Steppable)
    runner(torch.ones(1, 1, 1))
    assert runner.backend == elman.nn.Backend("torch", "the cell is written in Python")
    with elman.nn.backend("native"), pytest.raises(BackendError, match=r"Recurrent\.forward: must"):
        runner(torch.ones(1, 1, 1))


def test_faults_are_named() -> None:
    with pytest.raises(ConfigError, match="`cell` must have initial_state and step, got LSTMCell"):
        Recurrent(torch.nn.LSTMCell(I, H))
    runner = Recurrent(Sum())
    with pytest.raises(ShapeError, match=r"`state` must have shapes \(\(1, 2, 1\),\)"):
        runner(torch.ones(2, 3, 1), (torch.ones(2, 1),))
    with pytest.raises(ShapeError, match=r"`x` must have shape \(B, T, …\)"):
        runner(torch.ones(2, 3))
