"""Cross entropy over a large vocabulary without ever holding all its logits.

The logits of N rows and V words take N·V numbers, and torch keeps them three times over. Here they
are made for some rows at a time, about 32 MiB however many rows there are, turned into losses and
at once into gradients, and forgotten.
"""

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from elman.checks import check_choice, check_range
from elman.errors import ShapeError
from elman.kernels.cross_entropy import losses_in_place
from elman.kernels.products import multiply, project
from elman.kernels.transposed import sum_products

__all__ = ["chunked_cross_entropy", "plain_cross_entropy", "token_log_probabilities"]

_CHUNK_BYTES = 32 * 2**20  # of logits; smaller chunks meet more often at torch's thread barriers
_LEAST_ROWS = 128  # fewer make the matrix products slower than the memory they save is worth
_ROW_BYTES = 64  # products into rows that begin on a cache line run up to 1.6 times faster


def chunked_cross_entropy(
    features: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    *,
    weights: Tensor | None = None,
    reduction: str = "mean",
    chunk_rows: int | None = None,
) -> Tensor:
    r"""Cross entropy of softmax(features · weightᵀ + bias), its gradients made in the same pass.

        z_n = W x_n + b        ℓ_n = log Σ_v exp z_nv − z_n,target(n)
        sum = Σ_n w_n ℓ_n      mean = sum / Σ_n w_n

    While the logits of a chunk of rows are at hand, their share of every gradient that is wanted
    is added up; `backward` only scales it. Rows of weight 0 are left out, whatever they hold. The
    mean over no weight at all is 0, and so are its gradients. A second derivative is exact, but is
    taken through `plain_cross_entropy`, which holds all N·V logits.

    Shapes: N rows, E features, V words.

    Args:
        features: x, (N, E), float32 or float64.
        weight: W, (V, E), of the same type; may be tied to an embedding.
        bias: b, (V,), or None.
        targets: the word that came, (N,) int64.
        weights: w, (N,) bool or not negative, without gradient; None counts each row once.
        reduction: 'mean' or 'sum'.
        chunk_rows: rows at a time; None chooses about 32 MiB of logits.

    Returns:
        The loss in nats, a scalar.

    Raises:
        ShapeError: shapes or types do not fit, or a target is not a word.
        ChoiceError: `reduction` is neither of the two.
        ConfigError: `chunk_rows` is below 1.

    Source: gradients made in the forward pass, as in Liger Kernel (Hsu et al., arXiv:2410.10989).

    >>> x, W = torch.zeros(3, 2, requires_grad=True), torch.ones(4, 2)
    >>> round(chunked_cross_entropy(x, W, None, torch.tensor([0, 1, 3])).item(), 4)  # ln 4
    1.3863
    >>> chunked_cross_entropy(x, W, None, torch.tensor([0, 1, 4]))
    Traceback (most recent call last):
    elman.errors.ShapeError: chunked_cross_entropy: `targets` must lie in 0 … 3, got 4 in row 2.
    """
    _check("chunked_cross_entropy", features, weight, bias, targets)
    check_choice("chunked_cross_entropy", "reduction", reduction, ("mean", "sum"))
    if weights is None:
        weights = features.new_ones(len(targets))
    else:
        _check_weights(weights, targets)
        kept = weights != 0
        if not kept.all():
            features, targets, weights = features[kept], targets[kept], weights[kept]
        weights = weights.to(features.dtype)
    if reduction == "mean" and len(weights):
        weights = weights / weights.sum()
    rows = _chunk_rows("chunked_cross_entropy", features, weight, chunk_rows)
    if torch.is_grad_enabled():
        loss: Tensor = _ChunkedCrossEntropy.apply(  # type: ignore[no-untyped-call]
            features, weight, bias, targets, weights, rows
        )
        return loss
    return -torch.dot(weights, token_log_probabilities(features, weight, bias, targets, rows))


