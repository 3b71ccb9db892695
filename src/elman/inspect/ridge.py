"""Linear probes in closed form: ridge regression from states to what was read before.

Letters: n places, D numbers of a state, K lags, E numbers of a target.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from elman.errors import DataError

__all__ = ["Block", "Code", "explained", "fit_ridge"]

Block = tuple[Tensor, Tensor]
"""States (n, D), and what was read 0, 1, 2, … steps before each: ids (n, K) or values (n, K, E)."""

_STILL = 1e-10  # share of a unit's squares below which what is about its mean is rounding

Code = Callable[[Tensor], Tensor]
"""What was read, (n, K) or (n, K, E) -> targets (n, K, E)."""


def fit_ridge(blocks: Iterable[Block], code: Code, penalty: float) -> tuple[Tensor, Tensor]:
    r"""The ridge regression of all lags at once, in float64.

        W_k, b_k = argmin over W, b of sum over t of |W s_t + b - y_{t-k}|² + λ|W diag(σ)|²

    σ² is the sum of squares of each number of the state about its mean: units do not matter.

    Args:
        blocks: pieces of the data, which are read once.
        code: turns what was read into y.
        penalty: λ.

    Returns:
        W, (K, D, E), and b, (K, E), float32.

    Raises:
        DataError: a state is not finite.

    >>> s = torch.tensor([[0.0], [1.0], [2.0]])
    >>> W, b = fit_ridge([(s, 3 * s[:, None] + 1)], lambda y: y, 1e-9)
    >>> round(float(W), 3), round(float(b), 3)
    (3.0, 1.0)
    """
    gram: Tensor | float = 0.0
    cross: Tensor | float = 0.0
    shape: tuple[int, ...] = ()
    for states, inputs in blocks:
        x = torch.cat([states.double(), states.new_ones(len(states), 1).double()], dim=1)
        y = code(inputs).double()
        shape = tuple(y.shape[1:])
        gram = gram + x.T @ x  # (D + 1, D + 1)
        cross = cross + x.T @ y.flatten(1)  # (D + 1, K·E)
    gram, cross = torch.as_tensor(gram), torch.as_tensor(cross)
    if not bool(gram.isfinite().all()):
        raise DataError("recall: the states must be finite, got NaN or infinity in them.")
    weights, bias = _solve(gram, cross, penalty)
    weights = weights.reshape(-1, *shape).transpose(0, 1)
    return weights.float().contiguous(), bias.view(shape).float()


def _solve(gram: Tensor, cross: Tensor, penalty: float) -> tuple[Tensor, Tensor]:
    """W, (D, K·E), and b, (K·E,), from the sums of products; the last row is that of ones."""
    count, mean = gram[-1, -1], gram[-1, :-1] / gram[-1, -1]
    centred = gram[:-1, :-1] - count * mean.outer(mean)
    towards = cross[:-1] - mean.outer(cross[-1])
    variation = centred.diagonal()
    still = variation <= _STILL * gram.diagonal()[:-1]  # a unit that never moves tells nothing
    ridge = torch.where(still, 1.0, penalty * variation)
    moves = (~still).double()
    weights = torch.linalg.solve(
        centred * moves.outer(moves) + ridge.diag(), towards * moves[:, None]
    )
    return weights, cross[-1] / count - mean @ weights


def explained(
    blocks: Iterable[Block], code: Code, weights: Tensor, bias: Tensor
) -> tuple[float, ...]:
    """R² by lag on blocks that the probe was not fitted on.

        R²_k = 1 - sum over t of |W_k s_t + b_k - y_{t-k}|² / sum over t of |y_{t-k} - ȳ_k|²

    Args:
        blocks: pieces of the data.
        code: turns what was read into y.
        weights: W, (K, D, E).
        bias: b, (K, E).
    """
    errors: Tensor | float = 0.0
    count, total, squares = 0, torch.zeros(bias.shape).double(), torch.zeros(bias.shape).double()
    for states, inputs in blocks:
        y = code(inputs).double()
        guess = torch.einsum("nd,kde->nke", states.double(), weights.double()) + bias
        errors = errors + (guess - y).square().sum((0, 2))
        total, squares, count = total + y.sum(0), squares + y.square().sum(0), count + len(y)
    variation = (squares - total.square() / max(1, count)).sum(1).clamp_min(1e-30)
    return tuple((1 - torch.as_tensor(errors) / variation).tolist())
