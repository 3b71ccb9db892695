"""Descent from a network whose gradients explode."""

import pytest
import torch

from elman.errors import ChoiceError, ConfigError
from elman.lab.experiments.descent import _draw, _network, descend


def test_unclipped_it_leaves_the_ground_and_clipped_it_learns() -> None:
    free = descend(1.1)
    assert free.diverged
    assert len(free.losses) < 21
    held = descend(1.1, clip_norm=1.0, steps=60)
    assert not held.diverged
    assert len(held.losses) == 61
    assert held.losses[-1] < 0.7 < 10 < held.losses[0]  # who guesses has a loss of 1
    assert held.losses[0] == free.losses[0]
    assert held.norms[0] == free.norms[0] > 100


def test_clipping_changes_nothing_where_nothing_explodes() -> None:
    assert descend(0.5, clip_norm=1e6) == descend(0.5)


@pytest.mark.parametrize("clip_norm", [0.0, 1.0])
def test_what_has_vanished_clipping_does_not_bring_back(clip_norm: float) -> None:
    """At ρ = 0.5 the first input moves the last output by 0.5²⁹ of what it should."""
    walk = descend(0.5, clip_norm=clip_norm, steps=100)
    assert not walk.diverged
    assert min(walk.losses) > 0.97


def test_with_tanh_the_harm_is_bounded() -> None:
    free = descend(1.2, f="tanh")
    assert not free.diverged
    assert max(free.losses) < 2


def test_the_gradient_grows_by_rho_at_every_step() -> None:
    network = _network(1.2, "identity", seed=3)
    x = _draw(1, torch.Generator().manual_seed(0)).requires_grad_()
    (gradient,) = torch.autograd.grad(network(x)[0][0, -1, 0], x)
    V, U, W = (each.detach() for each in (network.V, network.U, network.W))
    through = torch.linalg.matrix_power(V, 29)
    torch.testing.assert_close(gradient[0, 0], (W @ through @ U)[0])
    assert through.norm().item() == pytest.approx(1.2**29 * 32**0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": 5.0}, "`scale` must be at least 0 and at most 4, got 5"),
        ({"scale": 1.0, "clip_norm": -1.0}, "`clip_norm` must be at least 0"),
        ({"scale": 1.0, "learning_rate": 0.0}, "`learning_rate` must be above 0"),
        ({"scale": 1.0, "steps": 0}, "`steps` must be at least 1"),
    ],
)
def test_faults_are_named(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        descend(**arguments)


def test_an_unknown_activation_is_named() -> None:
    with pytest.raises(ChoiceError, match="`f` must be one of 'identity', 'tanh'; got 'relu'"):
        descend(1.0, f="relu")
