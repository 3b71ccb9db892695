"""Steps downhill from a network whose gradients explode: with clipping and without.

Shapes: B sequences, T steps, I inputs, H units.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.checks import check_choice, check_range
from elman.nn import Elman
from elman.training.clipping import clip_gradients
from elman.training.randomness import fork_randomness

__all__ = ["Descent", "descend"]

_T, _I, _H = 30, 4, 32
_BATCH, _HELD_OUT = 32, 256


@dataclass(frozen=True)
class Descent:
    """What happened on the way down.

    Attributes:
        losses: before the first step and after each, on sequences it does not learn from; ends
            where a loss is not finite.
        norms: lengths of the gradients met, before clipping.
        diverged: whether it ended so.
    """

    losses: tuple[float, ...]
    norms: tuple[float, ...]
    diverged: bool


def descend(
    scale: float,
    *,
    clip_norm: float = 0.0,
    f: str = "identity",
    learning_rate: float = 0.02,
    steps: int = 20,
    seed: int = 0,
) -> Descent:
    r"""Teach an Elman network to say at the last of 30 steps what it read at the first.

        h_t = f(U x_t + ρ Q h_{t-1} + b),   o = W h_30 + c,   loss = mean of (o - x_1)²
        θ ← θ - learning rate · g · min(1, clip_norm / ‖g‖)

    Q is a rotation, so that without f a gradient grows or shrinks by ρ at every step back. Plain
    descent: an optimiser that divides by the size of gradients, as Adam does, would hide what
    happens here. Float64.

    Args:
        scale: ρ at the start.
        clip_norm: longest gradient allowed; 0 for any.
        f: 'identity' or 'tanh', which bounds the memory and with it much of the harm.
        learning_rate: of every step.
        steps: how many, at most.
        seed: of weights and inputs.

    Raises:
        ConfigError: a number is out of its range.
        ChoiceError: f is neither.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural
    networks", ICML 2013, section 2.3.

    >>> descend(1.1, steps=1).losses[-1] > 1e6, descend(1.1, clip_norm=1, steps=1).losses[-1] < 100
    (True, True)
    >>> descend(-1.0)
    Traceback (most recent call last):
    elman.errors.ConfigError: descend: `scale` must be at least 0 and at most 4, got -1.0.
    """
    check_range("descend", "scale", scale, at_least=0, at_most=4)
    check_range("descend", "clip_norm", clip_norm, at_least=0)
    check_range("descend", "learning_rate", learning_rate, above=0, at_most=10)
    check_range("descend", "steps", steps, at_least=1, at_most=1000)
    check_range("descend", "seed", seed, at_least=0, below=2**31)
    check_choice("descend", "f", f, ("identity", "tanh"))
    network = _network(scale, f, seed)
    draws = torch.Generator().manual_seed(seed)
    held_out = _draw(_HELD_OUT, draws)
    losses, norms = [_loss(network, held_out).item()], []
    for _ in range(steps):
        network.zero_grad()
        _loss(network, _draw(_BATCH, draws)).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        clipped = clip_gradients(network.named_parameters(), norm=clip_norm)
        with torch.no_grad():
            for parameter in network.parameters():
                if parameter.grad is not None:
                    parameter.sub_(parameter.grad, alpha=learning_rate)
            loss = _loss(network, held_out).item()
        norms.append(clipped.norm_before)
        if not (math.isfinite(loss) and clipped.finite):
            return Descent(tuple(losses), tuple(n for n in norms if math.isfinite(n)), True)
        losses.append(loss)
    return Descent(tuple(losses), tuple(norms), False)


def _network(scale: float, f: str, seed: int) -> Elman:
    with fork_randomness(seed):
        network = Elman(_I, _H, 1, f=f, g="identity").double()
        with torch.no_grad():
            network.V.copy_(scale * torch.linalg.qr(torch.randn(_H, _H).double())[0])
        return network


def _draw(batch_size: int, draws: torch.Generator) -> Tensor:
    return torch.randn(batch_size, _T, _I, generator=draws, dtype=torch.float64)


def _loss(network: Elman, x: Tensor) -> Tensor:
    output: Tensor = network(x)[0]
    return (output[:, -1] - x[:, 0, :1]).square().mean()
