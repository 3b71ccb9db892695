"""What takes the place of a layer's own method while it is watched; see `inspect.watching`.

Each function has the signature of the method, after `part` (the layer itself, as self) and `noted`,
which `watching` adds behind it; it gives the same results, and notes what happened.

Letters: B sequences, S sequences of a walk, T steps, N rows, I inputs, H units, P units of h,
L layers, D directions, G gates.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import linear

from elman.contracts import State
from elman.errors import ShapeError
from elman.inspect.layers import RecurrentLayer
from elman.inspect.recording import Recording
from elman.inspect.walks import Walked, fused_walk, stepped_walk
from elman.kernels.reference import Scan
from elman.nn import Elman, Recurrent
from elman.nn.calls import read_call
from elman.nn.drop_in import DropIn
from elman.nn.extras import all_gains, initial_parameters
from elman.nn.normalised import Gains, normalised_cell
from elman.nn.padded import Way, run_padded
from elman.nn.rows import Rows
from elman.nn.stack import Stack, run_stack
from elman.nn.steps import Step
from elman.nn.walk import WalkEnd, Weights
from elman.nn.weights import MODES, flat_weights
from elman.sequences import PaddedBatch

__all__ = ["Noted", "read_cell", "read_stack", "run_recurrent", "walk_elman"]


@dataclass(frozen=True)
class Noted:
    """What a watched module is.

    Attributes:
        layer: as `inspect.layers.find_layers` has it.
        recording: where it is noted what the module does.
    """

    layer: RecurrentLayer
    recording: Recording


def read_stack(
    part: torch.nn.RNNBase,
    noted: Noted,
    input: Any,  # noqa: A002  (torch's name)
    hx: Any = None,
) -> tuple[Any, Any]:
    """`forward` of torch's layers and of ours."""
    walk, layer = partial(_walk_stack, part, noted), noted.layer
    if isinstance(input, PaddedBatch) and isinstance(part, DropIn):
        state = part.initial_state(len(input.values)) if hx is None else hx
        plain = not (part.learned_state or part.layer_norm or part.proj_size)
        way = Way(
            walk=walk,
            features=(layer.directions * (layer.proj_size or layer.hidden_size),),
            directions=layer.directions,
            takes_resets=plain,
            fresh=initial_parameters(part) if part.learned_state else None,
        )
        return run_padded(way, input, state)
    call = read_call(part, input, hx)
    if isinstance(call, str):
        getattr(torch.nn, part.mode.partition("_")[0]).forward(part, input, hx)  # owns the errors
        raise ShapeError(f"{type(part).__name__}.forward: {call}.")
    states = call.states
    if states is None:
        states = _initial(part, call.x, call.batch_size)
    output, last = walk(call.x, call.rows(), None, states)
    return call.output(output), call.state(last)


def _initial(part: torch.nn.RNNBase, like: Tensor, B: int) -> State:
    """What a layer begins with, (L·D, B, P) and (L·D, B, H)."""
    if isinstance(part, DropIn):
        return part.initial_state(B)
    rows = part.num_layers * (2 if part.bidirectional else 1)
    h = like.new_zeros(rows, B, part.proj_size or part.hidden_size)
    return (h, like.new_zeros(rows, B, part.hidden_size)) if part.mode == "LSTM" else (h,)


