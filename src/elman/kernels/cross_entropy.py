"""Cross entropy of scores and its gradients by them, in place: one pass of the core, or torch's.

Shapes: N rows, V words.
"""

import torch
from torch import Tensor

from elman.kernels.arguments import ELEMENT_CODES, address, contiguous
from elman.kernels.core import available, check_status, executor, require, supports

__all__ = ["losses_in_place"]


def losses_in_place(
    scores: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    shares: Tensor | None = None,
    d_bias: Tensor | None = None,
) -> Tensor:
    r"""ℓ_n = log Σ_v exp z_nv − z_n,target(n) with z = scores + bias, without autograd.

    Args:
        scores: (N, V), float32 or float64; whole rows may stand apart. With `shares` they become
            shares_n · ∂ℓ_n/∂z_n; without, what they hold afterwards is not said.
        bias: (V,), or None.
        targets: (N,) int64, each a word.
        shares: (N,); None where losses alone are wanted.
        d_bias: (V,), to which the sum of those gradients over rows is added; needs `shares`.

    Returns:
        ℓ in nats, (N,).

    >>> scores = torch.zeros(1, 4)
    >>> losses_in_place(scores, None, torch.tensor([2]), torch.ones(1)), scores
    (tensor([1.3863]), tensor([[ 0.2500,  0.2500, -0.7500,  0.2500]]))
    """
    if not len(scores):
        return scores.new_empty(0)
    if not available()[0] or not supports(scores, bias, shares, d_bias)[0]:
        return _plain(scores, bias, targets, shares, d_bias)
    losses = scores.new_empty(len(scores))
    bias, targets, shares = contiguous(bias), targets.contiguous(), contiguous(shares)
    status = require("losses_in_place").cross_entropy(
        ELEMENT_CODES[scores.dtype],
        (*scores.shape, scores.stride(0)),
        targets.data_ptr(),
        address(bias),
        address(shares),
        scores.data_ptr(),
        losses.data_ptr(),
        address(d_bias),
        *executor(),
    )
    check_status("losses_in_place", status)
    return losses


def _plain(
    scores: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    shares: Tensor | None,
    d_bias: Tensor | None,
) -> Tensor:
    """The slow twin, which takes a copy of the scores."""
    logarithms = torch.log_softmax(scores if bias is None else scores + bias, 1)
    losses = -logarithms.gather(1, targets[:, None]).squeeze(1)
    if shares is not None:
        torch.exp(logarithms, out=scores)
        scores[torch.arange(len(scores), device=scores.device), targets] -= 1
        scores.mul_(shares[:, None])
        if d_bias is not None:
            d_bias.add_(scores.sum(0))
    return losses
