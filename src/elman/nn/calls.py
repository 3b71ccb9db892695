"""What a drop-in call asks for, read without judging: whatever does not fit is torch's to refuse.

Shapes: B sequences, T steps, N rows (`kernels.reference`), I inputs, L layers, D directions,
H units.
"""

import itertools
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from elman.nn.backends import MALFORMED
from elman.nn.rows import Rows

__all__ = ["Call", "read_call"]


class Call(NamedTuple):
    """One well-formed call of a layer; a tuple, since making it must cost next to nothing.

    Attributes:
        x: (T, B, I) contiguous, or (N, I) of a packed sequence.
        batch_sizes: sequences at each step, (T,).
        batch_size: B.
        states: what enters, (L·D, B, H) each; None for the layer's initial state.
        packed: the packed sequence that x came from, or None.
        batched: whether the caller's tensors have a batch dimension.
        batch_first: whether the caller's x has its batch dimension first.
    """

    x: Tensor
    batch_sizes: tuple[int, ...]
    batch_size: int
    states: tuple[Tensor, ...] | None
    packed: PackedSequence | None
    batched: bool
    batch_first: bool

    def rows(self) -> Rows:
        """How x lies, and which row of the caller's batch each sequence is."""
        order = self.packed.sorted_indices if self.packed is not None else None
        return Rows(self.batch_size, self.batch_sizes, sequence=order)

    def output(self, x: Tensor) -> Tensor | PackedSequence:
        """The layer's output, (T, B, D·H) or (N, D·H), as the caller expects it."""
        if self.packed is not None:
            return PackedSequence(x, *self.packed[1:])
        if not self.batched:
            return x.squeeze(1)
        return x.transpose(0, 1) if self.batch_first else x

    def state(self, states: tuple[Tensor, ...]) -> Tensor | tuple[Tensor, ...]:
        """The last states, (L·D, B, H) each, as the caller expects them: bare if there is one."""
        if self.packed is not None and self.packed.unsorted_indices is not None:
            order = self.packed.unsorted_indices
            states = tuple(state.index_select(1, order) for state in states)
        elif not self.batched:
            states = tuple(state.squeeze(1) for state in states)
        return states[0] if len(states) == 1 else states


def read_call(layer: torch.nn.RNNBase, x: Any, hx: Any) -> Call | str:
    """Read a call of `layer`; a string says what is malformed about it."""
    states = _states(layer, hx)
    if isinstance(states, str):
        return states
    if isinstance(x, PackedSequence):
        call = _read_packed(x, states)
    elif isinstance(x, Tensor) and x.dim() in (2, 3) and _is_dense(x):
        if states is not None and any(state.dim() != x.dim() for state in states):
            return f"{MALFORMED} (dimensions of hx)"
        call = _read_dense(layer, x, states)
    else:
        return f"{MALFORMED} (input is no batch of sequences)"
    if not call.batch_sizes or call.x.shape[-1] != layer.input_size:
        return f"{MALFORMED} (shape of input)"
    if call.states is not None and not _states_fit(layer, call):
        return f"{MALFORMED} (shape of hx)"
    return call


def _is_dense(x: Tensor) -> bool:
    return x.layout is torch.strided and not x.is_nested


def _states(layer: torch.nn.RNNBase, hx: Any) -> tuple[Tensor, ...] | str | None:
    """The caller's hx as a tuple, or what is malformed about it."""
    if hx is None:
        return None
    if layer.mode != "LSTM":
        return (hx,) if isinstance(hx, Tensor) else f"{MALFORMED} (hx is no tensor)"
    if not isinstance(hx, tuple | list) or len(hx) != 2:
        return f"{MALFORMED} (hx is no pair)"
    if not all(isinstance(state, Tensor) for state in hx):
        return f"{MALFORMED} (hx holds no tensors)"
    return tuple(hx)


def _read_dense(layer: torch.nn.RNNBase, x: Tensor, states: tuple[Tensor, ...] | None) -> Call:
    batched = x.dim() == 3
    if not batched:
        x = x.unsqueeze(1)
        states = None if states is None else tuple(state.unsqueeze(1) for state in states)
    elif layer.batch_first:
        x = x.transpose(0, 1)
    T, B = x.shape[:2]
    return Call(x.contiguous(), (B,) * T, B, states, None, batched, layer.batch_first)


def _read_packed(packed: PackedSequence, states: tuple[Tensor, ...] | None) -> Call:
    sizes = tuple(filter(None, packed.batch_sizes.tolist()))  # nothing runs at a step of size 0
    if states is not None and packed.sorted_indices is not None:
        states = tuple(state.index_select(1, packed.sorted_indices) for state in states)
    descending = all(earlier >= later > 0 for earlier, later in itertools.pairwise(sizes))
    if packed.data.dim() != 2 or sum(sizes) != len(packed.data) or not descending:
        sizes = ()
    B = sizes[0] if sizes else 0
    return Call(packed.data.contiguous(), sizes, B, states, packed, True, False)


def _states_fit(layer: torch.nn.RNNBase, call: Call) -> bool:
    """Whether the states have the shapes that `layer` carries."""
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    widths = (layer.proj_size or layer.hidden_size, layer.hidden_size)
    return all(
        state.shape == (rows, call.batch_size, width)
        for state, width in zip(call.states or (), widths, strict=False)
    )