def _walk_stack(
    part: torch.nn.RNNBase,
    noted: Noted,
    x: Tensor,
    rows: Rows,
    resets: Tensor | None,
    states: State,
) -> tuple[Tensor, State]:
    """Walk every layer and direction; see `nn.padded.RowWalk`."""
    layer, (cell, activation) = noted.layer, MODES[part.mode]
    flat, D = flat_weights(part), layer.directions
    each = len(flat) // (layer.layers * D)
    gains = all_gains(part) if getattr(part, "layer_norm", False) else None
    walks = []
    for k in range(layer.layers * D):
        of_walk: list[Any] = flat[k * each : (k + 1) * each]
        projection = of_walk.pop() if layer.proj_size else None
        weights: Any = (*of_walk, None, None)[:4]
        gain = None if gains is None else gains[k]
        watch = _Watch(noted, k // D, rows, weights, projection, gain)
        walks.append(watch.walk)
    empty = ((x, x, None, None),) * len(walks)  # each walk brings its weights itself
    dropout = part.dropout if part.training else 0.0
    stack = Stack(cell, activation, 2 if D == 2 else 1, empty, dropout)
    return run_stack(stack, tuple(walks), x, rows, resets, states)


@dataclass(frozen=True, eq=False)
class _Watch:
    """One layer in one direction, about to be walked.

    Attributes:
        noted: the module that it belongs to.
        level: which of the module's L layers.
        rows: how rows lie.
        weights: torch's four.
        projection: torch's weight_hr, (P, H), or None.
        gains: of a layer-normalised cell, or None.
    """

    noted: Noted
    level: int
    rows: Rows
    weights: Weights
    projection: Tensor | None = None
    gains: Gains | None = None

    def walk(
        self, scan: Scan, x: Tensor, _weights: Weights, h_0: Tensor, c_0: Tensor | None
    ) -> WalkEnd:
        """See `nn.walk.Walk`."""
        layer, recording = self.noted.layer, self.noted.recording
        walked = Walked(scan, self.rows, x, apart=not layer.is_module)
        recording.add(layer, self.level, walked)
        h_0, back = recording.root(h_0), recording.back
        if self.gains is None and self.projection is None:
            return fused_walk(walked, self.weights, h_0, c_0, back=back)
        projected, step = self._step(walked)
        states = (h_0,) if c_0 is None else (h_0, c_0)
        output, last = stepped_walk(walked, step, projected, states, back=back)
        walked.gates = self._gates(walked)
        return output.view(*x.shape[:-1], -1), last[0], last[1] if len(last) > 1 else None

    def _step(self, walked: Walked) -> tuple[Tensor, Step]:
        """What a step of Python reads at every row, (N, G·H), and the step."""
        if self.gains is not None:
            projected, cell = normalised_cell(self.gains, walked.scan, walked.x, self.weights)
            return projected, cell.step
        walked.weights, walked.projection = self.weights, self.projection
        rows = walked.x.reshape(-1, walked.x.shape[-1])
        return linear(rows, self.weights[0], self.weights[2]), self._project

    def _project(self, p: Tensor, state: State) -> tuple[Tensor, State]:
        """One step of an LSTM whose h is projected: h = W_hr (o tanh(c))."""
        assert self.projection is not None
        i, f, g, o = self._activate(p, state[0])
        c = f * state[1] + i * g
        h = linear(o * torch.tanh(c), self.projection)
        return h, (h, c)

    def _activate(self, p: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        """The gates i, f, g, o of an LSTM, (b, H) each."""
        i, f, g, o = (p + linear(h, self.weights[1], self.weights[3])).chunk(4, 1)
        return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)

    @torch.no_grad()
    def _gates(self, walked: Walked) -> Tensor:
        """The activated gates of every row, (N, G·H)."""
        h = walked.entered[0]
        if self.gains is None:
            assert walked.projected is not None
            return torch.cat(self._activate(walked.projected, h), 1)
        projected, cell = normalised_cell(self.gains, walked.scan, walked.x, self.weights)
        return torch.cat(cell.gates(projected, h), 1)


def read_cell(
    part: Any,
    noted: Noted,
    input: Tensor,  # noqa: A002  (torch's name)
    hx: Any = None,
) -> Any:
    """`forward` of torch's cells."""
    layer = noted.layer
    if input.dim() not in (1, 2) or input.shape[-1] != layer.input_size:
        return getattr(torch.nn, f"{layer.torch_name}Cell").forward(part, input, hx)
    batched = input.dim() == 2
    x = input if batched else input[None]
    B = len(x)
    if hx is None:
        states: State = (x.new_zeros(B, layer.hidden_size),) * (2 if layer.has_cell else 1)
    else:
        given = hx if layer.has_cell else (hx,)
        states = tuple(state if batched else state[None] for state in given)
    rows, scan = Rows(B, (B,)), Scan(layer.kind, (B,), layer.activation)
    weights = (part.weight_ih, part.weight_hh, part.bias_ih, part.bias_hh)
    watch = _Watch(noted, 0, rows, weights)
    h_0, c_0 = states[0], states[1] if layer.has_cell else None
    output, _, c = watch.walk(scan, x[None], weights, h_0, c_0)
    h = output[0] if batched else output[0, 0]
    if c is None:
        return h
    return h, c if batched else c[0]


def walk_elman(
    part: Elman,
    noted: Noted,
    _walk: Any,
    x: Tensor,
    rows: Rows,
    resets: Tensor | None,
    state: State,
) -> tuple[Tensor, State]:
    """`_walk` of `elman.nn.Elman`."""
    watch = _Watch(noted, 0, rows, (part.U, part.V, part.b, None))
    return Elman._walk(part, watch.walk, x, rows, resets, state)


def run_recurrent(
    part: Recurrent,
    noted: Noted,
    x: Tensor,
    rows: Rows,
    state: State,
) -> tuple[Tensor, State]:
    """`_run` of `elman.nn.Recurrent`."""
    walked = Walked(Scan("custom", rows.batch_sizes), rows, x)
    noted.recording.add(noted.layer, 0, walked)
    entering = tuple(map(noted.recording.root, state))
    return stepped_walk(walked, part.cell.step, x, entering, back=noted.recording.back)
