import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

from elman.errors import ConfigError, ShapeError
from elman.inspect.losses import are_probabilities, step_losses

OUTPUTS, IDS, VALUES = torch.randn(5, 3), torch.tensor([0, 2, 1, 1, 0]), torch.randn(5, 3)


def test_the_kind_of_the_targets_chooses_the_loss() -> None:
    found = step_losses("inspect", OUTPUTS, IDS, None)
    assert_close(found, F.cross_entropy(OUTPUTS, IDS, reduction="none"))
    assert_close(step_losses("inspect", OUTPUTS.log_softmax(1), IDS, None), found)
    assert_close(step_losses("inspect", OUTPUTS.softmax(1), IDS, None), found)
    errors = (OUTPUTS - VALUES).square().mean(1)
    assert_close(step_losses("inspect", OUTPUTS, VALUES, None), errors)
    assert_close(
        step_losses("inspect", OUTPUTS[:, 0], VALUES[:, :1], None), (OUTPUTS - VALUES)[:, 0] ** 2
    )
    with pytest.raises(ConfigError, match=r"outputs \(n\) and targets torch.int64 \(n\)"):
        step_losses("inspect", OUTPUTS[:, 0], IDS, None)


def test_every_way_of_giving_a_loss_comes_to_the_same() -> None:
    expected = F.smooth_l1_loss(OUTPUTS, VALUES, reduction="none").mean(1)
    module = nn.SmoothL1Loss(reduction="sum")
    for loss in (
        module,
        F.smooth_l1_loss,
        lambda o, y: F.smooth_l1_loss(o, y),
        lambda o, y, reduction="mean": F.smooth_l1_loss(o, y, reduction=reduction),
    ):
        assert_close(step_losses("inspect", OUTPUTS, VALUES, loss), expected)
    assert module.reduction == "sum"
    with pytest.raises(ShapeError, match=r"one number for each of n=5 .* got shape \(3, 5\)"):
        step_losses("inspect", OUTPUTS, VALUES, lambda o, y, reduction: (o - y).T)


def test_gradients_go_through_probabilities() -> None:
    outputs = OUTPUTS.clone().requires_grad_()
    through, direct = (
        torch.autograd.grad(step_losses("inspect", o, IDS, None).sum(), outputs)[0]
        for o in (outputs.softmax(1), outputs)
    )
    assert_close(through, direct)


def test_only_distributions_are_probabilities() -> None:
    assert are_probabilities(OUTPUTS.softmax(1))
    assert not are_probabilities(OUTPUTS) and not are_probabilities(OUTPUTS.sigmoid())
    assert not are_probabilities(torch.ones(4, 1))
