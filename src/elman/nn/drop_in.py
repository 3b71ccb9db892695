"""What `elman.nn.RNN`, `GRU` and `LSTM` share: torch's layer, with another way through `forward`.

Shapes: B sequences, T steps, N rows (`kernels.reference`), I inputs, H hidden units, L layers,
D directions, G gates.
"""

import copy
from functools import partial
from typing import Any, overload

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from elman.contracts import State
from elman.errors import BackendError, ShapeError
from elman.kernels import inference
from elman.nn.backends import MALFORMED, NATIVE, NOT_RUN, Backend, demanded, fall_back
from elman.nn.calls import Call, read_call
from elman.nn.extras import (
    add_gains,
    add_initial_state,
    check_extras,
    gained_walks,
    initial_parameters,
    start_extras,
)
from elman.nn.naming import own_forward
from elman.nn.padded import Way, check_batch, check_state, run_padded
from elman.nn.pieces import check_pieces, read_in_pieces
from elman.nn.reasons import compiling, why_not_here, why_not_these
from elman.nn.rows import Rows
from elman.nn.stack import Stack, run_stack
from elman.nn.walk import native_walk, needs_gradients, torch_walk
from elman.nn.weights import MODES, by_walk, flat_weights, why_not_weights
from elman.sequences import PaddedBatch

__all__ = ["SINGLE_STEP", "DropIn"]

SINGLE_STEP = "torch takes less time to record a single step"
"""Save for an LSTM's, whose weights torch packs anew for every call."""


