r"""Walks that are watched: what `nn.walk` does, with every state, gate and state gradient kept.

The state of a layer at step s is the pair (h_s, c_s), taken as independent: dℓ/dh_s is the total
derivative through h_s as output and as what is carried on; dℓ/dc_s goes through what is carried on
alone, so that what c_s does through h_s counts as h's.

Shapes: S sequences, T steps, N rows of a walk (`kernels.reference`), I inputs, H units, P units of
h (H without projection), G gates.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import linear

from elman.kernels import native, reference
from elman.kernels.products import multiply
from elman.kernels.reference import Result, Scan
from elman.nn.reasons import why_not_here, why_not_these
from elman.nn.rows import Rows
from elman.nn.steps import Step, run_steps
from elman.nn.walk import WalkEnd, Weights

__all__ = ["Walked", "fused_walk", "stepped_walk"]

State = tuple[Tensor, ...]


@dataclass(eq=False)
class Walked:
    """One walk of one layer in one direction, as it was.

    Attributes:
        scan: which cell, over which rows.
        rows: how its rows lie in the batch.
        x: what came in, (T, S, I) or (N, …).
        states: what left every row: h (N, P), and c (N, H) of an LSTM.
        entered: what entered every row, after resets.
        gates: activated gates of every row, (N, G·H), in the order of `kernels.layout`; None for a
            cell that has none that we know.
        weights: torch's four, of a cell whose formula is `kernels.reference`'s; else None.
        projection: torch's weight_hr, (P, H), or None.
        projected: what `step` reads at every row; None where `weights` say it all.
        step: one step, for cells of another formula, and for projected ones.
        gradients: of the last way back, dℓ/dh (N, P), and dℓ/dc (N, H); None before one, or where
            ℓ does not depend on them.
        probes: zeros added to every row's states, leaves of autograd's graph; for `step` alone.
        apart: whether the output that is handed on is a copy, which others may change in place.
    """

    scan: Scan
    rows: Rows
    x: Tensor
    states: State = ()
    entered: State = ()
    gates: Tensor | None = None
    weights: Weights | None = None
    projection: Tensor | None = None
    projected: Tensor | None = None
    step: Step | None = None
    gradients: tuple[Tensor | None, ...] | None = None
    probes: State = ()
    apart: bool = True

    @property
    def steps(self) -> int:
        """T of the batch, padding included where it is known."""
        return self.rows.steps or len(self.rows.batch_sizes)


def fused_walk(
    walked: Walked, weights: Weights, h_0: Tensor, c_0: Tensor | None, *, back: bool
) -> WalkEnd:
    """Walk by the native core, or by `kernels.reference` where it cannot; fill in `walked`.

    Args:
        walked: with scan, rows and x.
        weights: torch's four.
        h_0: (S, H).
        c_0: (S, H), LSTM only.
        back: whether the way back shall be watched too; h_0 must want its gradient then.
    """
    walked.weights = weights
    if back:
        end: WalkEnd = _Watched.apply(walked, walked.x, h_0, c_0)  # type: ignore[no-untyped-call]
        return end
    return _forward(walked, walked.x, h_0, c_0)[1]


def _forward(walked: Walked, x: Tensor, h_0: Tensor, c_0: Tensor | None) -> tuple[Result, WalkEnd]:
    """Walk, and note what was seen."""
    assert walked.weights is not None
    weight_ih, weight_hh, bias_ih, bias_hh = walked.weights
    given = (x, *(w for w in walked.weights if w is not None), h_0, *([] if c_0 is None else [c_0]))
    with torch.no_grad():
        if why_not_here() or why_not_these(given):
            projected = linear(x.reshape(-1, x.shape[-1]), weight_ih, bias_ih)
            result = reference.forward(walked.scan, projected, weight_hh, bias_hh, h_0, c_0)
        else:
            result = native.read(walked.scan, x.contiguous(), walked.weights, h_0, c_0)
    cells, previous_cells = result.cells, result.previous_cells
    walked.states = (result.output,) if cells is None else (result.output, cells)
    entered = (result.previous,)
    walked.entered = entered if previous_cells is None else (*entered, previous_cells)
    walked.gates = result.gates
    output = result.output.view(*x.shape[:-1], -1)
    return result, (output.clone() if walked.apart else output, result.h_n, result.c_n)


class _Watched(torch.autograd.Function):
    """A fused walk whose way back leaves the gradient of every state behind."""

    @staticmethod
    def forward(ctx: Any, walked: Walked, x: Tensor, h_0: Tensor, c_0: Tensor | None) -> WalkEnd:
        result, end = _forward(walked, x, h_0, c_0)
        ctx.walked, ctx.result, ctx.shape = walked, result, x.shape
        ctx.set_materialize_grads(False)
        return end

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        """Walk back from the gradients of output, h_n and c_n."""
        walked, result = ctx.walked, ctx.result
        weight_ih, weight_hh = walked.weights[:2]
        output, *ends = grads
        rows = None if output is None else output.reshape(-1, output.shape[-1])
        kept = (weight_hh, result.output, *(grad for grad in grads if grad is not None))
        core = reference if why_not_here() or why_not_these(kept) else native
        found = core.backward(walked.scan, weight_hh, result, rows, *ends, want_states=True)
        assert found.states is not None
        walked.gradients = _independent(result, *found.states)
        into_x = multiply(found.projected, weight_ih).view(ctx.shape)
        return None, into_x, found.h_0, found.c_0


def _independent(result: Result, dh: Tensor, dc: Tensor | None = None) -> State:
    """State gradients of independent h and c, from those in which c counts what h does with it.

    dc_carried = dc - dh · o (1 - tanh²(c))
    """
    if dc is None or result.cells is None:
        return (dh,)
    o, tanh_c = result.gates.chunk(4, 1)[3], torch.tanh(result.cells)
    return dh, dc - dh * o * (1 - tanh_c * tanh_c)


def stepped_walk(
    walked: Walked, step: Step, projected: Tensor, states: State, *, back: bool
) -> tuple[Tensor, State]:
    """Walk by a step of Python; fill in `walked`.

    Args:
        walked: with scan, rows and x.
        step: (what it reads at a row, state) -> (y, state).
        projected: what `step` reads, (N, …).
        states: what enters, (S, …) each.
        back: whether gradients of states are wanted: the states then bear probes.

    Returns:
        y of every row, (N, …), and the last states.
    """
    walked.step, walked.projected = step, projected
    kept: list[tuple[State, State, State]] = []  # by step as walked: what entered, left, probes

    def watched(p: Tensor, entering: State) -> tuple[Tensor, State]:
        y, leaving = step(p, entering)
        probes: State = ()
        if back:
            probes = tuple(torch.zeros_like(part, requires_grad=True) for part in leaving)
            said = y is leaving[0]
            leaving = tuple(part + probe for part, probe in zip(leaving, probes, strict=True))
            y = leaving[0] if said else y
        kept.append((entering, leaving, probes))
        return y, leaving

    reverse = walked.scan.reverse
    y, last = run_steps(watched, projected, walked.scan.batch_sizes, states, reverse)
    entered, left, probes = zip(*(kept[::-1] if reverse else kept), strict=True)
    walked.entered, walked.states = _rows(entered), _rows(left)
    walked.probes = tuple(part for step_probes in probes for part in step_probes)
    return y, last


def _rows(steps: tuple[State, ...]) -> State:
    """Every part of a state at all rows, (N, F) each, without gradients."""
    parts = zip(*steps, strict=True)
    return tuple(torch.cat([p.detach().flatten(1) for p in part]) for part in parts)
