import pytest
import torch
from torch import nn
from torch.testing import assert_close

from elman.errors import DataError, ShapeError
from elman.inspect.rows import cut, evaluating, losses

IDS = torch.arange(100) % 7


class Running(nn.Module):
    """Says what follows from the sum of all that was read since memory was wiped."""

    def __init__(self, symbols: int = 7) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(50, symbols, generator=torch.manual_seed(0)))
        self.calls = 0

    def initial_state(self, batch_size):
        return (torch.zeros(1, batch_size, 1, dtype=torch.int64),)

    def forward(self, x, state=None, resets=None):
        self.calls += 1
        (total,) = state or self.initial_state(len(x))
        total, outputs = total[0, :, 0], []
        for t in range(x.shape[1]):
            if resets is not None:
                total = total.where(~resets[:, t], 0)
            total = total + x[:, t]
            outputs.append(self.table[total % 50])
        return torch.stack(outputs, 1), (total[None, :, None],)


def test_rows_are_the_text_in_order() -> None:
    resets = IDS == 3
    found = cut("here", IDS, resets, rows=3, least=2)
    assert found.ids.shape == (3, 33)
    assert_close(found.ids.flatten(), IDS[:99])
    assert found.resets is not None
    assert_close(found.resets.flatten(), resets[:99])


def test_rows_are_fewer_where_they_would_be_short() -> None:
    assert cut("here", IDS, None, rows=64, least=10).ids.shape == (2, 50)
    assert cut("here", IDS, None, rows=64, least=100).ids.shape == (1, 100)


def test_what_cannot_be_cut_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"^here: `ids` must have shape \(N,\), got \(2, 50\)"):
        cut("here", IDS.reshape(2, 50), None, 1, 1)
    with pytest.raises(ShapeError, match=r"`resets` must have shape \(N=100,\) .*, got \(99,\)"):
        cut("here", IDS, torch.zeros(99, dtype=torch.bool), 1, 1)
    with pytest.raises(DataError, match="at least 101 steps, got 100"):
        cut("here", IDS, None, 1, 101)


def test_losses_carry_the_state_across_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Running()
    rows = cut("here", IDS, IDS == 5, rows=2, least=5)
    x, targets = rows.ids[:, :-1], rows.ids[:, 1:]
    resets = rows.resets[:, :-1]
    logits, _ = model(x, None, resets)
    expected = nn.functional.cross_entropy(logits.mT, targets, reduction="none")
    monkeypatch.setattr("elman.inspect.rows._CELLS", 2 * 7 * 10)  # ten steps at once
    model.calls = 0
    with torch.no_grad():
        assert_close(losses(model, x, targets, resets), expected.double(), check_dtype=True)
    assert model.calls == 6  # 1 step, then 48 by tens


def test_nan_is_refused() -> None:
    model = Running()
    with torch.no_grad():
        model.table[3] = torch.nan
        with pytest.raises(DataError, match="must give numbers, got NaN"):
            losses(model, torch.tensor([[3]]), torch.tensor([[0]]), None)


@pytest.mark.parametrize("training", [True, False])
def test_an_evaluated_model_gets_its_mode_back_even_after_an_error(training: bool) -> None:
    model = Running().train(training)
    with evaluating(model):
        assert not model.training
        assert not torch.is_grad_enabled()
    with pytest.raises(KeyError), evaluating(model):
        raise KeyError
    assert model.training is training
    assert torch.is_grad_enabled()
