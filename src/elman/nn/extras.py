"""What a layer may have beyond torch's: a learned initial state, one mask a sequence, layer norm.

Shapes: L layers, D directions, G gates, H hidden units, P projected units (H without projection).
"""

from functools import partial

import torch
from torch import Tensor
from torch.nn import Parameter

from elman.errors import ConfigError
from elman.kernels.layout import CELLS
from elman.nn.normalised import Gains, normalised_walk
from elman.nn.walk import Walk

__all__ = [
    "add_gains",
    "add_initial_state",
    "all_gains",
    "check_extras",
    "gained_walks",
    "initial_parameters",
    "start_extras",
]

_STATES = ("initial_h", "initial_c")


def check_extras(layer: torch.nn.RNNBase, where: str, wanted: dict[str, bool]) -> None:
    """Raise `ConfigError` if `layer` projects its states and wants what that rules out."""
    for name, value in wanted.items():
        if value and layer.proj_size:
            raise ConfigError(
                f"{where}: `proj_size` must be 0 with {name}=True, got {layer.proj_size}."
            )


def add_initial_state(layer: torch.nn.RNNBase, cell: str) -> None:
    """Give `layer` the parameters initial_h (L·D, 1, P) and, for an LSTM, initial_c (L·D, 1, H)."""
    weight = layer.get_parameter("weight_hh_l0")
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    widths = (layer.proj_size or layer.hidden_size, layer.hidden_size)
    count = 2 if CELLS[cell].has_cell else 1
    for name, width in zip(_STATES[:count], widths, strict=False):
        setattr(layer, name, Parameter(weight.new_zeros(rows, 1, width)))


def add_gains(layer: torch.nn.RNNBase, cell: str) -> None:
    """Give `layer` the gains of `nn.normalised`, named by layer and direction like its weights."""
    H, G = layer.hidden_size, CELLS[cell].gate_count
    weight = layer.get_parameter("weight_hh_l0")
    sizes = {"gain_hh": G * H}
    if cell != "elman":
        sizes["gain_ih"] = G * H
    if CELLS[cell].has_cell:
        sizes["gain_c"] = H
        if layer.bias:
            sizes["bias_c"] = H
    for suffix in _suffixes(layer):
        for name, size in sizes.items():
            setattr(layer, name + suffix, Parameter(weight.new_ones(size)))
    start_extras(layer)


def start_extras(layer: torch.nn.RNNBase) -> None:
    """Set what is here to its first values: gains to 1, all else to 0."""
    with torch.no_grad():
        for name, parameter in layer.named_parameters(recurse=False):
            if name.startswith("gain_"):
                parameter.fill_(1)
            elif name.startswith((*_STATES, "bias_c")):
                parameter.zero_()


def gained_walks(layer: torch.nn.RNNBase) -> tuple[Walk, ...]:
    """How to walk each layer and direction of a layer-normalised `layer`."""
    return tuple(partial(normalised_walk, gains) for gains in all_gains(layer))


def all_gains(layer: torch.nn.RNNBase) -> tuple[Gains, ...]:
    """The gains of each layer and direction of a layer-normalised `layer`."""
    return tuple(_gains(layer, suffix) for suffix in _suffixes(layer))


def _gains(layer: torch.nn.RNNBase, suffix: str) -> Gains:
    memory: Tensor = layer.get_parameter("gain_hh" + suffix)
    others: list[Tensor | None] = [
        getattr(layer, name + suffix, None) for name in ("gain_ih", "gain_c", "bias_c")
    ]
    return Gains(memory, *others)


def initial_parameters(layer: torch.nn.RNNBase) -> tuple[Tensor, ...]:
    """The parameters of `add_initial_state`."""
    return tuple(getattr(layer, name) for name in _STATES if hasattr(layer, name))


def _suffixes(layer: torch.nn.RNNBase) -> list[str]:
    directions = ("", "_reverse") if layer.bidirectional else ("",)
    return [f"_l{index}{end}" for index in range(layer.num_layers) for end in directions]
