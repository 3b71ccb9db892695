"""Watching the recurrent layers of a network while it runs, whatever network it is.

For as long as it is watched, each layer's class is one of its own kind whose `forward` walks by
`inspect.walks`; a subclass with code of its own keeps it, and meets ours where it calls `super()`.
Afterwards every layer is what it was, also after an error.

Letters: B sequences, S sequences of a walk, T steps, I inputs, H units, L layers, D directions.
"""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch.nn import Module

import elman.nn
from elman.inspect.layers import RecurrentLayer
from elman.inspect.recording import Recording
from elman.inspect.watched import Noted, read_cell, read_stack, run_recurrent, walk_elman
from elman.nn import Elman, Recurrent
from elman.nn.drop_in import DropIn

__all__ = ["uncompiled", "watching"]

_NOTED = "_elman_noted"  # where a watched layer finds what it is

_METHODS: dict[type[Module], tuple[str, Callable[..., Any]]] = {
    torch.nn.RNNBase: ("forward", read_stack),
    torch.nn.RNNCellBase: ("forward", read_cell),
    Elman: ("_walk", walk_elman),
    Recurrent: ("_run", run_recurrent),
}
"""Kind of layer → which of its methods is watched, and what takes its place."""

_HOMES = {torch.nn.RNNBase.__module__, DropIn.__module__, elman.nn.LSTM.__module__}
_HOMES |= {Elman.__module__, Recurrent.__module__}
"""Where classes are at home whose code we know."""


@contextmanager
def watching(
    module: Module, layers: tuple[RecurrentLayer, ...], *, back: bool = False
) -> Iterator[Recording]:
    """Within the block, whatever `layers` of `module` do is noted.

    Args:
        module: the network.
        layers: those of `inspect.layers.find_layers`.
        back: whether gradients of states shall be seen too; parameters are taken as constants.

    >>> from elman.inspect.layers import find_layers
    >>> module = torch.nn.Sequential(torch.nn.GRU(2, 3))
    >>> with torch.no_grad(), watching(module, find_layers("inspect", module)) as seen:
    ...     outputs, _ = module(torch.ones(5, 1, 2))
    >>> (course,) = seen.courses.values()
    >>> torch.equal(course.states(1, 5)[0], outputs.transpose(0, 1)), list(course.gates(1, 5))
    (True, ['r', 'z', 'n'])
    """
    recording = Recording(back)
    watched = [module.get_submodule("" if layer.is_module else layer.name) for layer in layers]
    kinds: list[Any] = [type(part) for part in watched]
    try:
        for part, layer, kind in zip(watched, layers, kinds, strict=True):
            part.__dict__[_NOTED] = Noted(layer, recording)
            object.__setattr__(part, "__class__", _watched_kind(kind))  # torch's takes its time
        with uncompiled():
            yield recording
    finally:
        for part, kind in zip(watched, kinds, strict=True):
            object.__setattr__(part, "__class__", kind)
            part.__dict__.pop(_NOTED, None)


def uncompiled() -> AbstractContextManager[Any]:
    """Within the block, what torch.compile made runs as it was written, so that it is seen."""
    if "torch._dynamo" not in sys.modules:  # nothing was compiled
        return nullcontext()
    return torch.compiler.set_stance("force_eager")  # type: ignore[no-any-return]


@functools.lru_cache(maxsize=64)
def _watched_kind(kind: type[Module]) -> type[Module]:
    """The class of layers of a kind for as long as they are watched."""
    name, method = next(_METHODS[base] for base in _METHODS if issubclass(kind, base))
    own = next(known for known in kind.__mro__ if known.__module__ in _HOMES)

    def watched(self: Module, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("checkpoint_steps", None)  # what is watched is kept
        return method(self, self.__dict__[_NOTED], *args, **kwargs)

    seen = type(own.__name__, (own,), {name: watched})
    return seen if kind is own else type(kind.__name__, (kind, seen), {})
