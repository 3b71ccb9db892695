"""How the gradients of a loaded network fade, with V as it is or turned up and down.

Letters: T steps, H hidden units, V recurrent weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from elman.contracts import Material
from elman.errors import ConfigError
from elman.inspect.gradient_flow import GradientFlow, gradient_flow
from elman.lab.experiments.evidence import Evidence, scaled
from elman.tasks.language.trained import Trained

__all__ = ["MOST_WORDS", "Grown", "fading", "grown_gradients", "spectral_radius"]

_POSITIONS = 64
_LARGEST = 1024  # units whose eigenvalues are found within a blink
MOST_WORDS = 40


@dataclass(frozen=True)
class Grown:
    """What the loss after some step of a sentence says to the memories before it.

    Attributes:
        step: t, from 0.
        target: the token whose loss it is: the next one, or after the last the likeliest.
        layers: for each layer its name, and the gradient by the state 0, 1, …, t steps back,
            relative to 0 steps.
    """

    step: int
    target: str
    layers: tuple[tuple[str, tuple[float, ...]], ...]


def fading(evidence: Evidence, scale: float = 1.0, max_lag: int = 30) -> GradientFlow:
    """Gradient by lag with V times `scale`; see `elman.inspect.gradient_flow`.

    Raises:
        ConfigError: a number is out of its range.
        DataError: the text is too short for `max_lag`, or a weight is not finite.
    """
    network = scaled(evidence, scale)
    return gradient_flow(network, max_lag=max_lag, positions=_POSITIONS)


def spectral_radius(evidence: Evidence) -> float | None:
    """The largest |eigenvalue| of V in the lowest layer of an Elman network; None for others.

    A memory without an activation fades below 1 and explodes above it. With gates there is no such
    number, since what is carried on depends on them.
    """
    stack = getattr(evidence.held.module, "stack", None)
    if not isinstance(stack, torch.nn.RNN) or stack.hidden_size > _LARGEST:
        return None
    with torch.no_grad():
        values = torch.linalg.eigvals(stack.get_parameter("weight_hh_l0").double())
    return float(values.abs().max())


def grown_gradients(trained: Trained, text: str, scale: float = 1.0) -> Iterator[Grown]:
    r"""Follow the loss after each word of a sentence back to the memories before it.

        |dℓ_t/d state_{t-k}| / |dℓ_t/d state_t|,  ℓ_t = -log p(x_{t+1}),  k = 0 … t

    The sentence is read from the end of a line, as wherever Elman reads a prompt. What follows its
    last word is not known; there the loss is that of the likeliest word.

    Args:
        trained: the model.
        text: at most 40 tokens.
        scale: of V.

    Raises:
        ConfigError: the text is empty or too long, or `scale` is out of its range.
    """
    codec = trained.codec
    ids = codec.encode(text)
    if not 1 <= len(ids) <= MOST_WORDS:
        raise ConfigError(
            f"grown_gradients: the sentence must have 1 to {MOST_WORDS} {codec.unit}s, "
            f"got {len(ids):,}."
        )
    network = scaled(_reading(trained, [codec.eos_id, *ids]), scale)
    module, x = network.held.module, network.held.data
    with torch.no_grad():
        logits = module(x)[0][0, -1].clone()
    logits[codec.unknown_id] = -torch.inf
    targets = torch.cat([x[:, 1:], logits.argmax().view(1, 1)], dim=1)
    for t in range(1, x.shape[1]):
        data = (x[:, : t + 1], targets[:, : t + 1])
        flow = gradient_flow(module, data, max_lag=t)
        yield Grown(
            step=t - 1,
            target=codec.tokens[int(targets[0, t])],
            layers=tuple((layer.name, layer.relative[:t]) for layer in flow.layers),
        )


def _reading(trained: Trained, ids: Sequence[int]) -> Evidence:
    """The model and one sequence of ids, (1, T)."""
    return Evidence(Material(trained.module, torch.tensor([list(ids)])))
