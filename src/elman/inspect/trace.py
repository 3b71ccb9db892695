"""Everything that happens in a network while it reads: inputs, states, gates, outputs, by step.

Letters: B sequences, T steps, I inputs, H hidden units, P units of h (H without projection),
O outputs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from elman.errors import DataError
from elman.inspect.batches import Batch
from elman.inspect.layers import title
from elman.inspect.plots import plot_image
from elman.inspect.preparing import Request, gather, prepare_for
from elman.inspect.reading import read_batch, read_once
from elman.inspect.recording import Course
from elman.inspect.results import as_html, plain
from elman.inspect.tables import Cell, Column, Table
from elman.wording import counted

__all__ = ["LayerTrace", "Trace", "trace"]


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """One layer in one direction; what is not a real step is zero.

    Attributes:
        name: the layer's.
        direction: "forward" or "reverse".
        inputs: what it read at each step, (B, T, I); T is the layer's own number of steps where
            the network shortens what it reads.
        h: its state after each step, which is its output too, (B, T, P).
        c: an LSTM's cell state after each step, (B, T, H); else None.
        gates: activated gates by letter, (B, T, H) each: h of an Elman network, r, z, n of a GRU,
            i, f, g, o of an LSTM; empty for a cell of the user's own.
    """

    name: str
    direction: str
    inputs: Tensor
    h: Tensor
    c: Tensor | None
    gates: Mapping[str, Tensor]


@dataclass(frozen=True, eq=False)
class Trace:
    """What a network did with a batch, batch first.

    Attributes:
        x: what it read: ids (B, T) or values (B, T, …).
        lengths: real steps of each sequence, (B,).
        layers: by layer and direction, in the order in which they ran.
        outputs: what it said, (B, T, O), or (B, O) where that is once a sequence.
        unit: what a step is, in the singular.
        names: what each id means; None where that is not known.
    """

    x: Tensor
    lengths: Tensor
    layers: tuple[LayerTrace, ...]
    outputs: Tensor
    unit: str = "step"
    names: Sequence[str] | None = None

    def table(self) -> Table:
        """Mean and extremes of every state and gate."""
        B, T = self.x.shape[:2]
        real = torch.arange(T, device=self.lengths.device) < self.lengths[:, None]
        rows: list[tuple[Cell, ...]] = []
        for layer in self.layers:
            parts = {"state h": layer.h, "state c": layer.c}
            parts |= {f"gate {letter}": gate for letter, gate in layer.gates.items()}
            for what, values in parts.items():
                if values is not None:
                    seen = values[real] if values.shape[1] == T else values.flatten(0, 1)
                    figures = (seen.mean(), seen.min(), seen.max())
                    name = title(layer.name, layer.direction)
                    rows.append((name, what, values.shape[2], *map(float, figures)))
        titles = ("layer", "what", "units", "mean", "lowest", "highest")
        said = f"{counted(B, 'sequence')} of up to {counted(T, self.unit)}."
        return Table("Trace", tuple(map(Column, titles)), tuple(rows), (said,))

    def plot(self, axes: Any = None) -> Any:
        """Draw the last layer's h over the first sequence with matplotlib (extra [plot])."""
        layer = self.layers[-1]
        rows = layer.h[0, : int(self.lengths[0])].T.tolist()
        said = f"State of {title(layer.name, layer.direction)}"
        return plot_image(rows, axes, title=said, x_label=self.unit, y_label="unit")

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first; names as far as ids need them."""
        return plain("trace", self, without=("names",)) | {"names": self._words()}

    def _repr_html_(self) -> str:
        return as_html(self.table())

    def _words(self) -> list[list[str]] | None:
        """What was read, in words."""
        names = self.names
        if names is None or self.x.is_floating_point():
            return None
        return [[names[i] for i in row] for row in self.x.tolist()]


def trace(model: Any, x: Any) -> Trace:
    r"""Read a batch and keep all that happens on the way.

    Args:
        model: any `torch.nn.Module` with recurrent layers of `torch.nn` or `elman.nn`, or one of
            Elman's models.
        x: one batch, in any form that `elman.inspect.preparing.prepare` reads; targets are ignored.

    Raises:
        ConfigError: the model has no recurrent layer.
        DataError: x is more than one batch, or a weight is not finite.
        ShapeError: the model does not take such data.

    >>> network = torch.nn.GRU(2, 3, batch_first=True)
    >>> seen = trace(network, torch.zeros(4, 5, 2))
    >>> (layer,) = seen.layers
    >>> list(layer.gates), layer.gates["z"].shape
    (['r', 'z', 'n'], torch.Size([4, 5, 3]))
    >>> torch.equal(layer.h, seen.outputs)
    True
    >>> trace(network, [torch.zeros(4, 5, 2)] * 2)
    Traceback (most recent call last):
    elman.errors.DataError: trace: `x` must be one batch, got more. Trace them one by one.
    """
    request = Request("trace", rows=1, ahead=False)
    given = gather(request, model, x)
    pieces = list(islice(given.pieces, 2))
    if len(pieces) > 1:
        raise DataError("trace: `x` must be one batch, got more. Trace them one by one.")
    reading = read_once("trace", given, pieces[0])
    if reading is None:
        subject = prepare_for(request, replace(given, pieces=iter(pieces)))
        reading = read_batch(subject, subject.batches[0])
    batch, courses = reading.batch, reading.seen.courses.values()
    return Trace(
        x=batch.x,
        lengths=batch.lengths,
        layers=tuple(_layer(course, batch) for course in courses),
        outputs=reading.outputs,
        unit=given.material.unit,
        names=given.material.names,
    )


def _layer(course: Course, batch: Batch) -> LayerTrace:
    """A course as plain tensors."""
    B, T = batch.x.shape[:2]
    T = course.steps if course.steps < T and batch.is_full else T
    h, *rest = course.states(B, T)
    c = rest[0] if course.layer.has_cell else None
    inputs = course.inputs(B, T)
    return LayerTrace(course.name, course.direction, inputs, h, c, course.gates(B, T))
