r"""The recurrence in plain torch: slow, short, and the definition of truth.

Rows. A batch of sequences of unequal length is laid out time-major without padding, as in
`torch.nn.utils.rnn.PackedSequence`: first the rows of step 0, then those of step 1, and so on;
`batch_sizes[t]` rows run at step t, never more than at the step before, so row b of every step
belongs to sequence b. N is their sum.

`native.forward` and `native.backward` have the signatures of the two functions here and must
agree with them in every output.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Gradients", "Result", "Scan", "Weights", "backward", "forward"]

Weights = tuple[Tensor, Tensor, Tensor | None, Tensor | None]
"""Torch's weight_ih (G·H, I), weight_hh (G·H, H), bias_ih (G·H,), bias_hh (G·H,)."""

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "identity": lambda z: z,
}

_SLOPES: dict[str, Callable[[Tensor], Tensor]] = {  # f' written in terms of h = f(z)
    "tanh": lambda h: 1 - h * h,
    "relu": lambda h: (~(h <= 0)).to(h.dtype),  # 1 at NaN, as torch has it
    "sigmoid": lambda h: h * (1 - h),
    "identity": torch.ones_like,
}


@dataclass(frozen=True)
class Scan:
    """One walk through time: which cell, over which rows, in which direction.

    Attributes:
        cell: a key of `layout.CELLS`.
        batch_sizes: rows at each step, (T,), non-increasing, each at least 1.
        activation: f of the Elman cell, one of `layout.ACTIVATIONS`; other cells ignore it.
        reverse: walk from each sequence's last step to its first.
        resets: (N,) bool or None. A row marked here starts a new sequence: walking forward, the
            state that enters it is wiped to zero; walking in reverse, the state that leaves it is
            wiped before it enters the step before (the same boundary, seen from the other side).
    """

    cell: str
    batch_sizes: tuple[int, ...]
    activation: str = "tanh"
    reverse: bool = False
    resets: Tensor | None = None


@dataclass(frozen=True)
class Result:
    """What a walk gives. B is `h_0.shape[0]`, which may exceed `batch_sizes[0]` (empty sequences).

    Attributes:
        output: h_t of every row, (N, H).
        h_n: the last h of every sequence, (B, H); h_0 for an empty one.
        c_n: the last c, (B, H), or None for cells without one.
        gates: activated gates of every row, (N, G·H), in the order of `layout.CELLS`.
        cells: c_t of every row, (N, H), or None.
        previous: the h that entered every row, after resets, (N, H).
        previous_cells: the c that entered every row, (N, H), or None.
        candidates: GRU only, V_n h_{t-1} + b_hn of every row, (N, H); else None.
    """

    output: Tensor
    h_n: Tensor
    c_n: Tensor | None
    gates: Tensor
    cells: Tensor | None
    previous: Tensor
    previous_cells: Tensor | None
    candidates: Tensor | None


@dataclass(frozen=True)
class Gradients:
    """What a walk back gives.

    Attributes:
        projected: dL/d(projected), (N, G·H).
        recurrent: dL/d(V h_{t-1} + b) of every row, (N, G·H): equal to `projected` save for the
            GRU's n gate, where it is r ⊙ dL/dn-preactivation. The weight's gradient is
            recurrentᵀ · previous and the recurrent bias's is the sum of recurrent over rows.
        h_0, c_0: (B, H); c_0 is None for cells without c.
        states: when asked for, the total derivative of L by h_t (and by c_t) of every row,
            (N, H) each, as a tuple; else None.
    """

    projected: Tensor
    recurrent: Tensor
    h_0: Tensor
    c_0: Tensor | None
    states: tuple[Tensor, ...] | None

    def input_weight(self, x: Tensor) -> Tensor:
        """dL/d(weight_ih), (G·H, I), given the input of every row, (N, I)."""
        return self.projected.T @ x

    def weight(self, previous: Tensor) -> Tensor:
        """dL/d(weight_hh), (G·H, H), given the h that entered every row, (N, H)."""
        return self.recurrent.T @ previous

    def bias(self) -> Tensor:
        """dL/d(bias_hh), (G·H,)."""
        return self.recurrent.sum(0)


def _step(
    scan: Scan, x: Tensor, r: Tensor, h: Tensor, c: Tensor | None
) -> tuple[Tensor, Tensor | None, Tensor]:
    """One step from U x_t (as `x`) and V h_{t-1} (as `r`), both (b, G·H): h_t, c_t, gates."""
    if scan.cell == "elman":
        h = _ACTIVATIONS[scan.activation](x + r)
        return h, None, h
    if scan.cell == "gru":
        x_r, x_z, x_n = x.chunk(3, 1)
        r_r, r_z, r_n = r.chunk(3, 1)
        reset = torch.sigmoid(x_r + r_r)
        update = torch.sigmoid(x_z + r_z)
        new = torch.tanh(x_n + reset * r_n)
        return (1 - update) * new + update * h, None, torch.cat([reset, update, new], 1)
    assert c is not None
    i, f, g, o = (x + r).chunk(4, 1)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c = f * c + i * g
    return o * torch.tanh(c), c, torch.cat([i, f, g, o], 1)


