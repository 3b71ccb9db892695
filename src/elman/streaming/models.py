"""How a model reads a piece, given the state that the piece before it left.

Shapes: B sequences, L layers, H hidden units.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, RNNBase, RNNCellBase
from torch.nn.utils.rnn import PackedSequence

from elman.contracts import State, Steppable
from elman.errors import ConfigError
from elman.nn.modes import evaluating_module
from elman.streaming.layers import check_direction, layer_state

__all__ = ["CarryingReader", "SteppableReader"]

_ALONE = threading.RLock()
"""Held while layers have hooks: they would meet the calls of other threads as well."""

_OWN_STATE = "Give the model initial_state(batch_size) and forward(x, state) -> (y, state)."


class SteppableReader:
    """A model that takes and returns its state."""

    backend = "torch"

    def __init__(self, model: Steppable) -> None:
        self._model = model

    def initial_state(self, batch_size: int) -> State:
        """The model's own."""
        return self._model.initial_state(batch_size)

    def read(self, x: Tensor, state: State, out: Tensor | None) -> tuple[Tensor, State]:
        """What the model says."""
        _refuse_out(out)
        with torch.no_grad(), evaluating_module(self._model):  # type: ignore[arg-type]
            return self._model(x, state)


class CarryingReader:
    """A model that knows nothing of states: those of its recurrent layers are carried for it.

    Raises:
        ConfigError: no recurrent layer, or one that cannot be carried.
    """

    backend = "torch"

    def __init__(self, model: Module) -> None:
        self._model = model
        self._layers = _find_layers(model)

    def initial_state(self, batch_size: int) -> State:
        """H and, for an LSTM, c of each layer in the order of `named_modules`, (L, B, H) each."""
        return tuple(
            part for layer in self._layers.values() for part in layer_state(layer, batch_size)
        )

    def read(self, x: Tensor, state: State, out: Tensor | None) -> tuple[Tensor, State]:
        """What the model says, and what its layers left."""
        _refuse_out(out)
        parts = iter(state)
        entering = {
            name: tuple(next(parts) for _ in range(2 if layer.mode == "LSTM" else 1))
            for name, layer in self._layers.items()
        }
        leaving: dict[str, State] = {}
        carrying = self._carrying(entering, leaving)
        with _ALONE, torch.no_grad(), evaluating_module(self._model), carrying:
            output: Tensor = self._model(x)
        return output, tuple(
            part for name in self._layers for part in leaving.get(name, entering[name])
        )

    @contextmanager
    def _carrying(self, entering: dict[str, State], leaving: dict[str, State]) -> Iterator[None]:
        """Within the block every recurrent layer is called with its state, and its last is kept."""
        handles = []
        for name, layer in self._layers.items():
            hand_in = partial(_hand_in, name, entering[name], leaving)
            handles.append(layer.register_forward_pre_hook(hand_in, with_kwargs=True))
            handles.append(layer.register_forward_hook(partial(_take_out, name, leaving)))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()


def _find_layers(model: Module) -> dict[str, RNNBase]:
    """The recurrent layers of a model by path."""
    layers: dict[str, RNNBase] = {}
    for name, module in model.named_modules():
        if isinstance(module, RNNCellBase):
            raise ConfigError(
                f"Stream: `model` must hold layers whose state can be carried, got the cell "
                f"'{name}' ({type(module).__name__}), whose state the model's own code holds. "
                f"{_OWN_STATE}"
            )
        if isinstance(module, RNNBase):
            check_direction(module, f"the layer '{name}' with ")
            layers[name] = module
    if not layers:
        raise ConfigError(
            "Stream: `model` must be a layer, take and return its state, or hold recurrent layers, "
            f"got {type(model).__name__}."
        )
    return layers


def _hand_in(
    name: str,
    state: State,
    leaving: dict[str, State],
    _layer: Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a layer's call, with the carried state among them."""
    x, *more = args or (kwargs["input"],)
    if name in leaving or any(given is not None for given in (*more, kwargs.get("hx"))):
        why = "is called twice" if name in leaving else "is given a state by the model's own code"
        raise ConfigError(
            f"Stream.step: every recurrent layer must be called once, without a state; '{name}' "
            f"{why}. {_OWN_STATE}"
        )
    if isinstance(x, PackedSequence):
        raise ConfigError(
            f"Stream.step: the layer '{name}' must be given a tensor, got a PackedSequence."
        )
    return (x, state if len(state) > 1 else state[0]), {}


def _take_out(
    name: str, leaving: dict[str, State], _layer: Module, _args: tuple[Any, ...], result: Any
) -> None:
    """Keep the state that a layer's call left."""
    last = result[1]
    leaving[name] = last if isinstance(last, tuple) else (last,)


def _refuse_out(out: Tensor | None) -> None:
    if out is not None:
        raise ConfigError("Stream.step: `out` must be left out with a model, got a tensor.")
