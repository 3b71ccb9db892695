"""Any recurrence, one step at a time in Python, over sequences of unequal length.

Shapes: B sequences, T steps, N rows laid out as in `kernels.reference`.
"""

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["Step", "run_steps"]

Step = Callable[[Tensor, tuple[Tensor, ...]], tuple[Tensor, tuple[Tensor, ...]]]
"""(x_t (b, …), state, (b, …) each) -> (y_t (b, …), state)."""


def run_steps(
    step: Step,
    x: Tensor,
    batch_sizes: tuple[int, ...],
    states: tuple[Tensor, ...],
    reverse: bool = False,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Apply `step` at every step to the sequences that still run.

    Args:
        step: what to do at each.
        x: (N, …).
        batch_sizes: sequences at each step, (T,), non-increasing, T at least 1.
        states: what enters, (B, …) each.
        reverse: from each sequence's last step to its first.

    Returns:
        y of every row, (N, …), and each sequence's state after its last step, (B, …) each.
    """
    pieces = torch.split(x, list(batch_sizes))
    outputs: list[Tensor] = []
    order = range(len(pieces))
    for t in reversed(order) if reverse else order:
        b = batch_sizes[t]
        y, running = step(pieces[t], tuple(state[:b] for state in states))
        outputs.append(y)
        states = tuple(
            torch.cat([new, old[b:]]) if b < len(old) else new
            for new, old in zip(running, states, strict=True)
        )
    return torch.cat(outputs[::-1] if reverse else outputs), states
