"""Questions on vanishing: what is left of a gradient further back."""

from collections.abc import Callable

import torch
from torch import Tensor

from elman.lab.quiz.figures import Curve, Curves
from elman.lab.quiz.question import Finding, Question, nearest, scientific
from elman.training.randomness import fork_randomness
from elman.wording import percent

__all__ = ["NINE_TENTHS", "SQUASHED"]

_H, _LAGS = 16, 20


def _remains(
    V: Tensor, f: Callable[[Tensor], Tensor], inputs: Tensor, direction: Tensor
) -> tuple[float, ...]:
    """|dℓ/dh_{T-k}| for k = 0 … 20, relative to k = 0, where ℓ = ⟨direction, h_T⟩."""
    h = torch.zeros(_H, dtype=torch.float64, requires_grad=True)
    memories = []
    for x_t in inputs:
        h = f(x_t + V @ h)
        memories.append(h)
    gradients = torch.autograd.grad(memories[-1] @ direction, memories[-1 - _LAGS :])
    norms = [gradient.norm().item() for gradient in reversed(gradients)]
    return tuple(norm / norms[0] for norm in norms)


def _draw(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """A rotation, inputs and a direction."""
    with fork_randomness(seed):
        rotation = torch.linalg.qr(torch.randn(_H, _H).double())[0]
        return rotation, torch.randn(2 * _LAGS, _H).double(), torch.randn(_H).double()


def _nine_tenths(seed: int) -> Finding:
    """A linear memory whose V turns and shrinks, or turns and grows."""
    rotation, inputs, direction = _draw(seed)
    curves = {
        scale: _remains(scale * rotation, lambda z: z, inputs, direction)
        for scale in (0.9, 1.0, 1.1)
    }
    left = curves[0.9][_LAGS]
    return Finding(
        answer=nearest(left, {"most": 0.9, "half": 0.5, "eighth": 0.12, "nothing": 0.0}),
        said=(
            f"{percent(left)} is left with a scale of 0.9. One of 1.0 leaves "
            f"{percent(curves[1.0][_LAGS])}, one of 1.1 leaves {percent(curves[1.1][_LAGS])}."
        ),
        figure=Curves(
            "steps back",
            "gradient, relative",
            tuple(Curve(f"scale {scale}", values) for scale, values in curves.items()),
            logarithmic=True,
        ),
    )


NINE_TENTHS = Question(
    name="nine-tenths",
    topic="vanishing",
    text=(
        "A linear memory, h_t = x_t + V h_{t−1}: V turns h and makes it a tenth shorter. "
        "How much of a gradient is left 20 steps back?"
    ),
    options={
        "most": "90 %",
        "half": "50 %",
        "eighth": "12 %",
        "nothing": "nothing",
    },
    expected="eighth",
    explanation=(
        "Each step back multiplies by V once more: 0.9²⁰ = 0.12. The same product with 1.1 gives "
        "6.7: fading and exploding are one law. It is in Hochreiter's thesis of 1991, before the "
        "networks became practical tools."
    ),
    source=(
        "Hochreiter, diploma thesis, TU München, 1991; Bengio, Simard and Frasconi, Learning "
        "long-term dependencies with gradient descent is difficult, 1994."
    ),
    experiment=_nine_tenths,
)


def _squashed(seed: int) -> Finding:
    """The same rotation, with tanh and without."""
    rotation, inputs, direction = _draw(seed)
    straight = _remains(rotation, lambda z: z, inputs, direction)
    squashed = _remains(rotation, torch.tanh, inputs, direction)
    left = squashed[_LAGS]
    answer = "fades" if left < 0.5 else "grows" if left > 2 else "stays"
    return Finding(
        answer=answer,
        said=(
            f"With tanh {scientific(left)} of the gradient is left 20 steps back; "
            f"without, {scientific(straight[_LAGS])}."
        ),
        figure=Curves(
            "steps back",
            "gradient, relative",
            (Curve("no activation", straight), Curve("tanh", squashed)),
            logarithmic=True,
        ),
    )


SQUASHED = Question(
    name="squashed",
    topic="vanishing",
    text=(
        "Now V only turns h, neither longer nor shorter, but f is tanh. "
        "What happens to a gradient on its way back?"
    ),
    options={
        "stays": "It keeps its length: V does",
        "fades": "It fades all the same",
        "grows": "It explodes",
    },
    expected="fades",
    explanation=(
        "Each step also multiplies by the slope of tanh, which is 1 at 0 and less elsewhere. So a "
        "V of scale 1 is not enough; the largest singular value of V must exceed 1 for a gradient "
        "to explode, and even then it need not."
    ),
    source="Pascanu, Mikolov and Bengio, On the difficulty of training recurrent networks, 2013.",
    experiment=_squashed,
)
