"""How far back a model learns: the gradient of a step's loss by the states before it.

Letters: B sequences, T steps, O outputs, H hidden units, K lags.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from elman.checks import check_range
from elman.inspect.lags import Tally, plan
from elman.inspect.layers import title
from elman.inspect.losses import Loss
from elman.inspect.plots import Curve, plot_curves
from elman.inspect.preparing import prepare
from elman.inspect.recording import Course
from elman.inspect.results import as_html, plain
from elman.inspect.tables import Column, Table
from elman.page.figures import draw
from elman.wording import plural

__all__ = ["GradientFlow", "LayerFlow", "gradient_flow"]


@dataclass(frozen=True)
class LayerFlow:
    """One layer in one direction; every curve is by lag, from 0.

    Attributes:
        name: the layer's.
        direction: "forward", or "reverse" for one whose steps back lie later in the sequence.
        relative: norm of the gradient by the whole state k steps back, relative to lag 0.
        h: by h alone, relative to the whole at lag 0.
        c: by c alone, likewise; None without c.
        half_life: the lag at which `relative` first falls to a half, between lags on a logarithmic
            scale; None if it does not.
        below_1_percent: the smallest lag from which on `relative` stays below 0.01; None if none.
        positions: steps whose loss was followed.
    """

    name: str
    direction: str
    relative: tuple[float, ...]
    h: tuple[float, ...]
    c: tuple[float, ...] | None
    half_life: float | None
    below_1_percent: int | None
    positions: int


@dataclass(frozen=True)
class GradientFlow:
    """How fast gradients fade, or grow, on their way back through time.

    Attributes:
        layers: by layer and direction.
        max_lag: K.
        loss: what was differentiated: "loss", or "random projection" of the output where there
            are no targets.
        source: "data", or "random" inputs where none was given.
        unit: what a step is, in the singular.
        unit_per_step: how many of that unit a step stands for.
    """

    layers: tuple[LayerFlow, ...]
    max_lag: int
    loss: str
    source: str = "data"
    unit: str = "step"
    unit_per_step: float = 1.0

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know, a sentence each."""
        said = [f"Averaged over {self.layers[0].positions:,} losses."]
        if self.loss != "loss":
            said.append(
                "There are no targets: a fixed random projection of the output is followed."
            )
        if self.source != "data":
            said.append("There is no data: inputs are random.")
        return tuple(said)

    def table(self) -> Table:
        """The relative gradient by lag, a column for each layer and direction."""
        titles = [title(layer.name, layer.direction) for layer in self.layers]
        curves = zip(*(layer.relative for layer in self.layers), strict=True)
        lags = range(self.max_lag + 1)
        return Table(
            "Gradient flow",
            (Column("lag"), *map(Column, titles)),
            tuple((lag, *values) for lag, values in zip(lags, curves, strict=True)),
            self.notes,
        )

    def plot(self, axes: Any = None) -> Any:
        """Draw the curves with matplotlib (extra [plot]); the axes drawn on."""
        lags = [lag * self.unit_per_step for lag in range(self.max_lag + 1)]
        return plot_curves(
            [
                Curve(lags, layer.relative, title(layer.name, layer.direction))
                for layer in self.layers
            ],
            axes,
            title="Gradient flow",
            x_label=f"{plural(self.unit)} back",
            y_label="gradient, relative to lag 0",
            levels=[(0.01, "1 %")],
            log=True,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first."""
        return plain("gradient_flow", self)

    def _repr_html_(self) -> str:
        return as_html(self.table(), *draw(self.to_json()))


def gradient_flow(
    model: Any,
    data: Any = None,
    max_lag: int = 50,
    loss: Loss | None = None,
    *,
    positions: int = 256,
    seed: int = 0,
) -> GradientFlow:
    r"""Measure how much of the gradient of a step's loss reaches the states k steps before it.

        whole(k)    = mean over t ≥ K of sqrt(|dℓ_t/dh_{t-k}|² + |dℓ_t/dc_{t-k}|²)
        relative(k) = whole(k) / whole(0)            and h, c apart, relative to the same

    The state of a layer at step s is the pair (h_s, c_s), as independent nodes: dℓ_t/dh_s is the
    total derivative through h_s as output of its layer and as what is carried on; dℓ_t/dc_s goes
    through what is carried on alone, so that it is zero at lag 0. All lags share their t. A layer
    in reverse looks back along its own walk, from t to t + k. Without targets, ℓ_t = ⟨u, o_t⟩ with
    one random u for all t. With one output a sequence, ℓ is at its last step. Where memory is
    wiped on the way (resets), nothing gets through, and that counts.

    Everything is in float64, on a copy of the model.

    Args:
        model: any `torch.nn.Module` with recurrent layers of `torch.nn` or `elman.nn`, or one of
            Elman's models.
        data: see `elman.inspect.preparing.prepare`; None for random inputs. Sequences need more
            than `max_lag` steps.
        max_lag: K, in steps.
        loss: what trained the model; None for one by the kind of the targets.
        positions: losses followed at most, drawn at random where there are more.
        seed: of u, and of the choice of positions.

    Raises:
        ConfigError: a number is out of its range, or the model has no recurrent layer.
        DataError: no sequence is longer than `max_lag`, or a weight is not finite.
        ShapeError: the model does not take such data.

    Source: Hochreiter, diploma thesis, TU München, 1991; Bengio, Simard and Frasconi, IEEE
    Transactions on Neural Networks 5, 1994; Pascanu, Mikolov and Bengio, ICML 2013.

    >>> network = torch.nn.RNN(2, 3, nonlinearity="relu", batch_first=True)
    >>> with torch.no_grad():    # h_t = relu(0.5 h_{t-1} + …): half the gradient goes each step
    ...     _ = network.weight_hh_l0.copy_(0.5 * torch.eye(3)), network.bias_hh_l0.fill_(9)
    >>> flow = gradient_flow(network, torch.zeros(1, 10, 2), max_lag=3)
    >>> flow.layers[0].relative, flow.layers[0].half_life
    ((1.0, 0.5, 0.25, 0.125), 1.0)
    >>> gradient_flow(network, torch.zeros(1, 10, 2), max_lag=20)
    Traceback (most recent call last):
    elman.errors.DataError: gradient_flow: a sequence must have at least 21 steps, got 10 in the
    longest. Give longer sequences, or look less far back.
    """
    check_range("gradient_flow", "max_lag", max_lag, at_least=1)
    check_range("gradient_flow", "positions", positions, at_least=1)
    subject = prepare("gradient_flow", model, data, loss, least=max_lag + 1).double()
    generator = torch.Generator().manual_seed(seed)
    tally = Tally(subject, max_lag, generator)
    with subject.evaluating(), torch.enable_grad():
        for batch, times in plan(subject, max_lag, positions, generator):
            tally.follow(batch, times)
    return GradientFlow(
        layers=tuple(_flow(*found) for found in tally.found()),
        max_lag=max_lag,
        loss="loss" if subject.has_targets else "random projection",
        source=subject.source,
        unit=subject.unit,
        unit_per_step=subject.unit_per_step,
    )


def _flow(course: Course, means: Tensor, positions: int) -> LayerFlow:
    """The curves of a course, from mean norms by lag of whole, h and c, (3, K + 1)."""
    whole, h, c = (means / means[0, 0]).tolist()
    return LayerFlow(
        name=course.name,
        direction=course.direction,
        relative=tuple(whole),
        h=tuple(h),
        c=tuple(c) if course.layer.has_cell else None,
        half_life=_half_life(whole),
        below_1_percent=_below(whole, 0.01),
        positions=positions,
    )


def _half_life(curve: Sequence[float]) -> float | None:
    """The lag at which a curve that begins at 1 first falls to a half."""
    for lag, value in enumerate(curve):
        if value <= 0.5:
            if value == 0:
                return float(lag)
            before = curve[lag - 1]
            return lag - 1 + math.log(2 * before) / math.log(before / value)
    return None


def _below(curve: Sequence[float], level: float) -> int | None:
    """The smallest lag from which on a curve stays below a level."""
    above = [lag for lag, value in enumerate(curve) if not value < level]
    smallest = max(above, default=-1) + 1
    return smallest if smallest < len(curve) else None