def forward(
    scan: Scan,
    projected: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    h_0: Tensor,
    c_0: Tensor | None = None,
) -> Result:
    """Walk through time; differentiable in every tensor argument.

    Args:
        scan: what to walk.
        projected: U x_t + b_ih of every row, (N, G·H), gates in torch's order.
        weight: V as in torch's `weight_hh`, (G·H, H).
        bias: torch's `bias_hh`, (G·H,), or None.
        h_0: the state before the walk, (B, H).
        c_0: the same for c, (B, H); LSTM only.
    """
    offsets = _offsets(scan)
    kept: dict[int, dict[str, Tensor | None]] = {}
    h, c = h_0, c_0
    for t in _order(scan):
        b = scan.batch_sizes[t]
        h_in, c_in = _wipe(scan, offsets, t, h[:b], None if c is None else c[:b])
        r = torch.nn.functional.linear(h_in, weight, bias)
        h_out, c_out, gates = _step(scan, projected[offsets[t] : offsets[t + 1]], r, h_in, c_in)
        kept[t] = {
            "output": h_out,
            "gates": gates,
            "cells": c_out,
            "previous": h_in,
            "previous_cells": c_in,
            "candidates": r.chunk(3, 1)[2] if scan.cell == "gru" else None,
        }
        h = torch.cat([h_out, h[b:]])
        c = None if c is None or c_out is None else torch.cat([c_out, c[b:]])
    return Result(h_n=h, c_n=c, **{name: _rows(kept, name) for name in kept[0]})  # type: ignore[arg-type]


def _offsets(scan: Scan) -> list[int]:
    """The first row of every step, and N."""
    return [0, *itertools.accumulate(scan.batch_sizes)]


def _order(scan: Scan) -> range:
    """Steps in the order in which the walk meets them."""
    steps = range(len(scan.batch_sizes))
    return steps[::-1] if scan.reverse else steps


def _wipe(
    scan: Scan, offsets: list[int], t: int, h: Tensor, c: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """Zero the rows of h and c, (batch_sizes[t], H) each, that a boundary cuts off."""
    wiped = _wiped(scan, offsets, t)
    if wiped is None:
        return h, c
    h = h.masked_fill(wiped[:, None], 0)
    return h, None if c is None else c.masked_fill(wiped[:, None], 0)


def _wiped(scan: Scan, offsets: list[int], t: int) -> Tensor | None:
    """Which of step t's rows receive a wiped state, (batch_sizes[t],) bool."""
    if scan.resets is None:
        return None
    if not scan.reverse:
        return scan.resets[offsets[t] : offsets[t + 1]]
    wiped = scan.resets.new_zeros(scan.batch_sizes[t])
    if t + 1 < len(scan.batch_sizes):
        after = scan.resets[offsets[t + 1] : offsets[t + 2]]
        wiped[: len(after)] = after
    return wiped


def _rows(kept: dict[int, dict[str, Tensor | None]], name: str) -> Tensor | None:
    parts = [kept[t][name] for t in range(len(kept))]
    if any(part is None for part in parts):
        return None
    return torch.cat([part for part in parts if part is not None])


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
        result: what `forward` returned.
        grad_output: dL/d(output), (N, H).
        grad_h_n: dL/d(h_n), (B, H).
        grad_c_n: dL/d(c_n), (B, H).
        want_states: whether to return `Gradients.states`.
    """
    offsets = _offsets(scan)
    kept: dict[int, dict[str, Tensor | None]] = {}
    dh = torch.zeros_like(result.h_n) if grad_h_n is None else grad_h_n.clone()
    dc = None
    if result.c_n is not None:
        dc = torch.zeros_like(result.c_n) if grad_c_n is None else grad_c_n.clone()
    for t in reversed(_order(scan)):
        rows, b = slice(offsets[t], offsets[t + 1]), scan.batch_sizes[t]
        dh_t = dh[:b] if grad_output is None else dh[:b] + grad_output[rows]
        dz, dr, direct, dc_t, dc_in = _step_back(scan, result, rows, dh_t, dc)
        dh_in, dc_in = _wipe(scan, offsets, t, direct + dr @ weight, dc_in)
        kept[t] = {"projected": dz, "recurrent": dr, "h": dh_t, "c": dc_t}
        dh = torch.cat([dh_in, dh[b:]])
        dc = None if dc is None or dc_in is None else torch.cat([dc_in, dc[b:]])
    states = tuple(s for s in (_rows(kept, "h"), _rows(kept, "c")) if s is not None)
    projected, recurrent = _rows(kept, "projected"), _rows(kept, "recurrent")
    assert projected is not None and recurrent is not None
    return Gradients(projected, recurrent, dh, dc, states if want_states else None)


def _step_back(
    scan: Scan, result: Result, rows: slice, dh: Tensor, dc: Tensor | None
) -> tuple[Tensor, Tensor, Tensor, Tensor | None, Tensor | None]:
    """One step's derivative: dL/dz, dL/dr, what reaches h_{t-1} without V, dL/dc_t, dL/dc_{t-1}."""
    gates, h_in = result.gates[rows], result.previous[rows]
    if scan.cell == "elman":
        dz = dh * _SLOPES[scan.activation](gates)
        return dz, dz, torch.zeros_like(dh), None, None
    if scan.cell == "gru":
        assert result.candidates is not None
        reset, update, new = gates.chunk(3, 1)
        dn = dh * (1 - update) * (1 - new * new)
        dr = dn * result.candidates[rows] * reset * (1 - reset)
        dz = dh * (h_in - new) * update * (1 - update)
        into_x, into_h = torch.cat([dr, dz, dn], 1), torch.cat([dr, dz, dn * reset], 1)
        return into_x, into_h, dh * update, None, None
    assert result.cells is not None and result.previous_cells is not None and dc is not None
    i, f, g, o = gates.chunk(4, 1)
    tanh_c = torch.tanh(result.cells[rows])
    dc_t = dc[: len(dh)] + dh * o * (1 - tanh_c * tanh_c)
    di, df = dc_t * g * i * (1 - i), dc_t * result.previous_cells[rows] * f * (1 - f)
    dg, do = dc_t * i * (1 - g * g), dh * tanh_c * o * (1 - o)
    dz = torch.cat([di, df, dg, do], 1)
    return dz, dz, torch.zeros_like(dh), dc_t, dc_t * f
