"""What a page plays back of any network: one sequence of its data, step by step."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from elman.inspect.calling import Call
from elman.inspect.layers import RecurrentLayer, find_layers
from elman.inspect.preparing import prepare
from elman.inspect.trace import LayerTrace, Trace, trace
from elman.page.recording import Layer, Next, Recording, Step
from elman.sequences import PaddedBatch
from elman.wording import significant

__all__ = ["recordings"]

_STEPS = 60
_CANDIDATES = 5
_SHOWN = 3  # numbers of an input that are written
_SPACE = "\u2002"  # pages mark plain spaces, which within a token mean something
_GATES = {"gru": ("r", "z"), "lstm": ("i", "f", "o")}  # those that open and close


def recordings(model: Any, data: Any = None, *, steps: int = _STEPS) -> tuple[Recording, ...]:
    """What a network does with the first sequence of its data, one recording for each width.

    Layers of the same cell and width are shown together; those that walk in reverse by themselves.

    Args:
        model: as for `elman.inspect.trace`.
        data: as for `elman.inspect.diagnose`.
        steps: how many to show at most.

    >>> network = torch.nn.GRU(2, 3, num_layers=2, batch_first=True)
    >>> (recording,) = recordings(network, torch.zeros(4, 5, 2))
    >>> recording.name, len(recording.steps), len(recording.steps[0].layers)
    ('GRU', 5, 2)
    """
    subject = prepare("recordings", model, data)
    first = subject.batches[0].rows(slice(0, 1))
    x = first.steps(0, min(steps, int(first.lengths[0]))).x
    seen = trace(subject.module, _given(subject.call, x))
    kinds = {layer.name: layer for layer in find_layers("recordings", subject.module)}
    groups: dict[tuple[str, int, str], list[LayerTrace]] = {}
    for each in seen.layers:
        kind = _kind(kinds, each.name)
        groups.setdefault((kind.kind, each.h.shape[2], each.direction), []).append(each)
    words = _words(x, subject.names)
    said = _said(seen, subject.names)
    return tuple(
        Recording(
            name=_title(kind, direction, [layer.name for layer in layers]),
            cell=kind if kind in _GATES else "elman",
            activation=_kind(kinds, layers[0].name).activation or "tanh",
            steps=[
                Step(word, [_layer(layer, kind, t) for layer in layers], next=said[t])
                for t, word in enumerate(words)
            ],
        )
        for (kind, _, direction), layers in groups.items()
    )


def _given(call: Call, x: Tensor) -> Tensor | PaddedBatch:
    """Steps (B, T, …) as the network takes them."""
    if call.form == "padded":
        return PaddedBatch.full(x)
    return x.transpose(0, 1) if call.time_first else x


def _kind(kinds: dict[str, RecurrentLayer], name: str) -> RecurrentLayer:
    """The module that a traced layer belongs to; of a stack, `name` has .l0, .l1, … added."""
    return kinds[name] if name in kinds else kinds[name.rpartition(".l")[0]]


def _title(kind: str, direction: str, names: Sequence[str]) -> str:
    """How the page calls some layers."""
    shown = {"gru": "GRU", "lstm": "LSTM", "elman": "Elman"}.get(kind, names[0])
    return shown if direction == "forward" else f"{shown}, {direction}"


def _layer(layer: LayerTrace, kind: str, t: int) -> Layer:
    """One layer at one step."""
    gates = {letter: layer.gates[letter][0, t].tolist() for letter in _GATES.get(kind, ())}
    return Layer(layer.h[0, t].tolist(), None if layer.c is None else layer.c[0, t].tolist(), gates)


def _words(x: Tensor, names: Sequence[str] | None) -> list[str]:
    """What came in at every step, as people read it."""
    if not x.is_floating_point() and x.dim() == 2:
        ids: list[int] = x[0].tolist()
        return [str(each) if names is None else names[each] for each in ids]
    rows = x[0].flatten(1).tolist()
    return [
        _SPACE.join(significant(value, 2) for value in row[:_SHOWN])
        + (f"{_SPACE}…" if len(row) > _SHOWN else "")
        for row in rows
    ]


def _said(seen: Trace, names: Sequence[str] | None) -> list[tuple[Next, ...]]:
    """The likeliest next words at every step, where outputs are over a vocabulary."""
    T = seen.x.shape[1]
    if names is None or seen.outputs.dim() != 3 or seen.outputs.shape[2] != len(names):
        return [()] * T
    best = torch.softmax(seen.outputs[0].float(), dim=-1).topk(min(_CANDIDATES, len(names)), dim=-1)
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    return [
        tuple(Next(names[token], share) for token, share in zip(ids, shares, strict=True))
        for ids, shares in pairs
    ]
