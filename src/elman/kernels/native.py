r"""The recurrence fused in C++: the functions of `reference`, with the same meaning, at speed.

The core is a library of its own under native/. This file checks what it is given, allocates what
the core fills in, and passes addresses. The core runs on torch's thread team and respects
`torch.set_num_threads`; results do not depend on the number of threads, to the bit. Denormal
numbers are flushed to zero within it. Ctrl-C is answered during a walk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from elman.errors import BackendError, ShapeError
from elman.kernels.allocation import allocate
from elman.kernels.arguments import (
    ACTIVATION_CODES,
    CELL_CODES,
    ELEMENT_CODES,
    Entering,
    address,
    as_bytes,
    contiguous,
    entering,
    own,
)
from elman.kernels.core import (
    available,
    check_status,
    executor,
    forced,
    instruction_set,
    instruction_sets,
    require,
    supports,
)
from elman.kernels.layout import CELLS
from elman.kernels.lending import borrow
from elman.kernels.reference import Result, Scan, Weights
from elman.kernels.transposed import sum_products

__all__ = [
    "Gradients",
    "available",
    "backward",
    "forced",
    "forward",
    "instruction_set",
    "instruction_sets",
    "read",
    "supports",
]


@dataclass(frozen=True)
class Gradients:
    """What a walk back gives: `reference.Gradients`, laid out so that nothing is copied.

    Attributes:
        projected: dL/d(projected), (N, G·H); a view whose rows may stand apart.
        rotated: dL/d(V h_{t-1} + b) of every row, (N, G·H), such a view too, with the last gate
            first for the GRU (n, r, z) and in the usual order for the others.
        h_0, c_0: (B, H); c_0 is None for cells without c.
        states: total derivatives by h_t (and c_t) of every row, (N, H) each, or None.
    """

    projected: Tensor
    rotated: Tensor
    h_0: Tensor
    c_0: Tensor | None
    states: tuple[Tensor, ...] | None

    @property
    def recurrent(self) -> Tensor:
        """dL/d(V h_{t-1} + b) of every row, (N, G·H), gates in their usual order; a copy."""
        return self._unrotate(self.rotated, 1)

    def weight(self, previous: Tensor) -> Tensor:
        """dL/d(weight_hh), (G·H, H), given the h that entered every row, (N, H)."""
        return self._unrotate(sum_products(self.rotated, previous), 0)

    def input_weight(self, x: Tensor) -> Tensor:
        """dL/d(weight_ih), (G·H, I), given the input of every row, (N, I)."""
        return sum_products(self.projected, x)

    def bias(self) -> Tensor:
        """dL/d(bias_hh), (G·H,)."""
        return self._unrotate(self.rotated.sum(0), 0)

    def _unrotate(self, tensor: Tensor, dim: int) -> Tensor:
        if self.rotated.data_ptr() == self.projected.data_ptr():
            return tensor
        return tensor.roll(-self.h_0.shape[1], dim)


class _Sizes(NamedTuple):
    """The letters of one walk, and whether every step has all B rows with no reset between."""

    T: int
    B: int
    N: int
    H: int
    G: int
    full: bool
    dense: bool

    @staticmethod
    def of(where: str, scan: Scan, h: Tensor) -> "_Sizes":
        batch, units = h.shape
        counts = scan.batch_sizes
        if units < 1 or (counts and counts[0] > batch):
            raise ShapeError(
                f"{where}: the states must have shape (B, H) with B at least "
                f"{max(counts, default=0)} and H at least 1, got {(batch, units)}."
            )
        full = counts.count(batch) == len(counts)
        rows = batch * len(counts) if full else sum(counts)
        gates = CELLS[scan.cell].gate_count
        if scan.resets is not None:
            _check_shapes(where, {"scan.resets": (scan.resets, (rows,))})
        return _Sizes(len(counts), batch, rows, units, gates, full, full and scan.resets is None)


def _check_shapes(where: str, expected: dict[str, tuple[Tensor | None, tuple[int, ...]]]) -> None:
    """Raise `ShapeError` for the first tensor that is there and has another shape."""
    for name, (tensor, shape) in expected.items():
        if tensor is not None and tensor.shape != shape:
            raise ShapeError(
                f"{where}: `{name}` must have shape {shape}, got {tuple(tensor.shape)}."
            )


def _check_kind(where: str, *tensors: Tensor | None) -> None:
    fits, reason = supports(*tensors)
    if not fits:
        raise BackendError(
            f"{where}: tensors must be dense, on the CPU, and all float32 or all float64, "
            f"but {reason}."
        )


def _pack_scan(scan: Scan, sizes: _Sizes, like: Tensor, resets: Tensor | None) -> tuple[Any, ...]:
    """What native/module.cpp reads an elman_scan from."""
    return (
        CELL_CODES[scan.cell],
        ACTIVATION_CODES[scan.activation],
        ELEMENT_CODES[like.dtype],
        int(scan.reverse),
        sizes.T,
        sizes.B,
        sizes.H,
        None if sizes.full else scan.batch_sizes,
        address(resets),
    )


def _rows(tensor: Tensor) -> Tensor:
    """The same numbers with each row contiguous; whole rows may stand apart."""
    if tensor.stride(1) == 1 and tensor.stride(0) >= tensor.shape[1]:
        return tensor
    return tensor.contiguous()


def _history(
    room: Callable[..., Tensor], like: Tensor, sizes: _Sizes, reverse: bool
) -> tuple[Tensor, Tensor]:
    """Room for the state that leaves, and the one that enters, every row; (N, H) each.

    Where what enters a row is what left the row before, both are one buffer, one step apart.
    """
    if not sizes.dense:
        return room(like, sizes.N, sizes.H), room(like, sizes.N, sizes.H)
    buffer = room(like, sizes.N + sizes.B, sizes.H)
    early, late = buffer.narrow(0, 0, sizes.N), buffer.narrow(0, sizes.B, sizes.N)
    return (early, late) if reverse else (late, early)


def forward(
    scan: Scan,
    projected: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    h_0: Tensor,
    c_0: Tensor | None = None,
    *,
    keep: bool = True,
) -> Result:
    """Walk through time as `reference.forward` does, unseen by autograd.

    Shapes: N rows, B sequences, H units, G gates.

    Args:
        scan: what to walk.
        projected: U x_t + b_ih of every row, (N, G·H), gates in torch's order.
        weight: V as in torch's `weight_hh`, (G·H, H).
        bias: torch's `bias_hh`, (G·H,), or None.
        h_0: the state before the walk, (B, H).
        c_0: the same for c, (B, H); LSTM only.
        keep: whether `backward` shall follow. Otherwise `gates` comes back empty, (0, G·H), and
            `cells`, `previous_cells` and `candidates` come back None.

    Raises:
        ShapeError: shapes that contradict each other.
        BackendError: no native core, or tensors that it cannot take.
        KeyboardInterrupt: Ctrl-C during the walk.
    """
    _check_kind("native.forward", projected, weight, bias, h_0, c_0)
    sizes = _check_forward(scan, projected, weight, bias, h_0, c_0)
    projected = _rows(projected)
    stride = max(projected.stride(0), sizes.G * sizes.H)
    inputs = Entering((stride, projected.data_ptr(), 0, 0, 0, 0, 0), (projected,))
    return _walk(scan, sizes, inputs, (weight, bias), (h_0, c_0), keep=keep)


def read(
    scan: Scan,
    x: Tensor,
    weights: Weights,
    h_0: Tensor,
    c_0: Tensor | None = None,
    *,
    keep: bool = True,
) -> Result:
    """Project x and walk, unseen by autograd.

    Whoever calls sees to it that all tensors are of one type and on the CPU, and that shapes fit.

    Args:
        scan: what to walk.
        x: (N, I) or (T, B, I), contiguous.
        weights: of the layer.
        h_0: as for `forward`, as are the two that follow.
        c_0: the same for c.
        keep: whether `backward` shall follow.

    Raises:
        BackendError: no native core, or no memory.
        KeyboardInterrupt: Ctrl-C during the walk.
    """
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    sizes, inputs = _Sizes.of("native.read", scan, h_0), entering(x, weight_ih, bias_ih)
    gates = inputs.projected if keep else None
    return _walk(scan, sizes, inputs, (weight_hh, bias_hh), (h_0, c_0), keep=keep, gates=gates)


def _walk(
    scan: Scan,
    sizes: _Sizes,
    inputs: Entering,
    recurrent: tuple[Tensor, Tensor | None],
    states: tuple[Tensor, Tensor | None],
    *,
    keep: bool,
    gates: Tensor | None = None,
) -> Result:
    """Have the core walk, into `gates` if there is room already."""
    core = require("native.forward")
    weight, bias = recurrent
    weight, bias = weight.contiguous(), contiguous(bias)
    resets, (h_0, c_0) = as_bytes(scan.resets), states
    h_n, c_n = own(h_0), None if c_0 is None else own(c_0)
    output, previous = _history(allocate, weight, sizes, scan.reverse)
    if keep and scan.cell == "elman":
        gates = output  # its one gate is what it says
    elif gates is None:
        gates = borrow(weight, sizes.N if keep else 0, sizes.G * sizes.H)
    cells = previous_cells = candidates = None
    if keep and c_0 is not None:
        cells, previous_cells = _history(borrow, weight, sizes, scan.reverse)
    if keep and scan.cell == "gru":
        candidates = borrow(weight, sizes.N, sizes.H)
    status = core.forward(
        _pack_scan(scan, sizes, weight, resets),
        *inputs.numbers,
        *map(address, (weight, bias, output, previous, h_n, c_n)),
        *map(address, (gates if keep else None, cells, previous_cells, candidates)),
        *executor(),
    )
    check_status("native.forward", status)
    return Result(output, h_n, c_n, gates, cells, previous, previous_cells, candidates)


def _check_forward(
    scan: Scan,
    projected: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    h_0: Tensor,
    c_0: Tensor | None,
) -> _Sizes:
    sizes = _Sizes.of("native.forward", scan, h_0)
    width, has_cell = sizes.G * sizes.H, CELLS[scan.cell].has_cell
    if (c_0 is not None) != has_cell:
        needed, got = ("a tensor", "None") if has_cell else ("None", "a tensor")
        raise ShapeError(f"native.forward: `c_0` must be {needed} for '{scan.cell}', got {got}.")
    _check_shapes(
        "native.forward",
        {
            "projected": (projected, (sizes.N, width)),
            "weight": (weight, (width, sizes.H)),
            "bias": (bias, (width,)),
            "c_0": (c_0, (sizes.B, sizes.H)),
        },
    )
    return sizes


def backward(
    scan: Scan,
    weight: Tensor,
    result: Result,
    grad_output: Tensor | None,
    grad_h_n: Tensor | None = None,
    grad_c_n: Tensor | None = None,
    want_states: bool = False,
) -> Gradients:
    """Walk back through what `forward` kept; gradients left None count as zero.

    Args:
        scan: the walk that `forward` made.
        weight: V, (G·H, H).
        result: what `forward` returned; its tensors are read, not changed.
        grad_output: dL/d(output), (N, H).
        grad_h_n: dL/d(h_n), (B, H).
        grad_c_n: dL/d(c_n), (B, H).
        want_states: whether to return `Gradients.states`.

    Raises:
        ShapeError: shapes that contradict each other, or a result with nothing kept.
        BackendError: no native core, or tensors that it cannot take.
        KeyboardInterrupt: Ctrl-C during the walk.
    """
    core = require("native.backward")
    _check_kind("native.backward", weight, result.output, grad_output, grad_h_n, grad_c_n)
    sizes = _check_backward(scan, weight, result, grad_output, grad_h_n, grad_c_n)
    output, c_n, resets = result.output, result.c_n, as_bytes(scan.resets)
    grad_output = None if grad_output is None else _rows(grad_output)
    weight = weight.contiguous()
    d_h = torch.zeros_like(result.h_n) if grad_h_n is None else own(grad_h_n)
    d_c = None
    if c_n is not None:
        d_c = torch.zeros_like(c_n) if grad_c_n is None else own(grad_c_n)
    extra = sizes.H if scan.cell == "gru" else 0  # room for n of `rotated` before r, z, n
    gradient = borrow(output, sizes.N, extra + sizes.G * sizes.H)
    projected, rotated = gradient[:, extra:], gradient[:, : sizes.G * sizes.H]
    state_count = 0 if not want_states else 1 if c_n is None else 2
    states = tuple(borrow(output, sizes.N, sizes.H) for _ in range(state_count))
    status = core.backward(
        _pack_scan(scan, sizes, output, resets),
        sizes.H if grad_output is None else max(grad_output.stride(0), sizes.H),
        gradient.shape[1],
        *map(address, (weight, result.gates, result.previous)),
        *map(address, (result.cells, result.previous_cells, result.candidates)),
        *map(address, (grad_output, d_h, d_c, projected, rotated, *states)),
        *(0,) * (2 - state_count),
        *executor(),
    )
    check_status("native.backward", status)
    return Gradients(projected, rotated, d_h, d_c, states if want_states else None)


def _check_backward(
    scan: Scan,
    weight: Tensor,
    result: Result,
    grad_output: Tensor | None,
    grad_h_n: Tensor | None,
    grad_c_n: Tensor | None,
) -> _Sizes:
    sizes = _Sizes.of("native.backward", scan, result.h_n)
    width, row, state = sizes.G * sizes.H, (sizes.N, sizes.H), (sizes.B, sizes.H)
    _check_shapes(
        "native.backward",
        {
            "weight": (weight, (width, sizes.H)),
            "result.gates": (result.gates, (sizes.N, width)),
            "result.previous": (result.previous, row),
            "grad_output": (grad_output, row),
            "grad_h_n": (grad_h_n, state),
            "grad_c_n": (grad_c_n, state),
        },
    )
    return sizes
