"""Matrix products over all rows of a walk: torch's BLAS, or torch's oneDNN where that is faster.

torch sends float32 products to its BLAS alone; only its fused LSTM reaches oneDNN. For widths that
are no multiple of 16, such as 650, MKL runs a third slower on the processors measured
(`benchmarks/products.py`), so that a layer built on it would lose to torch's own.

Shapes: N rows, I columns in, O columns out.
"""

from typing import Any

import torch
from torch import Tensor

__all__ = ["multiply", "multiply_transposed", "project"]

_WORTHWHILE = 30_000_000
"""Multiplications below which oneDNN's own costs are not earned back."""

_TALL = 256
"""Rows below which the copies that a product of transposed operands takes are not earned back."""


def _find_linear() -> Any:
    """The operator torch.compile emits for a linear layer, or None in builds without oneDNN."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return None
    packet = getattr(torch.ops.mkldnn, "_linear_pointwise", None)
    return getattr(packet, "default", None)


_linear = _find_linear()


def _pays(rows: Tensor, second: Tensor, width: int) -> bool:
    """Whether oneDNN should multiply each element of `rows` into `width` others.

    Its first operand it copies if need be; on a `second` with gaps between rows it falls back to a
    reference implementation, hundreds of times slower.
    """
    return (
        rows.numel() * width >= _WORTHWHILE
        and rows.dtype is torch.float32
        and second.is_contiguous()
        and _linear is not None
        and bool(torch.backends.mkldnn.enabled)
    )


def project(rows: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Rows · weightᵀ + bias, (N, O), from rows (N, I), weight (O, I) and bias (O,)."""
    if _pays(rows, weight, weight.shape[0]):
        bias = None if bias is None else bias.contiguous()  # else it would be misread
        return _linear(rows, weight, bias, "none", [], "")  # type: ignore[no-any-return]
    if bias is None:
        return torch.mm(rows, weight.t())
    return torch.addmm(bias, rows, weight.t())


def multiply(rows: Tensor, weight: Tensor) -> Tensor:
    """Rows · weight, (N, O), from rows (N, I) and weight (I, O)."""
    if _pays(rows, weight, weight.shape[1]):
        return _linear(rows, weight.t(), None, "none", [], "")  # type: ignore[no-any-return]
    return rows @ weight


def multiply_transposed(left: Tensor, right: Tensor) -> Tensor:
    """leftᵀ · right, (O, I), from left (N, O) and right (N, I)."""
    (N, O), I = left.shape, right.shape[1]
    if N < _TALL:
        return left.t() @ right
    if left.stride(1) == 1 and left.stride(0) > O:  # gaps: oneDNN transposes such rows slowly
        if not ((O % 16 or I % 16) and _pays(left, right, I)):
            return left.t() @ right
        left = left.contiguous()
    if O > I and _pays(right, left, O):  # the operand that is copied shall be the smaller one
        product: Tensor = _linear(right.t(), left.t(), None, "none", [], "")
        return product.t().contiguous()
    if _pays(left, right, I):
        return _linear(left.t(), right.t(), None, "none", [], "")  # type: ignore[no-any-return]
    return left.t() @ right
