"""What the instruments found, in plain words."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from elman.inspect.gradient_flow import GradientFlow, LayerFlow
from elman.inspect.horizon import Horizon
from elman.inspect.recollection import Recall
from elman.inspect.saturation import LayerSaturation, Saturation
from elman.inspect.spectrum import Spectrum
from elman.wording import counted, percent, plural, significant

__all__ = [
    "ENOUGH",
    "EXPLODES",
    "Findings",
    "flow_says",
    "gates_say",
    "held",
    "horizon_says",
    "peak",
    "recall_says",
    "saturation_says",
    "sentences",
    "spectrum_says",
]

EXPLODES = 10.0
"""Times its size at lag 0, from which on a gradient is said to grow."""

ENOUGH = 50
"""Steps from which on a unit that never moved may be called dead."""

_WORTH = 0.05  # a share worth saying


def horizon_says(horizon: Horizon) -> str:
    """How far back it looks.

    >>> common = {"tolerance": 0.01, "extra": (0.3,) * 12, "errors": (0.0,) * 12, "full_loss": 1.0}
    >>> horizon_says(Horizon(9, 8, 10, **common, positions=500, unit="word"))
    'It looks back 9 words (8–10).'
    >>> horizon_says(Horizon(None, None, None, 0.01, (0.3,), (0.0,), 1.0, positions=500))
    'It looks back more than 1 step; no longer context could be measured.'
    """
    end = "" if horizon.steps is not None else "; no longer context could be measured"
    if horizon.measure == "change of output":
        last = "" if horizon.steps is None else "the last "
        return f"What it says depends on {last}{horizon.said}{end}."
    return f"It looks back {horizon.said}{end}."


def flow_says(flow: GradientFlow) -> str:
    """Where the gradient dies, or explodes."""
    grown = max(flow.layers, key=peak)
    if peak(grown) > EXPLODES:
        lag = max(range(len(grown.relative)), key=lambda k: _number(grown.relative[k]))
        times = significant(peak(grown))
        return f"The gradient grows to {times} times its size within {_lags(flow, lag)}."
    if any(math.isnan(layer.relative[0]) for layer in flow.layers):
        return "No gradient reaches the memory."
    ends = [layer.below_1_percent for layer in flow.layers]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        left = max(_number(layer.relative[-1]) for layer in flow.layers)
        if left > 1:
            times = significant(left)
            return f"After {_lags(flow, flow.max_lag)} the gradient is {times} times its size."
        return f"After {_lags(flow, flow.max_lag)} {percent(left)} of the gradient is left."
    soonest, latest = min(known), max(known)
    between = "" if soonest == latest else f"{significant(soonest * flow.unit_per_step)} to "
    return f"The gradient falls below 1 % after {between}{_lags(flow, latest)}."


def recall_says(found: Recall) -> str:
    """What the memory still gives back."""
    what = "most of" if found.measure == "accuracy" else "most of the variance of"
    if found.held == 0:
        return f"A linear probe reads not even {what} the present input from its memory."
    if found.held == len(found.scores):
        return f"Its memory gives back {what} the last {held(found)} and more."
    return f"Its memory gives back {what} the last {held(found)}."


def saturation_says(found: Saturation) -> str:
    """Which gate stands at an end most often, and how many units never move."""
    ends = [end for layer in found.layers for end in _ends(layer) if end[0] >= _WORTH]
    said = max(ends)[1] if ends else ""
    dead = sum(len(layer.dead) for layer in found.layers) if found.steps >= ENOUGH else 0
    units = sum(layer.units for layer in found.layers)
    return " ".join(filter(None, [said, f"{dead:,} of {units:,} units never move." * (dead > 0)]))


def spectrum_says(found: Spectrum, unit: str = "step", unit_per_step: float = 1.0) -> str:
    """How long a small change of the memory lasts.

    half-life = log 2 / -exponent
    """
    exponent = max(layer.exponent for layer in found.layers)
    if exponent >= 0:
        return f"A small change of its memory grows {significant(math.exp(exponent))} times a step."
    if math.isinf(exponent):
        return "A small change of its memory is gone at once."
    half_life = float(f"{math.log(2) / -exponent * unit_per_step:.2g}")
    return f"A small change of its memory has a half-life of {counted(half_life, unit)}."


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What the instruments found; None where one could not measure.

    Attributes:
        horizon: how far back it looks.
        flow: how gradients fade.
        recall: what the memory holds.
        saturation: which gates and units are stuck.
        spectrum: what one step does to a change.
    """

    horizon: Horizon | None = None
    flow: GradientFlow | None = None
    recall: Recall | None = None
    saturation: Saturation | None = None
    spectrum: Spectrum | None = None


def sentences(found: Findings, unit: str, unit_per_step: float) -> tuple[str, ...]:
    """What was found, a sentence or two for each instrument."""
    says = (
        found.horizon and horizon_says(found.horizon),
        found.flow and flow_says(found.flow),
        found.recall and recall_says(found.recall),
        found.saturation and saturation_says(found.saturation),
        found.spectrum and spectrum_says(found.spectrum, unit, unit_per_step),
    )
    return tuple(said for said in says if said)


def gates_say(share: float, name: str, where: str) -> str:
    """How many of the gates of a name stand where.

    >>> gates_say(0.31, "update gate", "closed")
    '31 % of update gates are closed.'
    """
    return f"{percent(share)} of {plural(name)} are {where}."


def peak(layer: LayerFlow) -> float:
    """The largest gradient at any lag, relative to lag 0."""
    return max(map(_number, layer.relative))


def held(found: Recall) -> str:
    """How many inputs the memory holds, in the data's unit."""
    return counted(found.held * found.unit_per_step, found.unit)


def _ends(layer: LayerSaturation) -> Iterator[tuple[float, str]]:
    """How much of each gate stands at an end, and how that is said."""
    for gate in layer.gates:
        if gate.name.endswith("gate"):
            yield gate.low, gates_say(gate.low, gate.name, "closed")
            yield gate.high, gates_say(gate.high, gate.name, "open")
        elif gate.name == "activation":
            both = gate.low + gate.high
            where = "at their ends" if gate.low and gate.high else "at one end"
            yield both, gates_say(both, gate.name, where)


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _lags(flow: GradientFlow, lag: int) -> str:
    return counted(lag * flow.unit_per_step, flow.unit)
