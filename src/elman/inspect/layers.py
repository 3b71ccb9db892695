"""The recurrent layers of a network: which modules they are, and what they are made of.

Letters: I inputs, H hidden units, P projected units, L layers, D directions.
"""

from collections import Counter
from dataclasses import dataclass

import torch
from torch.nn import Module

from elman.errors import ConfigError
from elman.kernels.layout import CELLS
from elman.nn import Elman, Recurrent
from elman.nn.weights import MODES

__all__ = ["RecurrentLayer", "find_layers", "title"]

_CELLS: dict[type[torch.nn.RNNCellBase], str] = {
    torch.nn.RNNCell: "elman",
    torch.nn.GRUCell: "gru",
    torch.nn.LSTMCell: "lstm",
}


_KINDS = (torch.nn.RNNBase, torch.nn.RNNCellBase, Elman, Recurrent)


@dataclass(frozen=True)
class RecurrentLayer:
    """A recurrent module of a network; a stack of L layers is one.

    Attributes:
        name: dotted, as in `named_modules`; the class's name for the network itself.
        kind: a key of `kernels.layout.CELLS` ('elman', 'gru', 'lstm'), or 'custom'.
        activation: f of an Elman cell; "tanh" for the others.
        input_size: I; 0 where a custom cell does not tell.
        hidden_size: H; 0 where a custom cell does not tell.
        layers: L.
        directions: D.
        batch_first: whether its own input is (B, T, I).
        proj_size: P; 0 for none.
        is_cell: whether one call is one step, as of `torch.nn.LSTMCell`.
        is_module: whether it is the network itself, with no module around it.
    """

    name: str
    kind: str
    activation: str
    input_size: int
    hidden_size: int
    layers: int = 1
    directions: int = 1
    batch_first: bool = True
    proj_size: int = 0
    is_cell: bool = False
    is_module: bool = False

    @property
    def torch_name(self) -> str:
        """What torch calls the kind: RNN, GRU or LSTM."""
        return {"elman": "RNN"}.get(self.kind, self.kind.upper())

    @property
    def has_cell(self) -> bool:
        """Whether a second state c is carried beside h."""
        return self.kind in CELLS and CELLS[self.kind].has_cell


def title(name: str, direction: str) -> str:
    """A layer's name with its direction, if that is not the usual one.

    >>> title("rnn", "forward"), title("rnn", "reverse")
    ('rnn', 'rnn (reverse)')
    """
    return name if direction == "forward" else f"{name} ({direction})"


def find_layers(where: str, module: Module) -> tuple[RecurrentLayer, ...]:
    """The recurrent layers of a network, in the order of `named_modules`.

    Raises:
        ConfigError: there is none.

    >>> find_layers("inspect", torch.nn.Sequential(torch.nn.GRU(3, 5)))[0].name
    '0'
    >>> find_layers("inspect", torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh()))
    Traceback (most recent call last):
    elman.errors.ConfigError: inspect: `model` must hold a recurrent layer of torch.nn or elman.nn
    (RNN, GRU, LSTM, their cells, Elman, Recurrent), got a Sequential of Linear, Tanh.
    """
    found: list[RecurrentLayer] = []
    inside: list[Module] = []  # parts of what is found already
    for name, part in module.named_modules():
        if any(part is other for other in inside):
            continue
        layer = _describe(name or type(part).__name__, part, part is module)
        if layer is not None:
            found.append(layer)
            inside += list(part.modules())
    if not found:
        held = Counter(type(p).__name__ for p in module.modules() if p is not module)
        parts = ", ".join(held) or "nothing"
        raise ConfigError(
            f"{where}: `model` must hold a recurrent layer of torch.nn or elman.nn (RNN, GRU, "
            f"LSTM, their cells, Elman, Recurrent), got a {type(module).__name__} of {parts}."
        )
    return tuple(found)


def _describe(name: str, part: Module, is_module: bool) -> RecurrentLayer | None:
    """What a module is as a recurrent layer; None if it is none."""
    if not isinstance(part, _KINDS):
        return None
    if isinstance(part, torch.nn.RNNBase) and part.mode in MODES:
        kind, activation = MODES[part.mode]
        return RecurrentLayer(
            name,
            kind,
            activation,
            part.input_size,
            part.hidden_size,
            part.num_layers,
            2 if part.bidirectional else 1,
            part.batch_first,
            part.proj_size,
            is_module=is_module,
        )
    if isinstance(part, Elman):
        sizes = part.input_size, part.hidden_size
        return RecurrentLayer(name, "elman", part.f, *sizes, is_module=is_module)
    if isinstance(part, Recurrent):
        return RecurrentLayer(name, "custom", "", 0, 0, is_module=is_module)
    for of, cell in _CELLS.items():
        if isinstance(part, of):
            f = getattr(part, "nonlinearity", "tanh")
            I, H = part.input_size, part.hidden_size
            return RecurrentLayer(name, cell, f, I, H, is_cell=True, is_module=is_module)
    return None
