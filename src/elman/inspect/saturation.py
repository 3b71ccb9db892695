"""Gates and units that are stuck: at their ends most of the time, or never moving at all.

Letters: B sequences, T steps, N real steps of all, H hidden units.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from elman.checks import check_range
from elman.inspect.layers import title
from elman.inspect.plots import plot_bars
from elman.inspect.preparing import prepare
from elman.inspect.reading import watch_batch
from elman.inspect.recording import Course
from elman.inspect.results import as_html, plain
from elman.inspect.tables import Cell, Column, Table
from elman.page.figures import draw
from elman.wording import percent

__all__ = ["GateShare", "LayerSaturation", "Saturation", "saturation"]

_STUCK = 0.99  # of its steps a stuck unit spends at an end
_STILL = 1e-3  # standard deviation of a unit that does not move
_MOST_STEPS = 16_384

_NAMES = {
    ("elman", "h"): "activation",
    ("gru", "r"): "reset gate",
    ("gru", "z"): "update gate",
    ("gru", "n"): "candidate",
    ("lstm", "i"): "input gate",
    ("lstm", "f"): "forget gate",
    ("lstm", "g"): "candidate",
    ("lstm", "o"): "output gate",
}
_RANGES = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "relu": (0.0, float("inf"))}
"""Activation → its ends; what has none, as the identity, cannot be stuck at one."""


@dataclass(frozen=True)
class GateShare:
    """One gate of one layer.

    Attributes:
        gate: its letter, in the order of the cell's equations.
        name: what it is called, such as "update gate".
        low: share of values near the lower end: closed, −1, or 0 of a ReLU.
        high: share near the upper end: open, or 1; 0 where there is no such end.
        stuck_low: share of units that are near the lower end at 99 % of all steps.
        stuck_high: the same for the upper end.
    """

    gate: str
    name: str
    low: float
    high: float
    stuck_low: float
    stuck_high: float


@dataclass(frozen=True)
class LayerSaturation:
    """One layer in one direction.

    Attributes:
        name: the layer's.
        direction: "forward" or "reverse".
        gates: each of its gates; none of a cell of the user's own.
        units: how many units its output h has.
        dead: those that never move: which, from 0.
    """

    name: str
    direction: str
    gates: tuple[GateShare, ...]
    units: int
    dead: tuple[int, ...]


@dataclass(frozen=True)
class Saturation:
    """Gates and units that are stuck.

    Attributes:
        layers: by layer and direction.
        margin: how near to an end counts, as a share of the whole range.
        still: standard deviation below which a unit counts as dead.
        steps: real steps looked at.
        source: "data", or "random" inputs where none was given.
    """

    layers: tuple[LayerSaturation, ...]
    margin: float
    still: float
    steps: int
    source: str = "data"

    def table(self) -> Table:
        """A row for each gate, and one for each layer's units."""
        rows: list[tuple[Cell, ...]] = []
        for layer in self.layers:
            name = title(layer.name, layer.direction)
            for gate in layer.gates:
                shares = (gate.low, gate.high, gate.stuck_low, gate.stuck_high)
                rows.append((name, f"{gate.name} {gate.gate}", *shares, None))
            rows.append((name, "units", None, None, None, None, len(layer.dead) / layer.units))
        titles = ("low", "high", "units stuck low", "units stuck high", "units dead")
        columns = Column("layer"), Column("what"), *(Column(each, percent) for each in titles)
        notes = [
            f"Over {self.steps:,} steps. Low and high: within {percent(self.margin)} of the range "
            f"of an end; stuck: so at {percent(_STUCK)} of all steps; dead: a standard deviation "
            f"below {self.still:g}."
        ]
        if self.source != "data":
            notes.append("There is no data: inputs are random.")
        return Table("Saturation", columns, tuple(rows), tuple(notes))

    def plot(self, axes: Any = None) -> Any:
        """Draw the share at either end by gate with matplotlib (extra [plot])."""
        shares = [
            (title(layer.name, layer.direction), gate)
            for layer in self.layers
            for gate in layer.gates
        ]
        names = [f"{name} {gate.gate}" for name, gate in shares]
        values = [gate.low + gate.high for _, gate in shares]
        return plot_bars(names, values, axes, title="Saturation", y_label="share near an end")

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first."""
        return plain("saturation", self)

    def _repr_html_(self) -> str:
        return as_html(self.table(), *draw(self.to_json()))


def saturation(model: Any, data: Any = None, *, margin: float = 0.1) -> Saturation:
    r"""Measure how often gates stand at their ends, and which units never move.

        low  = share of gate values below  a + margin (b - a)
        high = share of gate values above  b - margin (b - a)

    for an activation between a and b: 0 and 1 of a sigmoid, -1 and 1 of a tanh. A ReLU has a lower
    end alone, which is 0. A unit is dead if its h hardly moves over all steps: its standard
    deviation is below 0.001. Up to 16,384 steps are read.

    Args:
        model: any `torch.nn.Module` with recurrent layers of `torch.nn` or `elman.nn`, or one of
            Elman's models.
        data: see `elman.inspect.preparing.prepare`; None for random inputs.
        margin: how near to an end counts, as a share of the range.

    Raises:
        ConfigError: a number is out of its range, or the model has no recurrent layer.
        DataError: a weight is not finite, or no data is given that could be read.
        ShapeError: the model does not take such data.

    Source: Karpathy, Johnson and Li, "Visualizing and understanding recurrent networks",
    arXiv:1506.02078, "Gate activation statistics", where the ends are 0.1 and 0.9 too.

    >>> network = torch.nn.GRU(2, 4, batch_first=True)
    >>> with torch.no_grad():    # the update gate z is always open: the memory never changes
    ...     _ = network.bias_ih_l0[4:8].fill_(50)
    >>> (layer,) = saturation(network, torch.randn(3, 20, 2)).layers
    >>> layer.gates[1].name, layer.gates[1].high, layer.dead
    ('update gate', 1.0, (0, 1, 2, 3))
    >>> saturation(network, torch.randn(3, 20, 2), margin=0.7)
    Traceback (most recent call last):
    elman.errors.ConfigError: saturation: `margin` must be above 0 and below 0.5, got 0.7.
    """
    check_range("saturation", "margin", margin, above=0, below=0.5)
    subject = prepare("saturation", model, data)
    counts: dict[tuple[str, str], _Counts] = {}
    steps = 0
    for batch in subject.batches:
        if steps >= _MOST_STEPS:
            break
        seen = watch_batch(subject, batch)
        steps += int(batch.lengths.sum())
        for course in seen.courses.values():
            key = course.name, course.direction
            counts.setdefault(key, _Counts(course, margin)).add(course)
    layers = tuple(found.result() for found in counts.values())
    return Saturation(layers, margin, _STILL, steps, subject.source)


class _Counts:
    """Sums over the real steps of one layer in one direction.

    Args:
        course: of the layer.
        margin: how near to an end counts.
    """

    def __init__(self, course: Course, margin: float) -> None:
        self.course, self.margin = course, margin
        self.near: dict[str, Tensor] = {}  # by gate: steps near either end, (2, H)
        self.moments: Tensor | None = None  # sum and sum of squares of h about `origin`, (2, P)
        self.origin: Tensor | None = None
        self.steps = 0

    def add(self, course: Course) -> None:
        """Count what a course saw."""
        for walked in course.walks:
            h = walked.states[0].double()
            if self.origin is None:
                self.origin = h[0]
            away = h - self.origin
            sums = torch.stack([away.sum(0), away.square().sum(0)])
            self.moments = sums if self.moments is None else self.moments + sums
            self.steps += len(h)
            if walked.gates is not None:
                gates = walked.gates.chunk(len(course.gate_letters), 1)
                for letter, gate in zip(course.gate_letters, gates, strict=True):
                    self._count(letter, gate)

    def _count(self, letter: str, gate: Tensor) -> None:
        ends = _RANGES.get(self._activation(letter))
        if ends is None:
            return
        near = torch.stack([self._near(gate, *ends), self._near(-gate, -ends[1], -ends[0])])
        self.near[letter] = self.near[letter] + near if letter in self.near else near

    def _near(self, gate: Tensor, low: float, high: float) -> Tensor:
        """How many steps each unit is near the lower end, (H,)."""
        if low == -float("inf"):
            return torch.zeros(gate.shape[1], device=gate.device)
        bound = low if high == float("inf") else low + self.margin * (high - low)
        return (gate <= bound).sum(0).float()

    def _activation(self, letter: str) -> str:
        """What a gate's values come from."""
        layer = self.course.layer
        if layer.kind == "elman":
            return layer.activation
        return "tanh" if letter in ("n", "g") else "sigmoid"

    def result(self) -> LayerSaturation:
        """The shares."""
        assert self.moments is not None
        mean, square = self.moments / self.steps
        spread = (square - mean.square()).clamp_min(0).sqrt()
        gates = []
        for letter, near in self.near.items():
            share = near / self.steps
            low, high = share.mean(1).tolist()
            stuck_low, stuck_high = (share >= _STUCK).float().mean(1).tolist()
            name = _NAMES[self.course.layer.kind, letter]
            gates.append(GateShare(letter, name, low, high, stuck_low, stuck_high))
        return LayerSaturation(
            name=self.course.name,
            direction=self.course.direction,
            gates=tuple(gates),
            units=len(spread),
            dead=tuple((spread < _STILL).nonzero()[:, 0].tolist()),
        )
