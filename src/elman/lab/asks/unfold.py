"""What the Unfold view asks: the words of a text, and what a network does at each.

    unfold.split  {model, text}                     → {words: […]}
    unfold.read   {model, text, from, to, memory}   → {known, next, remembered, layers}
    unfold.prefer {model}                           → {}, and that starter learns next
    unfold.begin  {}                                → {}, and starters learn, if they did not yet

Numbers of many steps and units come packed: {"scale": s, "data": base64 of little-endian int16,
(T, H)}, each worth s / 32767.
"""

import base64
import threading
from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor

from elman.data.codecs import UNKNOWN
from elman.errors import ConfigError
from elman.lab.protocol import Body, Call, Handler
from elman.lab.reading import LayerSteps, Reading
from elman.lab.shelf import Exhibit
from elman.tasks.language.trained import Trained

__all__ = ["ASKS", "pack"]

MOST_STEPS = 256
LISTED = 5
_READINGS = 64


class _Readings:
    """The readings of late, so that a visitor who types on need not read all anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[Any, ...], tuple[threading.Lock, Reading]] = OrderedDict()

    def of(
        self, visitor: str, exhibit: Exhibit[Trained], memory: bool
    ) -> tuple[threading.Lock, Reading]:
        """A visitor's reading with a model as it stands now, and the lock to hold meanwhile."""
        key = (visitor, exhibit.key, memory)
        with self._lock:
            found = self._held.pop(key, None)
            if found is None or found[1].trained is not exhibit.trained:
                found = threading.Lock(), Reading(exhibit.trained, memory)
            self._held[key] = found
            while len(self._held) > _READINGS:
                self._held.popitem(last=False)
        return found


_readings = _Readings()


def _split(call: Call) -> Body:
    """The words of a text."""
    codec = call.lab.shelf.get(call.text("model"), call.visitor).trained.codec
    return {"words": codec.split(_one_line(call.text("text")))}


def _read(call: Call) -> Body:
    """What a network does at some steps of a text."""
    exhibit = call.lab.shelf.get(call.text("model"), call.visitor)
    codec = exhibit.trained.codec
    text = _one_line(call.text("text"))
    ids, pieces = codec.encode(text), codec.split(text)
    begin = call.whole("from", at_least=0)
    end = call.whole("to", at_least=begin + 1)
    if end > len(ids) or end - begin > MOST_STEPS:
        raise ConfigError(
            f"{call.ask}: `to` must be at most {MOST_STEPS} steps after `from` and within the "
            f"text's {len(ids):,}, got {begin} to {end}."
        )
    lock, reading = _readings.of(call.visitor, exhibit, call.flag("memory", True))
    with lock:
        steps = reading.read(ids, pieces, begin, end)
    steps.expected[:, codec.unknown_id] = -1.0
    best = steps.expected.topk(min(LISTED, codec.size - 1))
    return {
        "known": [
            id_ != codec.unknown_id or piece == UNKNOWN
            for id_, piece in zip(ids[begin:end], pieces[begin:end], strict=True)
        ],
        "next": [
            [[codec.tokens[i], round(p, 5)] for i, p in zip(ids_, ps, strict=True)]
            for ids_, ps in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ],
        "remembered": steps.remembered,
        "layers": [_packed(layer, exhibit) for layer in steps.layers],
    }


def _prefer(call: Call) -> Body:
    """Let a starter learn next, since someone looks at it."""
    call.lab.prefer(call.text("model"))
    return {}


def _begin(call: Call) -> Body:
    """Let small networks learn, for who brought no language model."""
    call.lab.begin_starters()
    return {}


def _one_line(text: str) -> str:
    """A text as one line; what codecs split is a line."""
    return " ".join(text.splitlines())


def _packed(layer: LayerSteps, exhibit: Exhibit[Trained]) -> Body:
    """A layer's numbers for the page."""
    shown = exhibit.described()["gates"]
    return {
        "h": pack(layer.h),
        "c": None if layer.c is None else pack(layer.c),
        "gates": {letter: pack(layer.gates[letter]) for letter in shown},
    }


def pack(values: Tensor) -> Body:
    """Numbers in few bytes: int16 shares of the largest.

    >>> pack(torch.tensor([[0.5, -1.0]]))
    {'scale': 1.0, 'data': 'AEABgA=='}
    """
    values = values.detach().double().cpu()
    scale = float(values.abs().max()) or 1.0
    shares = (values / scale * 32767).round().to(torch.int16).numpy().astype("<i2")
    return {"scale": scale, "data": base64.b64encode(shares.tobytes()).decode("ascii")}


ASKS: dict[str, Handler] = {
    "unfold.split": _split,
    "unfold.read": _read,
    "unfold.prefer": _prefer,
    "unfold.begin": _begin,
}
