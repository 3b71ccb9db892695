"""Questions on limited memory: a state of fixed size."""

from collections.abc import Callable

import torch
from torch import Tensor

from elman.lab.quiz.figures import Bars, Curve, Curves
from elman.lab.quiz.question import Finding, Question, nearest
from elman.training.randomness import fork_randomness
from elman.wording import percent

__all__ = ["CAPACITY", "LAST_FEW"]

_STEPS, _LAGS = 8_000, 100
_SIZES = (5, 10, 20)


def _memories(seed: int, H: int, f: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor]:
    """One number after the other into an untrained memory: inputs (T,) and memories (T, H)."""
    with fork_randomness(seed):
        V = 0.9 * torch.linalg.qr(torch.randn(H, H).double())[0]
        U = torch.randn(H).double()
        inputs = torch.randn(_STEPS).double()
    h, memories = torch.zeros(H, dtype=torch.float64), []
    for x in inputs:
        h = f(U * x + V @ h)
        memories.append(h)
    return inputs, torch.stack(memories)


def _recalled(inputs: Tensor, memories: Tensor) -> tuple[float, ...]:
    """How well a linear reader gives the input k steps before, k = 0 … 99: r² on unseen steps."""
    half = len(memories) // 2
    x = torch.cat([memories, memories.new_ones(len(memories), 1)], dim=1)[_LAGS:]
    wanted = torch.stack([inputs[_LAGS - k : len(inputs) - k] for k in range(_LAGS)], dim=1)
    readers = torch.linalg.lstsq(x[:half], wanted[:half]).solution
    missed = (x[half:] @ readers - wanted[half:]).square().mean(0)
    r_squared = 1 - missed / wanted[half:].var(0)
    return tuple(r_squared.clamp(0, 1).tolist())


def _last_few(seed: int) -> Finding:
    """What can be read from a memory of 20 units with tanh."""
    curve = _recalled(*_memories(seed, 20, torch.tanh))
    held = next((k for k, r_squared in enumerate(curve) if r_squared < 0.5), _LAGS)
    answer = "all" if held >= _LAGS else "present" if held <= 1 else "few"
    return Finding(
        answer=answer,
        said=(
            f"The last {held} inputs can be read back to one half or better (r² ≥ 0.5); "
            f"of the one 30 steps back {percent(curve[30])} is left."
        ),
        figure=Curves("steps back", "read back, r²", (Curve("20 units", curve[:41]),)),
    )


LAST_FEW = Question(
    name="last-few",
    topic="limited memory",
    text=(
        "Thousands of numbers went into a memory of 20 units. "
        "Which of them can be read back from it?"
    ),
    options={
        "all": "All, less and less exactly",
        "few": "The last few",
        "present": "The last one alone",
    },
    expected="few",
    explanation=(
        "Every step overwrites a part of what stood there. The memory fades without saying so; "
        "`elman inspect` says it for a network of yours."
    ),
    source="Jaeger, Short term memory in echo state networks, GMD report 152.",
    experiment=_last_few,
)


def _capacity(seed: int) -> Finding:
    """The sum of r² over all lags, by the number of units, for a linear memory."""
    capacities = [sum(_recalled(*_memories(seed, H, lambda z: z))) for H in _SIZES]
    growth = capacities[-1] / capacities[0]
    ratio = _SIZES[-1] / _SIZES[0]
    return Finding(
        answer=nearest(growth, {"units": ratio, "squared": ratio**2, "fixed": 1.0}),
        said="Numbers read back, all in all: "
        + ", ".join(f"{c:.1f} with {H} units" for c, H in zip(capacities, _SIZES, strict=True))
        + ".",
        figure=Bars(
            tuple(f"{H} units" for H in _SIZES),
            tuple(capacities),
            tuple(f"{capacity:.1f}" for capacity in capacities),
            "numbers read back",
        ),
    )


CAPACITY = Question(
    name="capacity",
    topic="limited memory",
    text=(
        "How many of the numbers that went in can a linear memory of H units give back, "
        "adding up the parts of each that are left?"
    ),
    options={
        "units": "As many as it has units",
        "squared": "As many as it has weights in V, H²",
        "fixed": "As many whatever H is",
    },
    expected="units",
    explanation=(
        "H numbers hold H numbers. A larger memory holds more, a longer text does not fit better: "
        "a state of fixed size is a bottleneck, whatever the weights. That is proven for "
        "independent inputs; words are not, and a trained memory keeps what pays."
    ),
    source="Jaeger, Short term memory in echo state networks, GMD report 152.",
    experiment=_capacity,
)