class DropIn(torch.nn.RNNBase):
    """A layer of torch's whose calls run natively where they can; see `elman.nn.LSTM`."""

    __jit_unused_properties__ = ["all_weights", "backend", "has_extras"]  # noqa: RUF012  (torch's)

    # What a layer is without extras, also one that `accelerate` made of torch's.
    learned_state: bool = False
    variational_dropout: bool = False
    layer_norm: bool = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own_forward(cls)

    def __init__(
        self,
        *args: Any,
        learned_state: bool = False,
        variational_dropout: bool = False,
        layer_norm: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        extras = {"variational_dropout": variational_dropout, "layer_norm": layer_norm}
        check_extras(self, type(self).__name__, extras)
        if variational_dropout:
            self.variational_dropout = True
        if learned_state:
            self.learned_state = True
            add_initial_state(self, MODES[self.mode][0])
        if layer_norm:
            self.layer_norm = True
            add_gains(self, MODES[self.mode][0])

    def reset_parameters(self) -> None:
        """Draw torch's weights as torch does; gains start at 1, initial states at 0."""
        super().reset_parameters()
        start_extras(self)

    @property
    def backend(self) -> Backend:
        """What ran the last call, and why."""
        ran: Backend = self.__dict__.get("_backend", NOT_RUN)
        return ran

    @property
    def has_extras(self) -> bool:
        """Whether the layer does what torch's cannot."""
        return self.learned_state or self.variational_dropout or self.layer_norm

    def initial_state(self, batch_size: int) -> State:
        """The state before anything was read: zeros, or what was learned, (L·D, B, H) each."""
        if self.learned_state:
            return tuple(part.expand(-1, batch_size, -1) for part in initial_parameters(self))
        return self._zeros(flat_weights(self)[0], batch_size)

    @overload
    def forward(
        self, input: PaddedBatch, hx: State | None = None, *, checkpoint_steps: int = 0
    ) -> tuple[PaddedBatch, State]: ...

    @overload
    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]: ...

    def forward(
        self,
        input: Any,  # noqa: A002  (torch's name)
        hx: Any = None,
        *,
        checkpoint_steps: int = 0,
    ) -> tuple[Any, Any]:
        """Read sequences: as torch's layer does, or a `PaddedBatch` with all it carries.

        Args:
            input: what torch takes, with its shapes and errors; or a `PaddedBatch` of (B, T, I).
            hx: what torch takes; beside a `PaddedBatch`, the tuple of (L·D, B, H) that the last
                call returned, or None for `initial_state`.
            checkpoint_steps: beside a `PaddedBatch`: keep what the way back needs for so many steps
                at a time, and compute the rest again (`elman.nn.pieces`); 0 keeps all.

        Raises:
            BackendError: inside `backend("native")`, where torch's operators would have to run.
            ConfigError: where `checkpoint_steps` comes with a plain tensor, two directions or
                variational dropout.
            ShapeError: where a `PaddedBatch` or its state does not fit the layer.
        """
        if checkpoint_steps:
            self._check_pieces(input, checkpoint_steps)
            state = self.initial_state(len(input.values)) if hx is None else hx
            return read_in_pieces(self._forward_padded, input, state, checkpoint_steps)
        if isinstance(input, PaddedBatch):
            return self._forward_padded(input, hx)
        if hx is None and self.learned_state:
            hx = self._learned_hx(input)
        if self.variational_dropout or self.layer_norm:
            return self._forward_extended(input, hx)
        if compiling():  # nothing may be recorded: it would become part of the graph
            return super().forward(input, hx)  # type: ignore[no-any-return]
        reason = self._why_rather_not(input) or why_not_here()
        if not reason:
            call, flat = read_call(self, input, hx), flat_weights(self)
            reason = call if isinstance(call, str) else self._why_not(call.x, call.states, flat)
            if not reason and not isinstance(call, str):
                self._record("")
                return self._answer(call, flat, native=True)
        if isinstance(input, torch.fx.Proxy):
            return _as_leaf(self, input, hx)
        if not reason.startswith(MALFORMED):  # else torch's error goes before ours
            self._record(reason)
        result: tuple[Any, Any] = super().forward(input, hx)
        self._record(reason)
        return result

    def _answer(self, call: Call, flat: list[Tensor], native: bool) -> tuple[Any, Any]:
        """Answer a drop-in call by our own walks."""
        states = call.states  # None for zeros: a learned state would have been passed in
        if native and self._reads_plainly(call, flat):
            kind = MODES[self.mode]
            output, last = inference.read(kind, call.x, by_walk(self, flat), states)
            return call.output(output), call.state(last)
        if states is None:
            states = self._zeros(call.x, call.batch_size)
        output, last = self._walk(native, flat, call.x, call.rows(), None, states)
        return call.output(output), call.state(last)

    def _why_rather_not(self, x: Any) -> str:
        """Why torch should answer a call that could perhaps run natively."""
        if (
            self.mode != "LSTM"
            and type(x) is Tensor
            and x.dim() == 3
            and not x.is_nested
            and x.shape[self.batch_first] == 1
            and torch.is_grad_enabled()
            and demanded() == "auto"
            and any(p is not None and p.requires_grad for p in self._parameters.values())
        ):
            return SINGLE_STEP
        return ""

    def _reads_plainly(self, call: Call, flat: list[Tensor]) -> bool:
        """Whether nothing but the layers themselves stands between input and output."""
        return (
            call.packed is None
            and not self.bidirectional
            and not (self.training and self.dropout and self.num_layers > 1)
            and not needs_gradients((call.x, *(call.states or ()), *flat))
        )

    def _forward_extended(self, input: Any, hx: Any) -> tuple[Any, Any]:  # noqa: A002
        """Answer a drop-in call of a layer that torch's operators cannot stand in for."""
        call = read_call(self, input, hx)
        if isinstance(call, str):
            super().forward(input, hx)  # torch owns the errors
            raise ShapeError(f"{type(self).__name__}.forward: {call}.")
        flat = flat_weights(self)
        reason = self._why_not_extended() or self._why_not(call.x, call.states, flat)
        self._record(reason)
        return self._answer(call, flat, native=not reason)

    def _forward_padded(self, batch: PaddedBatch, state: State | None) -> tuple[PaddedBatch, State]:
        """Answer a call with a padded batch, (B, T, I)."""
        where, flat, B = f"{type(self).__name__}.forward", flat_weights(self), len(batch.values)
        check_batch(where, batch.values, self.input_size, flat[0].dtype)
        if state is None:
            state = self.initial_state(B)
        else:
            check_state(where, state, self._state_shapes(B))
        reason = self._why_not_extended() or self._why_not(batch.values, state, flat)
        self._record(reason)
        native, D = not reason, 2 if self.bidirectional else 1
        extended = self.variational_dropout or self.layer_norm
        way = Way(
            walk=partial(self._walk, native, flat) if native or extended else self._walk_torch,
            features=(D * (self.proj_size or self.hidden_size),),
            directions=D,
            takes_resets=native and not self.learned_state,
            fresh=initial_parameters(self) if self.learned_state else None,
        )
        return run_padded(way, batch, state)

    def _check_pieces(self, given: Any, checkpoint_steps: int) -> None:
        """Raise `ConfigError` unless `given` can be read in pieces."""
        rules_out = ""
        if not isinstance(given, PaddedBatch):
            rules_out = "an input that is no PaddedBatch"
        elif self.bidirectional:
            rules_out = "bidirectional=True"
        elif self.variational_dropout and self.dropout and self.training:
            rules_out = "variational_dropout=True"  # its one mask would differ between pieces
        check_pieces(f"{type(self).__name__}.forward", checkpoint_steps, rules_out)

    def _walk(
        self,
        native: bool,
        flat: list[Tensor],
        x: Tensor,
        rows: Rows,
        resets: Tensor | None,
        states: State,
    ) -> tuple[Tensor, State]:
        """Walk rows natively or by `kernels.reference`; see `nn.padded.RowWalk`."""
        cell, activation = MODES[self.mode]
        stack = Stack(
            cell=cell,
            activation=activation,
            directions=2 if self.bidirectional else 1,
            weights=by_walk(self, flat),
            dropout=self.dropout if self.training else 0.0,
            same_mask=self.variational_dropout,
        )
        if self.layer_norm:
            walks = gained_walks(self)
        else:
            walks = (native_walk if native else torch_walk,) * len(stack.weights)
        return run_stack(stack, walks, x, rows, resets, states)

    def _walk_torch(
        self, x: Tensor, rows: Rows, _resets: Tensor | None, states: State
    ) -> tuple[Tensor, State]:
        """Walk rows by torch's own layer; empty sequences, at the end, keep their state."""
        b = rows.batch_sizes[0]
        running = tuple(state[:, :b].contiguous() for state in states)
        hx = running if len(running) > 1 else running[0]
        if x.dim() == 3:
            output, last = super().forward(x.transpose(0, 1) if self.batch_first else x, hx)
            output = output.transpose(0, 1) if self.batch_first else output
        else:
            sizes = torch.tensor(rows.batch_sizes, device="cpu")
            packed, last = super().forward(PackedSequence(x, sizes), hx)
            output = packed.data
        ends = last if isinstance(last, tuple) else (last,)
        return output, tuple(
            torch.cat([end, state[:, b:]], 1) for end, state in zip(ends, states, strict=True)
        )

    def _record(self, reason: str) -> None:
        """Note what runs this call, in `__dict__` since torch's `__setattr__` takes its time."""
        self.__dict__["_backend"] = (
            fall_back(f"{type(self).__name__}.forward", reason) if reason else NATIVE
        )

    def _why_not_extended(self) -> str:
        """Why no call of this layer can run natively now."""
        return "layer_norm is set" if self.layer_norm else why_not_here()

    def _why_not(self, x: Tensor, states: State | None, flat: list[Tensor]) -> str:
        """Why x, (T, B, I) or (N, I), states and weights cannot be walked natively."""
        if self.proj_size:
            return "proj_size is set"
        if not x.numel():
            return "the batch is empty"
        return why_not_these((x, *(states or ()), *flat)) or why_not_weights(self, flat)

    def _learned_hx(self, x: Any) -> Any:
        """The learned initial state in the shape that a drop-in call with input x would pass."""
        if isinstance(x, PackedSequence):
            states = self.initial_state(int(x.batch_sizes[0]))
        elif isinstance(x, Tensor) and x.dim() == 3:
            states = self.initial_state(x.shape[0 if self.batch_first else 1])
        elif isinstance(x, Tensor) and x.dim() == 2:
            states = tuple(part.squeeze(1) for part in initial_parameters(self))
        else:
            return None
        return states if len(states) > 1 else states[0]

    def extra_repr(self) -> str:
        """What torch shows, and the extras that are on."""
        names = ("learned_state", "variational_dropout", "layer_norm")
        return ", ".join([super().extra_repr(), *(f"{n}=True" for n in names if getattr(self, n))])

    def _zeros(self, like: Tensor, batch_size: int) -> State:
        """An empty memory of the type and on the device of `like`, (L·D, B, H) each."""
        return tuple(like.new_zeros(shape) for shape in self._state_shapes(batch_size))

    def _state_shapes(self, batch_size: int) -> tuple[tuple[int, ...], ...]:
        """Shapes of h and, for an LSTM, of c: (L·D, B, H), or P instead of H with projections."""
        rows = self.num_layers * (2 if self.bidirectional else 1)
        h = (rows, batch_size, self.proj_size or self.hidden_size)
        return (h, (rows, batch_size, self.hidden_size)) if self.mode == "LSTM" else (h,)

    def __prepare_scriptable__(self) -> torch.nn.RNNBase:
        """What `torch.jit.script` compiles in place of this layer: torch's own, same weights."""
        return plain_twin(self)


def plain_twin(layer: DropIn) -> torch.nn.RNNBase:
    """Torch's own layer around the same weights.

    Raises:
        BackendError: where the layer does what torch's cannot.
    """
    if layer.has_extras:
        raise BackendError(
            f"{type(layer).__name__}: must have no extras (learned_state, variational_dropout, "
            "layer_norm) to become torch's own layer, got some."
        )
    twin = copy.copy(layer)
    twin.__dict__.pop("_backend", None)
    twin.__class__ = getattr(torch.nn, layer.mode.partition("_")[0])
    return twin


def _as_leaf(layer: DropIn, x: torch.fx.Proxy, hx: Any) -> tuple[Any, Any]:
    """Record the layer as one node of a `torch.fx` graph, which torch's own layers are by name."""
    path = x.tracer.path_of_module(layer)  # type: ignore[attr-defined]
    return x.tracer.create_proxy("call_module", path, (x, hx), {})  # type: ignore[return-value]