def plain_cross_entropy(
    features: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor, shares: Tensor
) -> Tensor:
    """Σ_n shares_n · ℓ_n by torch's own operations: the slow twin, holding all logits.

    Args:
        features: (N, E).
        weight: (V, E).
        bias: (V,) or None.
        targets: (N,) int64.
        shares: what each row's loss counts, (N,).
    """
    logits = F.linear(features, weight, bias)
    return torch.dot(shares, F.cross_entropy(logits, targets, reduction="none"))


@torch.no_grad()
def token_log_probabilities(
    features: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    chunk_rows: int | None = None,
) -> Tensor:
    """Natural logarithm of the probability that softmax(features · weightᵀ + bias) gives targets.

    Args:
        features: (N, E), float32 or float64.
        weight: (V, E), of the same type.
        bias: (V,) or None.
        targets: (N,) int64.
        chunk_rows: rows at a time; None chooses about 32 MiB of logits.

    Returns:
        (N,), without gradient.

    Raises:
        ShapeError: shapes or types do not fit, or a target is not a word.
        ConfigError: `chunk_rows` is below 1.

    >>> token_log_probabilities(torch.zeros(1, 2), torch.ones(4, 2), None, torch.tensor([3])).exp()
    tensor([0.2500])
    """
    _check("token_log_probabilities", features, weight, bias, targets)
    rows = _chunk_rows("token_log_probabilities", features, weight, chunk_rows)
    losses = features.new_empty(len(targets))
    for chunk, scores in _score_chunks(features, weight, rows):
        losses[chunk] = losses_in_place(scores, bias, targets[chunk])
        del scores
    return losses.neg_()


class _ChunkedCrossEntropy(torch.autograd.Function):
    """Σ_n shares_n · ℓ_n; holds its gradients from forward until backward hands them out."""

    @staticmethod
    def forward(
        ctx: Any,
        features: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        targets: Tensor,
        shares: Tensor,
        rows: int,
    ) -> Tensor:
        ctx.save_for_backward(features, weight, bias, targets, shares)
        ctx.rows = rows
        losses, ctx.gradients = _losses_and_gradients(
            features, weight, bias, targets, shares, rows, ctx.needs_input_grad[:3]
        )
        return torch.dot(shares, losses)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        wanted = ctx.needs_input_grad[:3]
        if torch.is_grad_enabled():
            return (*_differentiable_gradients(ctx.saved_tensors, upstream[0], wanted), *[None] * 3)
        # handed out, not kept: autograd then takes them over without a copy
        gradients, ctx.gradients = ctx.gradients, None
        if gradients is None:
            x, weight, bias, targets, shares = ctx.saved_tensors
            _, gradients = _losses_and_gradients(x, weight, bias, targets, shares, ctx.rows, wanted)
        scale = upstream[0].item()
        if scale != 1:
            for gradient in gradients:
                if gradient is not None:
                    gradient.mul_(scale)
        return (*gradients, None, None, None)


def _losses_and_gradients(
    features: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    shares: Tensor,
    rows: int,
    wanted: tuple[bool, bool, bool],
) -> tuple[Tensor, tuple[Tensor | None, Tensor | None, Tensor | None]]:
    """ℓ, (N,), and those gradients of Σ shares·ℓ by features, weight and bias that are wanted."""
    losses = features.new_empty(len(targets))
    dx = features.new_empty(features.shape) if wanted[0] else None
    dw = torch.zeros_like(weight) if wanted[1] and not len(features) else None
    db = weight.new_zeros(len(weight)) if wanted[2] else None
    with torch.autocast(features.device.type, enabled=False):  # gradients keep their type
        for chunk, scores in _score_chunks(features, weight, rows):
            losses[chunk] = losses_in_place(scores, bias, targets[chunk], shares[chunk], db)
            if dx is not None:
                dx[chunk] = multiply(scores, weight)
            if wanted[1]:
                dw = sum_products(scores, features[chunk], onto=dw)
            del scores
    return losses, (dx, dw, db)


