"""What the core is told: kinds as numbers, tensors as addresses.

Shapes: B sequences, T steps, N rows (`kernels.reference`), I inputs, H hidden units, G gates.
"""

import os
from typing import NamedTuple

import torch
from torch import Tensor

from elman.kernels.layout import ACTIVATIONS
from elman.kernels.products import LARGE, project

__all__ = [
    "ACTIVATION_CODES",
    "CELL_CODES",
    "ELEMENT_CODES",
    "Entering",
    "address",
    "as_bytes",
    "contiguous",
    "entering",
    "own",
]

CELL_CODES = {"elman": 0, "gru": 1, "lstm": 2}  # of elman_cell in native/api.h
ACTIVATION_CODES = {name: code for code, name in enumerate(ACTIVATIONS)}
ELEMENT_CODES = {torch.float32: 0, torch.float64: 1}


def _near_bytes() -> int:
    """Of weights that stay in a core's second-level cache beside what else a walk reads."""
    try:
        cache = os.sysconf("SC_LEVEL2_CACHE_SIZE")
    except (OSError, ValueError):  # not everywhere
        cache = 0
    return cache if cache > 0 else 1 << 20


NEAR_BYTES = _near_bytes()


class Entering(NamedTuple):
    """Where a walk forward finds its inputs.

    Attributes:
        numbers: in the order of native/module.cpp: stride and address of U x_t + b_ih, (N, G·H),
            where torch has projected; else I, then stride and address of x, (N, I), and the
            addresses of U and b_ih.
        held: what must live until the walk is over.
        projected: the first of it where torch has projected, else None.
    """

    numbers: tuple[int, ...]
    held: tuple[Tensor | None, ...]
    projected: Tensor | None = None


def entering(x: Tensor, weight: Tensor, bias: Tensor | None) -> Entering:
    """Have U x_t + b_ih ready, or ready to be computed.

    While U stays in a near cache the core projects some steps at a time, just before it walks them;
    beyond that one large product by torch is faster. A small one is not, and its bits would depend
    on the number of threads.

    Args:
        x: (N, I) or (T, B, I), contiguous.
        weight: U as in torch's `weight_ih`, (G·H, I).
        bias: torch's `bias_ih`, (G·H,), or None.
    """
    width, inputs = weight.shape
    if weight.nbytes > NEAR_BYTES and x.numel() * width >= LARGE:
        projected = project(x.view(-1, inputs), weight, bias)
        return Entering((width, projected.data_ptr(), 0, 0, 0, 0, 0), (projected,), projected)
    weight, bias = weight.contiguous(), contiguous(bias)
    where = (x.data_ptr(), weight.data_ptr(), address(bias))
    return Entering((0, 0, inputs, inputs, *where), (x, weight, bias))


def address(tensor: Tensor | None) -> int:
    """Of the first element; 0 for None."""
    return 0 if tensor is None else tensor.data_ptr()


def contiguous(tensor: Tensor | None) -> Tensor | None:
    """The same numbers without gaps."""
    return None if tensor is None else tensor.contiguous()


def own(tensor: Tensor) -> Tensor:
    """A contiguous copy for the core to change in place."""
    return tensor.clone() if tensor.is_contiguous() else tensor.contiguous()


def as_bytes(resets: Tensor | None) -> Tensor | None:
    """The marks as the core reads them, one byte each."""
    return None if resets is None else resets.to(device="cpu", dtype=torch.bool).contiguous()
