"""How a layer reads a piece, given the state that the piece before it left.

Shapes: B sequences, T steps, I inputs, H hidden units, L layers.
"""

import torch
from torch import Tensor

from elman.contracts import State
from elman.errors import ConfigError, ShapeError
from elman.kernels import native
from elman.kernels.packed import PackedLayers
from elman.nn import accelerate
from elman.nn.drop_in import DropIn
from elman.nn.modes import evaluating_module
from elman.nn.reasons import why_not_these
from elman.nn.weights import MODES, by_walk, flat_weights, why_not_weights

__all__ = [
    "NativeLayerReader",
    "TorchLayerReader",
    "check_direction",
    "layer_state",
    "why_not_native",
]


def check_direction(layer: torch.nn.RNNBase, which: str = "a layer with ") -> None:
    """Raise `ConfigError` if `layer` also reads from the end."""
    if layer.bidirectional:
        raise ConfigError(
            f"Stream: `model` must read in one direction, got {which}bidirectional=True, "
            "which needs the end of a sequence before it can say anything of the beginning."
        )


def why_not_native(layer: torch.nn.RNNBase) -> str:
    """Why the native core cannot read with this layer; "" if it can."""
    built, reason = native.available()
    if not built:
        return reason
    if getattr(layer, "layer_norm", False):
        return "layer_norm is set"
    if layer._forward_hooks or layer._forward_pre_hooks:
        return "it has hooks, which the core would pass by"
    skipped = accelerate.report(layer).skipped
    if skipped:
        return skipped[0].reason
    flat = flat_weights(layer)
    return why_not_these(tuple(flat)) or why_not_weights(layer, flat)


def layer_state(layer: torch.nn.RNNBase, batch_size: int) -> State:
    """What enters the first step: zeros, or what the layer learned, (L, B, H) each."""
    if isinstance(layer, DropIn):
        return layer.initial_state(batch_size)
    like, L = flat_weights(layer)[0], layer.num_layers
    h = like.new_zeros(L, batch_size, layer.proj_size or layer.hidden_size)
    return (h, like.new_zeros(L, batch_size, layer.hidden_size)) if layer.mode == "LSTM" else (h,)


def _check_input(x: Tensor, B: int, layer: torch.nn.RNNBase) -> None:
    """Raise `ShapeError` unless x is (B, T, I)."""
    plain = isinstance(x, Tensor) and x.layout is torch.strided and x.dim() == 3
    if not plain or x.shape[0] != B or x.shape[1] < 1 or x.shape[2] != layer.input_size:
        got = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
        raise ShapeError(
            f"Stream.step: `x` must have shape (B={B}, T, I={layer.input_size}) with T at least 1, "
            f"got {got}."
        )


def _check_out(out: Tensor, like: Tensor) -> None:
    """Raise `ShapeError` unless results such as `like` can be put into `out`."""
    tensor = isinstance(out, Tensor)
    shapes = tensor and out.shape == like.shape and out.is_contiguous()
    if not shapes or out.dtype is not like.dtype or out.is_cpu is not like.is_cpu:
        got = f"{tuple(out.shape)}, {out.dtype} on {out.device}" if tensor else type(out).__name__
        raise ShapeError(
            f"Stream.step: `out` must be contiguous with shape {tuple(like.shape)}, {like.dtype} "
            f"on {like.device}, got {got}."
        )


class NativeLayerReader:
    """A layer whose packed weights read natively; a copy of it shares them.

    What it learned to begin with is frozen with its weights. A state is overwritten by address, so
    it must be of the weights' type: `initial_state` gives such a one, whatever the layer is by now.
    """

    backend = "native"

    def __init__(self, layer: torch.nn.RNNBase) -> None:
        cell, activation = MODES[layer.mode]
        flat = flat_weights(layer)
        self._layer = layer
        self._dtype = flat[0].dtype
        self._initial = tuple(part.detach().clone() for part in layer_state(layer, 1))
        self._packed = PackedLayers(cell, activation, by_walk(layer, flat))
        self._shape: torch.Size | None = None  # of the last x: looked at again when it changes
        self._room = flat[0].new_empty(0)  # as large as the result, never filled

    def initial_state(self, batch_size: int) -> State:
        """(h,) or (h, c), (L, B, H) each."""
        return tuple(part.expand(-1, batch_size, -1) for part in self._initial)

    def read(self, x: Tensor, state: State, out: Tensor | None) -> tuple[Tensor, State]:
        """H of the topmost layer, (B, T, H); the state is overwritten."""
        if not isinstance(x, Tensor) or x.shape != self._shape:
            self._expect(x, state)
        if x.dtype is not self._dtype or not x.is_cpu:
            raise ShapeError(
                f"Stream.step: `x` must be {self._dtype} on the CPU like the weights, "
                f"got {x.dtype} on {x.device}."
            )
        if out is None:
            out = torch.empty_like(self._room)
        else:
            _check_out(out, self._room)
        x = x.contiguous()
        if x.is_neg():  # its memory holds the opposite of what it says
            x = x.resolve_neg()
        self._packed.step(x, state[0], state[1] if len(state) > 1 else None, out)
        return out, state

    def _expect(self, x: Tensor, state: State) -> None:
        """Be ready for inputs of the shape of x."""
        _check_input(x, state[0].shape[1], self._layer)
        self._room = self._room.new_empty((*x.shape[:2], self._layer.hidden_size))
        self._shape = x.shape


class TorchLayerReader:
    """A layer that reads by its own `forward`."""

    backend = "torch"

    def __init__(self, layer: torch.nn.RNNBase) -> None:
        self._layer = layer

    def initial_state(self, batch_size: int) -> State:
        """(h,) or (h, c), (L, B, H) each."""
        return layer_state(self._layer, batch_size)

    def read(self, x: Tensor, state: State, out: Tensor | None) -> tuple[Tensor, State]:
        """What the layer gives, (B, T, H)."""
        _check_input(x, state[0].shape[1], self._layer)
        hx = state if len(state) > 1 else state[0]
        first = self._layer.batch_first
        with torch.no_grad(), evaluating_module(self._layer):
            output, last = self._layer(x if first else x.transpose(0, 1), hx)
        output = output if first else output.transpose(0, 1)
        state = last if isinstance(last, tuple) else (last,)
        if out is not None:
            _check_out(out, output)
            output = out.copy_(output)
        return output, state