def _differentiable_gradients(
    saved: tuple[Tensor, ...], upstream: Tensor, wanted: tuple[bool, ...]
) -> list[Tensor | None]:
    """The gradients as functions that autograd can differentiate again."""
    inputs = [tensor for tensor, want in zip(saved, wanted, strict=False) if want]
    gradients = iter(
        torch.autograd.grad(plain_cross_entropy(*saved), inputs, upstream, create_graph=True)
    )
    return [next(gradients) if want else None for want in wanted]


def _score_chunks(features: Tensor, weight: Tensor, rows: int) -> Iterator[tuple[slice, Tensor]]:
    """Slices of at most `rows` rows, with features · weightᵀ of them.

    Whoever takes them lets go of one before asking for the next, so that no two are held at once.
    """
    buffer = _aligned(features, min(rows, len(features)), len(weight))
    for start in range(0, len(features), rows):
        chunk = slice(start, min(start + rows, len(features)))
        yield chunk, project(features[chunk], weight, out=buffer[: chunk.stop - chunk.start])


def _aligned(like: Tensor, rows: int, columns: int) -> Tensor:
    """An empty matrix whose rows begin on cache lines: the left part of a wider one."""
    return like.new_empty(rows, _padded(like, columns))[:, :columns]


def _padded(like: Tensor, columns: int) -> int:
    """`columns`, rounded up to whole cache lines."""
    step = _ROW_BYTES // like.element_size()
    return math.ceil(columns / step) * step


def _chunk_rows(where: str, features: Tensor, weight: Tensor, chunk_rows: int | None) -> int:
    """Rows of a chunk: as asked, else equal parts of a size that suits the cache."""
    if chunk_rows is not None:
        check_range(where, "chunk_rows", chunk_rows, at_least=1)
        return chunk_rows
    most = max(_LEAST_ROWS, _CHUNK_BYTES // (len(weight) * features.element_size()))
    chunks = max(1, math.ceil(len(features) / most))
    return max(1, math.ceil(len(features) / chunks))


def _check(
    where: str, features: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor
) -> None:
    """Raise `ShapeError` unless the arguments fit one another."""
    if features.ndim != 2 or features.dtype not in (torch.float32, torch.float64):
        raise ShapeError(
            f"{where}: `features` must be (N, E) in float32 or float64,"
            f" got {tuple(features.shape)} in {_name(features)}."
        )
    rows, width = features.shape
    if weight.ndim != 2 or weight.shape[1] != width or weight.dtype != features.dtype:
        raise ShapeError(
            f"{where}: `weight` must be (V, E={width}) in {_name(features)},"
            f" got {tuple(weight.shape)} in {_name(weight)}."
        )
    words = len(weight)
    if bias is not None and (bias.shape != (words,) or bias.dtype != features.dtype):
        raise ShapeError(
            f"{where}: `bias` must be (V={words},) in {_name(features)},"
            f" got {tuple(bias.shape)} in {_name(bias)}."
        )
    if targets.shape != (rows,) or targets.dtype != torch.int64:
        raise ShapeError(
            f"{where}: `targets` must be (N={rows},) in int64,"
            f" got {tuple(targets.shape)} in {_name(targets)}."
        )
    if rows and not 0 <= int(targets.min()) <= int(targets.max()) < words:
        row = int(torch.nonzero((targets < 0) | (targets >= words))[0])
        raise ShapeError(
            f"{where}: `targets` must lie in 0 … {words - 1}, got {int(targets[row])} in row {row}."
        )


def _check_weights(weights: Tensor, targets: Tensor) -> None:
    """Raise `ShapeError` unless `weights` can weigh rows."""
    where = "chunked_cross_entropy"
    if weights.shape != targets.shape:
        raise ShapeError(
            f"{where}: `weights` must be (N={len(targets)},), got {tuple(weights.shape)}."
        )
    if weights.requires_grad or weights.is_complex():
        raise ShapeError(f"{where}: `weights` must be numbers without gradient, got {weights!r}.")
    if weights.dtype != torch.bool and bool((weights < 0).any()):
        raise ShapeError(
            f"{where}: `weights` must not be negative, got {weights.min().item()}"
            f" in row {int(weights.argmin())}."
        )


def _name(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
