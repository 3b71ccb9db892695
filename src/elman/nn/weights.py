"""The weights of a torch layer: found, held against their shapes, and sorted by walk.

Shapes: I inputs, H hidden units, G gates, L layers, D directions.
"""

import functools

import torch
from torch import Tensor

from elman.kernels.layout import CELLS
from elman.nn.backends import MALFORMED
from elman.nn.walk import Weights

__all__ = ["MODES", "by_walk", "flat_weights", "why_not_weights"]

MODES = {
    "RNN_TANH": ("elman", "tanh"),
    "RNN_RELU": ("elman", "relu"),
    "GRU": ("gru", "tanh"),
    "LSTM": ("lstm", "tanh"),
}
"""Torch's name for a kind of layer: our cell and its activation."""


def flat_weights(layer: torch.nn.RNNBase) -> list[Tensor]:
    """All weights by layer and direction, in torch's order."""
    parameters = layer._parameters
    try:
        return [parameters[name] for name in layer._flat_weights_names]  # type: ignore[misc]
    except KeyError:  # computed or deleted: torch knows what takes their place
        layer._update_flat_weights()
        return layer._flat_weights  # type: ignore[return-value]


def by_walk(layer: torch.nn.RNNBase, flat: list[Tensor]) -> tuple[Weights, ...]:
    """The same weights, one entry for each layer and direction."""
    if layer.bias:
        return tuple(tuple(flat[k : k + 4]) for k in range(0, len(flat), 4))  # type: ignore[misc]
    return tuple((flat[k], flat[k + 1], None, None) for k in range(0, len(flat), 2))


def why_not_weights(layer: torch.nn.RNNBase, flat: list[Tensor]) -> str:
    """Why torch, not we, must say what is wrong with these tensors' shapes; "" if nothing is."""
    D = 2 if layer.bidirectional else 1
    sizes = (layer.input_size, layer.hidden_size, layer.num_layers, D)
    if [weight.shape for weight in flat] != _shapes(layer.mode, *sizes, layer.bias):
        return f"{MALFORMED} (shape of a weight)"
    return ""


@functools.lru_cache(maxsize=256)
def _shapes(mode: str, I: int, H: int, L: int, D: int, bias: bool) -> list[tuple[int, ...]]:
    """The shapes that a layer without projection gives its weights."""
    rows = CELLS[MODES[mode][0]].gate_count * H
    shapes: list[tuple[int, ...]] = []
    for layer in range(L):
        of_walk = [(rows, I if layer == 0 else H * D), (rows, H)] + [(rows,)] * 2 * bias
        shapes += of_walk * D
    return shapes
