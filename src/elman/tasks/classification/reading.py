"""What a network says of examples, many side by side.

Shapes: N examples, T steps, K classes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from elman.data.bucketing import by_length
from elman.tasks.classification.committee import Judge
from elman.tasks.classification.examples import Examples

__all__ = ["Prediction", "log_probabilities", "prediction", "step_log_probabilities"]

ROWS = 64


@dataclass(frozen=True)
class Prediction:
    """What an example is taken for.

    Attributes:
        label: the class of the highest probability.
        probability: of that class.
        probabilities: of all classes, by name.
    """

    label: str
    probability: float
    probabilities: dict[str, float]


@torch.no_grad()
def log_probabilities(
    module: Judge, examples: Examples, *, memory: str = "on"
) -> NDArray[np.float64]:
    """Natural logarithms of the probabilities of all classes, (N, K).

    Args:
        module: the network, in evaluation mode.
        examples: what it reads.
        memory: "off" wipes the network's state before each step.
    """
    found = np.empty((len(examples), module.classes))
    for rows in by_length(examples.lengths, ROWS):
        batch = examples.batch(rows).to(module, wiped=memory == "off")
        found[rows] = module(batch.x).double().log_softmax(-1).cpu().numpy()
    return found


@torch.no_grad()
def step_log_probabilities(
    module: Judge, examples: Examples, *, memory: str = "on"
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Each example's row, and the same after each of its steps, (T, K); the shortest come first.

    Arguments as of `log_probabilities`.

    Raises:
        ConfigError: the network reads in both directions.
    """
    for rows in by_length(examples.lengths, ROWS):
        x = examples.batch(rows).to(module, wiped=memory == "off").x
        logs = x.with_values(module.every_step(x).double().log_softmax(-1))
        for row, each in zip(rows.tolist(), logs.to_list(), strict=True):
            yield row, each.cpu().numpy()


def prediction(classes: Sequence[str], logs: NDArray[np.float64]) -> Prediction:
    """What an example is taken for, by the log probabilities of all classes, (K,)."""
    shares: list[float] = np.exp(logs).tolist()
    best = int(logs.argmax())
    return Prediction(classes[best], shares[best], dict(zip(classes, shares, strict=True)))
