import math

import pytest

from elman.errors import CheckpointError
from elman.training.stopping import EarlyStopping


def test_no_patience_never_stops() -> None:
    stopping = EarlyStopping(0)
    assert stopping.improves(1.0)
    assert not any(stopping.improves(2.0) for _ in range(99))
    assert not stopping.exhausted


def test_figures_that_are_not_finite_never_improve() -> None:
    stopping = EarlyStopping(3)
    assert [stopping.improves(value) for value in (math.nan, math.inf, -math.inf)] == [False] * 3
    assert stopping.exhausted
    assert (stopping.best, stopping.best_epoch) == (None, 0)


@pytest.mark.parametrize("figures", [[], [3.0, 2.0, 2.5], [math.nan]])
def test_it_goes_on_as_it_was(figures: list[float]) -> None:
    stopping, restored = EarlyStopping(2), EarlyStopping(2)
    for figure in figures:
        stopping.improves(figure)
    restored.load_state_dict(stopping.state_dict(), "here")
    assert restored.state_dict() == stopping.state_dict()
    assert restored.improves(2.2) == stopping.improves(2.2)
    assert restored.exhausted == stopping.exhausted


@pytest.mark.parametrize("state", [{}, {"epochs": 1}, {"epochs": 1, "stale_epochs": 0, "best": 2}])
def test_anything_else_is_refused(state: dict[str, float]) -> None:
    with pytest.raises(CheckpointError, match="here: `stopping` must hold"):
        EarlyStopping(0).load_state_dict(state, "here")
