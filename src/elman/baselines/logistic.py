"""Multinomial logistic regression: one fit for every kind of features."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["fit_logistic"]

_ITERATIONS = 100


def fit_logistic(
    logits_of: Callable[[Tensor], Tensor], size: int, targets: Tensor, penalty: float
) -> Tensor:
    """The weights of the highest likelihood less an L2 penalty, by L-BFGS from zero.

    Minimises mean cross entropy + penalty · Σ W² / 2 over all but the last row of W, which is the
    bias.

    Args:
        logits_of: weights (D+1, K) float64 → logits (N, K), linear in the weights.
        size: D, the number of features.
        targets: (N,) int64 classes 0 … K−1; K is one more than the largest.
        penalty: 0 or above.

    Returns:
        (D+1, K) float64.
    """
    K = int(targets.max()) + 1
    weights = torch.zeros(size + 1, K, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [weights],
        max_iter=_ITERATIONS,
        tolerance_grad=1e-7,
        tolerance_change=1e-12,
        line_search_fn="strong_wolfe",
    )

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = F.cross_entropy(logits_of(weights), targets)
        value = value + penalty / 2 * weights[:-1].square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    with torch.enable_grad():
        optimiser.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach()
