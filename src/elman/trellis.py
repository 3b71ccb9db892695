r"""Paths through a trellis: the best one, and how probable each state is; arrays alone.

A trellis has T steps, and C_t states at step t, each step's own. `scores[t]`, of shape
(C_{t−2}, C_{t−1}, C_t), holds the logarithm of what it is worth to be in state j at step t after
state i at t−1 and h at t−2. Before the first step there is one state, so that `scores[0]` has
shape (1, 1, C_0) and `scores[1]` (1, C_0, C_1). Where h makes no difference, its axis is 1 long.
All states of a step are taken at once; only the steps are walked one after the other.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["best_path", "posteriors"]

Array = NDArray[np.float64]


def best_path(scores: Sequence[Array]) -> tuple[list[int], float]:
    """The states of the path of the highest score (Viterbi), and its score.

    >>> first, second = np.log([[[0.6, 0.4]]]), np.log([[[0.1, 0.9], [0.8, 0.2]]])
    >>> path, score = best_path([first, second])
    >>> path, round(float(np.exp(score)), 2)
    ([0, 1], 0.54)
    >>> best_path([])
    ([], 0.0)
    """
    if not scores:
        return [], 0.0
    best, back = np.zeros((1, 1)), list[NDArray[np.intp]]()
    for step in scores:
        reached = best[:, :, None] + step
        chosen = reached.argmax(0)
        back.append(chosen)
        best = np.take_along_axis(reached, chosen[None], 0)[0]
    before, last = np.unravel_index(int(best.argmax()), best.shape)
    path = [int(last), int(before)]  # from the end
    for chosen in back[:1:-1]:
        path.append(int(chosen[path[-1], path[-2]]))
    return path[: len(scores)][::-1], float(best.max())


def posteriors(scores: Sequence[Array]) -> list[Array]:
    """The probability of every state of every step, (C_t,) each, given all steps.

    The forward–backward algorithm, on logarithms.

    >>> first, second = np.log([[[0.6, 0.4]]]), np.log([[[0.1, 0.9], [0.8, 0.2]]])
    >>> [step.round(2).tolist() for step in posteriors([first, second])]
    [[0.6, 0.4], [0.38, 0.62]]
    """
    forward, state = list[Array](), np.zeros((1, 1))
    for step in scores:
        state = _log_sum(state[:, :, None] + step, 0)
        forward.append(state)
    found, state = list[Array](), np.zeros_like(state)
    for step, reached in zip(reversed(scores), reversed(forward), strict=True):
        together = reached + state
        found.append(np.exp(_log_sum(together, 0) - _log_sum(together, None)))
        state = _log_sum(step + state[None], 2)
    return found[::-1]


def _log_sum(values: Array, axis: int | None) -> Array:
    """The logarithm of Σ exp along an axis, or over all; −inf where nothing is possible."""
    most = values.max(axis, keepdims=True)
    most = np.where(np.isneginf(most), 0.0, most)
    with np.errstate(divide="ignore"):
        total: Array = np.log(np.exp(values - most).sum(axis)) + most.squeeze(axis)
    return total
