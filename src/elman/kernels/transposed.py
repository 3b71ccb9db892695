"""The gradient of a weight: a product whose sums run over all rows of a walk.

Shapes: N rows, I columns in, O columns out.
"""

import torch
from torch import Tensor

from elman.kernels.arguments import ELEMENT_CODES
from elman.kernels.core import available, check_status, executor, require, supports

__all__ = ["sum_products"]

_MANY_ROWS = 256
"""From here on packing the operands is earned back, however few columns there are."""

_SOME_ROWS, _MANY_PRODUCTS = 32, 600_000
"""From so many rows on it is earned back by so many multiplications (`benchmarks/products.py`)."""


def sum_products(left: Tensor, right: Tensor, *, onto: Tensor | None = None) -> Tensor:
    """leftᵀ · right, (O, I), from left (N, O) and right (N, I).

    BLAS is made for squarer matrices: over many rows the core is ahead of it, and over some rows
    where their products are large.

    Args:
        left: read where it stands if its rows are dense, which may themselves stand apart.
        right: likewise, of the same type.
        onto: (O, I), dense, to which the product is added; None begins with zero.

    Returns:
        `onto`, or a new matrix.

    Raises:
        BackendError: no memory for the operands, packed.
    """
    (N, O), I = left.shape, right.shape[1]
    if (
        not _pays(N, O, I)
        or len(right) != N
        or not O * I
        or not available()[0]
        or not supports(left, right)[0]
    ):
        return left.t() @ right if onto is None else onto.addmm_(left.t(), right)
    left, right = _with_dense_rows(left), _with_dense_rows(right)
    sums = left.new_empty((O, I)) if onto is None else onto
    status = require("sum_products").transposed(
        ELEMENT_CODES[left.dtype],
        N,
        (O, I),
        (left.stride(0), right.stride(0)),
        left.data_ptr(),
        right.data_ptr(),
        sums.data_ptr(),
        onto is not None,
        *executor(),
    )
    check_status("sum_products", status)
    return sums


def _pays(N: int, O: int, I: int) -> bool:
    """Whether the core is ahead of BLAS."""
    large = N >= _SOME_ROWS and min(O, I) > 1 and N * O * I >= _MANY_PRODUCTS
    return N >= _MANY_ROWS or large


def _with_dense_rows(matrix: Tensor) -> Tensor:
    """The matrix itself, or a copy where its rows have gaps within them or overlap."""
    dense = matrix.stride(1) == 1 and matrix.stride(0) >= matrix.shape[1]
    return matrix if dense else matrix.clone(memory_format=torch.contiguous_format)
