"""What the instruments found, in plain words, and what to try: each advice names its evidence."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from elman.inspect.gradient_flow import GradientFlow, LayerFlow
from elman.inspect.horizon import Horizon
from elman.inspect.layers import RecurrentLayer
from elman.inspect.recall import HELD, Recall
from elman.inspect.report import Advice
from elman.inspect.saturation import LayerSaturation, Saturation
from elman.inspect.spectrum import Spectrum
from elman.wording import counted, percent, plural, significant

__all__ = [
    "Findings",
    "advise",
    "flow_says",
    "horizon_says",
    "recall_says",
    "saturation_says",
    "sentences",
    "spectrum_says",
]

_EXPLODES = 10.0
_SOON = 10  # steps within which a gradient that is gone taught little
_MANY = 0.3
_WORTH = 0.05  # a share worth saying
_ENOUGH = 50  # steps from which on a unit that never moved may be called dead
_CHAOS = 0.05
_FORGET = "Begin with a forget gate bias of 1 or 2."
_CLOSE = 2  # times: a memory that holds less than half of what is used


def horizon_says(horizon: Horizon) -> str:
    """How far back it looks.

    >>> common = {"tolerance": 0.01, "extra": (0.3,) * 12, "errors": (0.0,) * 12, "full_loss": 1.0}
    >>> horizon_says(Horizon(9, 8, 10, **common, positions=500, unit="word"))
    'It looks back 9 words (8–10).'
    """
    if horizon.measure == "change of output":
        last = "" if horizon.steps is None else "the last "
        return f"What it says depends on {last}{horizon.said}."
    return f"It looks back {horizon.said}."


def flow_says(flow: GradientFlow) -> str:
    """Where the gradient dies, or explodes."""
    grown = max(flow.layers, key=_peak)
    if _peak(grown) > _EXPLODES:
        lag = max(range(len(grown.relative)), key=lambda k: _number(grown.relative[k]))
        times = significant(_peak(grown))
        return f"The gradient grows to {times} times its size within {_lags(flow, lag)}."
    if any(math.isnan(layer.relative[0]) for layer in flow.layers):
        return "No gradient reaches the memory."
    ends = [layer.below_1_percent for layer in flow.layers]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        left = max(_number(layer.relative[-1]) for layer in flow.layers)
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
        return f"Its memory gives back {what} the last {_held(found)} and more."
    return f"Its memory gives back {what} the last {_held(found)}."


def saturation_says(found: Saturation) -> str:
    """Which gate stands at an end most often, and how many units never move."""
    ends = [end for layer in found.layers for end in _ends(layer) if end[0] >= _WORTH]
    said = max(ends)[1] if ends else ""
    dead = sum(len(layer.dead) for layer in found.layers) if found.steps >= _ENOUGH else 0
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


def advise(layers: Sequence[RecurrentLayer], found: Findings) -> tuple[Advice, ...]:
    """What to try, most telling first.

    Args:
        layers: of the network.
        found: what the instruments found.
    """
    advice: list[Advice] = []
    if found.flow is not None:
        advice += _on_flow(layers, found.flow)
    if found.saturation is not None:
        advice += _on_saturation(found.saturation)
    if found.spectrum is not None:
        advice += _on_spectrum(found.spectrum)
    if found.horizon is not None:
        advice += _on_horizon(found.horizon)
    if found.horizon is not None and found.recall is not None:
        advice += _on_memory(found.horizon, found.recall)
    return tuple({each.text: each for each in advice}.values())


def _on_flow(layers: Sequence[RecurrentLayer], flow: GradientFlow) -> Iterator[Advice]:
    kinds = {layer.kind for layer in layers}
    if any(_peak(layer) > _EXPLODES for layer in flow.layers):
        yield Advice(
            "Clip gradients to a norm of 1, or begin with smaller weights.", flow_says(flow)
        )
        return
    ends = [layer.below_1_percent for layer in flow.layers]
    if any(end is None or end > _SOON for end in ends):
        return
    if "elman" in kinds:
        yield Advice("Try a GRU or an LSTM in place of the Elman layer.", flow_says(flow))
    elif "lstm" in kinds:
        yield Advice(_FORGET, flow_says(flow))
    else:
        yield Advice("Try an LSTM, or train for longer.", flow_says(flow))


def _on_horizon(horizon: Horizon) -> Iterator[Advice]:
    if horizon.measure == "change of output":
        yield Advice(
            "Give targets, (inputs, targets), so that loss can be measured.",
            "Without them only the change of its outputs is known.",
        )
    elif horizon.steps == 1:
        yield Advice(
            "Try without the recurrent layer: a network that sees one step should do as well.",
            f"Seeing the last {counted(horizon.unit_per_step, horizon.unit)} only costs "
            f"{significant(horizon.extra[0])} {horizon.measure}.",
        )
    if horizon.steps is None or horizon.high is None:
        longest = counted(horizon.longest * horizon.unit_per_step, horizon.unit)
        yield Advice(
            "Give longer sequences, or a larger max_context, to see where its horizon ends.",
            f"Contexts of up to {longest} were measured.",
        )


def _on_memory(horizon: Horizon, found: Recall) -> Iterator[Advice]:
    used = horizon.longest if horizon.steps is None else horizon.steps
    if horizon.measure == "change of output" or found.held * _CLOSE >= used:
        return
    yield Advice(
        "Try more units: the memory may be too small for what is used.",
        f"The loss gains from the last {counted(used * horizon.unit_per_step, horizon.unit)}, but "
        f"only {_held(found)} are read back with {'an accuracy' if found.probe else 'an R²'} of "
        f"{percent(HELD)}.",
    )


def _on_saturation(found: Saturation) -> Iterator[Advice]:
    for layer in found.layers:
        for gate in layer.gates:
            if gate.name == "forget gate" and gate.low >= _MANY:
                yield Advice(_FORGET, _share(gate.low, gate.name, "closed"))
            if gate.name == "update gate" and gate.low >= _MANY:
                yield Advice(
                    "Begin with an update gate bias of 1 or 2: closed, it overwrites the memory.",
                    _share(gate.low, gate.name, "closed"),
                )
            if gate.name == "activation" and gate.low + gate.high >= _MANY:
                yield Advice(
                    "Begin with smaller weights, or scale the inputs.",
                    _share(gate.low + gate.high, gate.name, "at their ends"),
                )
        if found.steps >= _ENOUGH and len(layer.dead) >= _MANY * layer.units:
            yield Advice(
                "Try fewer units.", f"{len(layer.dead):,} of {layer.units:,} units never move."
            )


def _on_spectrum(found: Spectrum) -> Iterator[Advice]:
    if any(layer.exponent > _CHAOS for layer in found.layers):
        yield Advice("Begin with smaller recurrent weights.", spectrum_says(found))


def _ends(layer: LayerSaturation) -> Iterator[tuple[float, str]]:
    """How much of each gate stands at an end, and how that is said."""
    for gate in layer.gates:
        if gate.name.endswith("gate"):
            yield gate.low, _share(gate.low, gate.name, "closed")
            yield gate.high, _share(gate.high, gate.name, "open")
        elif gate.name == "activation":
            both = gate.low + gate.high
            yield both, _share(both, gate.name, "at their ends")


def _share(share: float, name: str, where: str) -> str:
    return f"{percent(share)} of {plural(name)} are {where}."


def _peak(layer: LayerFlow) -> float:
    return max(map(_number, layer.relative))


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _lags(flow: GradientFlow, lag: int) -> str:
    return counted(lag * flow.unit_per_step, flow.unit)


def _held(found: Recall) -> str:
    """How many inputs are held."""
    return counted(found.held * found.unit_per_step, found.unit)
