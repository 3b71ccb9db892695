"""What a network did with one text, written down for a page, which plays it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elman.errors import ShapeError

__all__ = ["MOST_VALUES", "Layer", "Next", "Recording", "Step"]

MOST_VALUES = 1_000_000
"""The most state and gate values that a page carries: about 6 MB. Later steps are left out."""

_DIGITS = 3
Values = Sequence[float]


@dataclass(frozen=True)
class Layer:
    """One layer at one step: H numbers each.

    Attributes:
        h: the state.
        c: the second state of an LSTM; None for other cells.
        gates: by letter, each 0 … 1.
    """

    h: Values
    c: Values | None
    gates: Mapping[str, Values]


@dataclass(frozen=True)
class Next:
    """A word that may come next, and its probability."""

    word: str
    probability: float


@dataclass(frozen=True)
class Step:
    """What happened at one step.

    Attributes:
        word: what came in, as people read it.
        layers: the lowest first.
        next: likely next words, likeliest first; empty if the network predicts no words.
        remembered: what can be read back from the memory, oldest first, None where it cannot; None
            if nobody measured.
        known: False if the word is not in the vocabulary.
    """

    word: str
    layers: Sequence[Layer]
    next: Sequence[Next] = ()
    remembered: Sequence[str | None] | None = None
    known: bool = True


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A network and the steps that it took.

    Attributes:
        name: how the page calls it.
        cell: 'elman', 'gru' or 'lstm'.
        activation: f of the Elman cell.
        steps: in the order in which it read.
    """

    name: str
    cell: str
    activation: str = "tanh"
    steps: Sequence[Step]

    def to_json(self) -> dict[str, Any]:
        """Plain values for `modules/network/recording.js`, to three digits.

        Raises:
            ShapeError: there is no step, or steps differ in the number of layers or units.
        """
        sizes = {tuple(len(layer.h) for layer in step.layers) for step in self.steps}
        widths = {width for size in sizes for width in size}
        if len(sizes) != 1 or len(widths) != 1:
            raise ShapeError(
                "Recording: `steps` must be at least one, all of the same layers of H units each, "
                f"got layers of {sorted(sizes)} units."
            )
        shown = self.steps[: max(1, MOST_VALUES // _values(self.steps[0]))]
        first = self.steps[0].layers
        return {
            "kind": "recording",
            "name": self.name,
            "cell": self.cell,
            "activation": self.activation,
            "layers": len(first),
            "hidden": len(first[0].h),
            "gates": list(first[0].gates),
            "words": [step.word for step in shown],
            "steps": [_step(step) for step in shown],
            "left_out": len(self.steps) - len(shown),
        }


def _values(step: Step) -> int:
    """How many state and gate values a step has."""
    return sum(len(layer.h) * (2 + len(layer.gates)) for layer in step.layers)


def _step(step: Step) -> dict[str, Any]:
    """A step as the page takes it."""
    return {
        "known": step.known,
        "layers": [_layer(layer) for layer in step.layers],
        "next": [vars(each) for each in step.next],
        "remembered": None if step.remembered is None else list(step.remembered),
    }


def _layer(layer: Layer) -> dict[str, Any]:
    """A layer as the page takes it; a value that is not finite has no colour there, so None."""
    gates = {letter: _rounded(values) for letter, values in layer.gates.items()}
    written: dict[str, Any] = {"h": _rounded(layer.h), "gates": gates}
    return written if layer.c is None else {**written, "c": _rounded(layer.c)}


def _rounded(values: Values) -> list[float | None]:
    """Values to three digits; None for what is not finite."""
    return [round(v, _DIGITS) if v - v == 0 else None for v in map(float, values)]
