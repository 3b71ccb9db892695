"""The gradient of a weight: a product whose sums run over all rows of a walk.

Shapes: N rows, I columns in, O columns out.
"""

from torch import Tensor

from elman.kernels.arguments import ELEMENT_CODES
from elman.kernels.core import check_status, executor, require
from elman.kernels.products import multiply_transposed

__all__ = ["sum_products"]

_TALL = 256
"""Rows from which on the core is quicker than BLAS, measured by `benchmarks/products.py`."""

_NARROW = 256
"""Columns of the right operand up to which it is."""


def sum_products(left: Tensor, right: Tensor) -> Tensor:
    """leftᵀ · right, (O, I), from left (N, O) and right (N, I).

    Torch's BLAS is made for squarer matrices; tall and narrow ones the core multiplies.

    Args:
        left: dense, on the CPU, float32 or float64; whole rows may stand apart.
        right: of the same kind.

    Raises:
        BackendError: no native core, or no memory.
    """
    (N, O), I = left.shape, right.shape[1]
    if N < _TALL or I > _NARROW:
        return multiply_transposed(left, right)
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
