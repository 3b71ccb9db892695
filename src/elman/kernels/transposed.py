"""The gradient of a weight: a product whose sums run over all rows of a walk.

Shapes: N rows, I columns in, O columns out.
"""

from torch import Tensor

from elman.kernels.arguments import ELEMENT_CODES
from elman.kernels.core import check_status, executor, require

__all__ = ["sum_products"]

_TALL = 256
"""Rows below which packing the operands is not earned back; see `benchmarks/products.py`."""


def sum_products(left: Tensor, right: Tensor) -> Tensor:
    """leftᵀ · right, (O, I), from left (N, O) and right (N, I).

    BLAS is made for squarer matrices: over many rows the core is ahead of it.

    Args:
        left: dense, on the CPU, float32 or float64; whole rows may stand apart.
        right: of the same kind.

    Raises:
        BackendError: no native core, or no memory.
    """
    (N, O), I = left.shape, right.shape[1]
    if N < _TALL:
        return left.t() @ right
    sums = left.new_empty((O, I))
    status = require("sum_products").transposed(
        ELEMENT_CODES[left.dtype],
        N,
        (O, I),
        (left.stride(0), right.stride(0)),
        left.data_ptr(),
        right.data_ptr(),
        sums.data_ptr(),
        *executor(),
    )
    check_status("sum_products", status)
    return sums
