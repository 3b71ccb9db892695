"""Products of large matrices: by torch's BLAS, or by torch's oneDNN where that is faster.

torch sends float32 products to its BLAS alone; only its fused LSTM reaches oneDNN. MKL leaves half
of what AVX-512 could do unused on AMD's processors, and runs a third slower for widths that are no
multiple of 16, such as 650 (`benchmarks/products.py`): a layer built on it would lose to torch's.

Shapes: N rows, I columns in, O columns out.
"""

from typing import Any

import torch
from torch import Tensor

from elman.kernels.allocation import allocate

__all__ = ["LARGE", "multiply", "project"]

LARGE = 12_000_000
"""Multiplications below which oneDNN's own costs are not earned back."""

_PART_BYTES = 8 * 2**20
"""Of rows that stand apart, which oneDNN copies: whole they would go through fresh memory."""


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
        rows.numel() * width >= LARGE
        and rows.is_cpu
        and rows.dtype is torch.float32
        and second.is_contiguous()
        and _linear is not None
        and bool(torch.backends.mkldnn.enabled)
    )


def project(
    rows: Tensor, weight: Tensor, bias: Tensor | None = None, *, out: Tensor | None = None
) -> Tensor:
    """Rows · weightᵀ + bias, (N, O), from rows (N, I), weight (O, I) and bias (O,).

    `out`, (N, O), is written and returned where BLAS multiplies; oneDNN brings its own memory.
    """
    if _pays(rows, weight, weight.shape[0]):
        bias = None if bias is None else bias.contiguous()  # else it would be misread
        return _linear(rows, weight, bias, "none", [], "")  # type: ignore[no-any-return]
    if bias is None:
        return torch.mm(rows, weight.t(), out=out)
    return torch.addmm(bias, rows, weight.t(), out=out)


def multiply(rows: Tensor, weight: Tensor) -> Tensor:
    """Rows · weight, (N, O), from rows (N, I) and weight (I, O)."""
    if not _pays(rows, weight, weight.shape[1]):
        return rows @ weight
    if rows.is_contiguous() or rows.nbytes < 2 * _PART_BYTES:
        return _linear(rows, weight.t(), None, "none", [], "")  # type: ignore[no-any-return]
    products = allocate(rows, rows.shape[0], weight.shape[1])
    count = max(1, _PART_BYTES * rows.shape[0] // rows.nbytes)
    for part, to in zip(torch.split(rows, count), torch.split(products, count), strict=True):
        to.copy_(_linear(part, weight.t(), None, "none", [], ""))
    return products
