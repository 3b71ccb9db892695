"""Layers above each other over a full batch, unseen by autograd: with as little as can be between.

A single step of a small layer takes the core three microseconds. What it takes in Python, and in
tensors that are made for it, is then what counts.

Shapes: B sequences, T steps, L layers, I inputs, H hidden units, G gates.
"""

from collections.abc import Sequence

from torch import Tensor

from elman.kernels.arguments import (
    ACTIVATION_CODES,
    CELL_CODES,
    ELEMENT_CODES,
    address,
    contiguous,
    entering,
    own,
)
from elman.kernels.core import check_status, executor, require
from elman.kernels.layout import CELLS
from elman.kernels.reference import Weights

__all__ = ["read"]


def read(
    kind: tuple[str, str], x: Tensor, weights: Sequence[Weights], states: tuple[Tensor, ...] | None
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Read every step, and return h of the topmost layer and the last states.

    Whoever calls sees to it that all tensors are of one type and on the CPU, and that shapes fit.

    Args:
        kind: a key of `kernels.layout.CELLS`, and f of the Elman cell.
        x: (T, B, I), contiguous.
        weights: of every layer, lowest first.
        states: h and, for an LSTM, c: (L, B, H) each; None for zeros.

    Returns:
        (T, B, H), and (L, B, H) each.

    Raises:
        BackendError: no native core, or no memory.
        KeyboardInterrupt: Ctrl-C during the walk.
    """
    (T, B, _), H, L = x.shape, weights[0][1].shape[1], len(weights)
    if states is None:
        last = tuple(x.new_zeros((L, B, H)) for _ in range(1 + CELLS[kind[0]].has_cell))
    else:
        last = tuple(own(state) for state in states)
    core, state_bytes, team = require("inference.read"), B * H * x.element_size(), executor()
    scan = (CELL_CODES[kind[0]], ACTIVATION_CODES[kind[1]], ELEMENT_CODES[x.dtype], 0, T, B, H)
    places = [state.data_ptr() for state in last]
    for layer, (weight_ih, weight_hh, bias_ih, bias_hh) in enumerate(weights):
        inputs = entering(x, weight_ih, bias_ih)
        weight, bias = weight_hh.contiguous(), contiguous(bias_hh)
        history = x.new_empty((T + 1, B, H))  # of h: what enters a step, and one row later leaves
        start = history.data_ptr()
        h, *c = (place + layer * state_bytes for place in places)
        status = core.forward(
            (*scan, None, 0),
            *inputs.numbers,
            *(weight.data_ptr(), address(bias), start + state_bytes, start, h, c[0] if c else 0),
            *(0, 0, 0, 0),  # nothing is kept
            *team,
        )
        check_status("inference.read", status)
        x = history[1:]
    return x, last
