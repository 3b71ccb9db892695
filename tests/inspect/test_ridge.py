import pytest
import torch
from torch.testing import assert_close

from elman.errors import DataError
from elman.inspect.ridge import explained, fit_ridge


def test_blocks_are_fitted_together() -> None:
    """In pieces or whole, and as torch's least squares where there is no penalty to speak of."""
    states, targets = torch.randn(200, 4), torch.randn(200, 3, 2)
    whole = fit_ridge([(states, targets)], lambda y: y, 1e-12)
    pieces = zip(states.split(70), targets.split(70), strict=True)
    for one, other in zip(whole, fit_ridge(pieces, lambda y: y, 1e-12), strict=True):
        assert_close(one, other)
    x = torch.cat([states, torch.ones(200, 1)], dim=1).double()
    expected = torch.linalg.lstsq(x, targets.flatten(1).double()).solution.float()
    assert_close(whole[0].transpose(0, 1).flatten(1), expected[:-1], rtol=1e-4, atol=1e-5)
    assert_close(whole[1].flatten(), expected[-1], rtol=1e-4, atol=1e-5)


def test_r_squared_is_the_share_of_variance_on_other_data() -> None:
    states, targets = torch.randn(300, 2), torch.randn(300, 1, 3)
    W, b = torch.randn(1, 2, 3), torch.randn(1, 3)
    blocks = zip(states.split(110), targets.split(110), strict=True)
    errors = (states @ W[0] + b - targets[:, 0]).square().sum()
    total = (targets[:, 0] - targets[:, 0].mean(0)).square().sum()
    expected = float(1 - errors / total)
    assert explained(blocks, lambda y: y, W, b) == pytest.approx([expected], rel=1e-4)


def test_states_must_be_finite() -> None:
    with pytest.raises(DataError, match="recall: the states must be finite"):
        fit_ridge([(torch.full((3, 2), torch.inf), torch.zeros(3, 1, 1))], lambda y: y, 1e-4)
