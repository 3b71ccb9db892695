import math

import pytest
import torch
from torch.testing import assert_close

from elman.inspect.bootstrap import resampled_means, spread


@pytest.mark.parametrize("places", [40, 999, 5_003])
def test_spreads_like_the_standard_error_of_the_mean(places) -> None:
    """Independent figures: the spread over resamples is σ / √P, here to 10 %."""
    measured = torch.randn(places, 2) * torch.tensor([1.0, 5.0]) + 3
    means = resampled_means(measured, resamples=2000)
    assert_close(means.mean(0), measured.double().mean(0), rtol=0, atol=10 / math.sqrt(places * 40))
    expected = measured.double().std(0) / math.sqrt(places)
    assert_close(means.std(0) / expected, torch.ones(2).double(), rtol=0, atol=0.1)


def test_figures_of_a_place_are_drawn_together() -> None:
    """Two figures that differ by a constant at every place differ by it in every resample."""
    first = torch.randn(300, 1)
    means = resampled_means(torch.cat([first, first + 2], dim=1))
    assert_close(means[:, 1] - means[:, 0], torch.full((1000,), 2.0).double(), rtol=0, atol=1e-6)


def test_neighbours_that_agree_widen_the_interval() -> None:
    """Each value stands ten times in a row: as much is known as from a tenth of the places."""
    measured = torch.randn(1000, 1).repeat_interleave(10, dim=0)
    expected = measured.std() / math.sqrt(1000)
    assert float(resampled_means(measured).std() / expected) == pytest.approx(1, abs=0.1)


def test_the_same_seed_draws_the_same() -> None:
    measured = torch.randn(50, 3)
    assert resampled_means(measured, seed=1).equal(resampled_means(measured, seed=1))
    assert not resampled_means(measured, seed=1).equal(resampled_means(measured, seed=2))


def test_one_place_has_no_spread() -> None:
    means = resampled_means(torch.tensor([[1.5]]))
    assert spread(means, lambda row: row[0]) == (1.5, 1.5)


def test_infinite_figures_stand_at_the_end() -> None:
    means = torch.arange(100.0)[:, None]
    assert spread(means, lambda row: math.inf if row[0] > 90 else row[0]) == (3.0, math.inf)
