"""What to try after the instruments have measured: each advice names the figures it rests on."""

import math
from collections.abc import Iterator, Sequence

from elman.contracts import MUCH_UNKNOWN, Training
from elman.inspect.gradient_flow import GradientFlow
from elman.inspect.horizon import Horizon
from elman.inspect.layers import RecurrentLayer
from elman.inspect.recollection import HELD, Recall
from elman.inspect.report import Advice
from elman.inspect.saturation import GateShare, Saturation
from elman.inspect.spectrum import Spectrum
from elman.inspect.verdict import (
    ENOUGH,
    EXPLODES,
    Findings,
    flow_says,
    gates_say,
    held,
    horizon_says,
    peak,
    spectrum_says,
)
from elman.wording import counted, percent, significant

__all__ = ["advise"]

_SOON = 10  # steps within which a gradient that is gone taught little
_GONE = 0.01  # relative to lag 0
_MANY = 0.3
_OPEN = 0.5  # share of gates near their open end from which on a layer keeps what it holds
_CHAOS = 0.05
_CLOSE = 2  # times: a memory that holds less than half of what is used
_FEW = 0.5  # share of losses whose gradient came as far back as the model looks
_KEEPS = {
    "lstm": ("forget gate", "Begin with a forget gate bias of 1 or 2."),
    "gru": (
        "update gate",
        "Begin with an update gate bias of 1 or 2: closed, it overwrites the memory.",
    ),
}
"""Kind of layer → the gate that keeps its memory when open, and how to open it."""


def advise(
    layers: Sequence[RecurrentLayer],
    found: Findings,
    training: Training | None = None,
    unknown: float = 0.0,
) -> tuple[Advice, ...]:
    """What to try, most telling first.

    Args:
        layers: of the network.
        found: what the instruments found.
        training: how the network was trained, as far as that is known.
        unknown: share of the data that the network has no name for.
    """
    training = training or Training()
    advice = [
        *_on_data(unknown),
        *_on_growth(found, training),
        *_on_fading(layers, found),
        *_on_truncation(found, training),
        *_on_units(found),
        *_on_horizon(found),
    ]
    return tuple({each.text: each for each in advice}.values())


def _on_data(unknown: float) -> Iterator[Advice]:
    """Data that is hardly of the kind that the network was trained on."""
    if unknown > MUCH_UNKNOWN:
        yield Advice(
            "Give text of the kind that it was trained on: on this, no figure says much.",
            f"{percent(unknown)} of it is unknown to the network, and looks all the same.",
        )


def _on_growth(found: Findings, training: Training) -> Iterator[Advice]:
    """Gradients or changes of the memory that grow."""
    if found.flow is not None and _explodes(found.flow):
        if training.clip_norm:
            yield Advice(
                "Begin with smaller recurrent weights, or train with a smaller learning rate.",
                f"{flow_says(found.flow)} Gradients were clipped to a norm of "
                f"{significant(training.clip_norm)} already.",
            )
        else:
            yield Advice(
                "Clip gradients to a norm of 1, or begin with smaller weights.",
                flow_says(found.flow),
            )
    elif found.spectrum is not None and _exponent(found.spectrum) > _CHAOS:
        yield Advice("Begin with smaller recurrent weights.", spectrum_says(found.spectrum))


def _on_fading(layers: Sequence[RecurrentLayer], found: Findings) -> Iterator[Advice]:
    """Gradients that die soon, or where they were not measured, gates that let them die."""
    if found.flow is not None and not _dies(found.flow):
        return
    kinds = {layer.kind for layer in layers}
    said = [] if found.flow is None else [flow_says(found.flow)]
    lasts = _lasts(found)
    if _is_stuck(layers, found.saturation) and not lasts:
        share = _ends(found.saturation, "activation")
        yield Advice(
            "Begin with smaller weights, or scale the inputs.",
            " ".join([*said, gates_say(sum(share), "activation", "at their ends")]),
        )
    if "elman" in kinds and said:
        yield Advice("Try a GRU or an LSTM in place of the Elman layer.", said[0])
        return
    if lasts:
        return
    gates = [_on_gate(*keeps, found) for kind, keeps in _KEEPS.items() if kind in kinds]
    yield from (advice for advice in gates if advice is not None)
    if "gru" in kinds and "lstm" not in kinds and said and not any(gates):
        yield Advice("Try an LSTM, or train for longer.", said[0])


def _on_gate(name: str, text: str, found: Findings) -> Advice | None:
    """Opening the gate that keeps the memory, unless it is open, or memory lasts, anyway.

    Where gradients were not measured, gates must be closed to be advised on.
    """
    flow, spectrum = found.flow, found.spectrum
    low, high = _ends(found.saturation, name)
    lasts = spectrum is not None and _exponent(spectrum) >= -math.log(2) / _SOON
    if lasts or high >= _OPEN or (flow is None and low < _MANY):
        return None
    evidence = [] if flow is None else [flow_says(flow)]
    if found.saturation is not None:
        share, where = (low, "closed") if low >= _MANY else (high, "open")
        evidence.append(gates_say(share, name, where))
    if spectrum is not None and flow is not None:
        evidence.append(spectrum_says(spectrum, flow.unit, flow.unit_per_step))
    return Advice(text, " ".join(evidence))


def _on_truncation(found: Findings, training: Training) -> Iterator[Advice]:
    """A model that looks back about as far as gradients went while it was trained.

    Windows of n steps send the gradient of n - s + 1 of their n losses s inputs back.
    """
    horizon, n = found.horizon, training.truncation_steps
    if horizon is None or n is None:
        return
    used = _used(horizon)
    share = max(0, n - used + 1) / n
    if used < 2 or share > _FEW or (found.flow is not None and _is_gone(found.flow, used - 1)):
        return
    few = f"only {percent(share)}" if share else "none"
    said = "" if found.flow is None else f" {flow_says(found.flow)}"
    yield Advice(
        f"Train with gradients through more steps, such as truncation_steps={2 * n}.",
        f"{horizon_says(horizon)} It was trained with truncation_steps={n}, so that {few} of its "
        f"losses sent their gradient that far back.{said}",
    )


def _on_units(found: Findings) -> Iterator[Advice]:
    """Units that are too many, or too few."""
    few = False
    if found.saturation is not None and found.saturation.steps >= ENOUGH:
        for layer in found.saturation.layers:
            if len(layer.dead) >= _MANY * layer.units:
                few = True
                dead = f"{len(layer.dead):,} of {layer.units:,} units never move."
                yield Advice("Try fewer units.", dead)
    if found.horizon is not None and found.recall is not None and not few:
        yield from _on_memory(found.horizon, found.recall)


def _on_memory(horizon: Horizon, found: Recall) -> Iterator[Advice]:
    used = _used(horizon)
    if horizon.measure == "change of output" or found.held * _CLOSE >= used:
        return
    verb = "is" if found.held * found.unit_per_step == 1 else "are"
    yield Advice(
        "Try more units: the memory may be too small for what is used.",
        f"The loss gains from the last {counted(used * horizon.unit_per_step, horizon.unit)}, but "
        f"only {held(found)} {verb} read back with {'an accuracy' if found.probe else 'an R²'} of "
        f"{percent(HELD)}.",
    )


def _on_horizon(found: Findings) -> Iterator[Advice]:
    """A horizon that is out of sight, or that says that no memory is used."""
    horizon = found.horizon
    if horizon is None:
        return
    if horizon.measure == "change of output":
        yield Advice(
            "Give targets, (inputs, targets), so that loss can be measured.",
            "Without them only the change of its outputs is known.",
        )
    elif horizon.steps == 1 and horizon.extra[0] < -horizon.tolerance:
        yield Advice(
            "Give data like that which it learned from, or train it on more: here its memory "
            "misleads it.",
            f"Seeing no more than the last {_one(horizon)} gains "
            f"{significant(-horizon.extra[0])} {horizon.measure}.",
        )
    elif horizon.steps == 1 and not (found.flow is not None and _dies(found.flow)):
        yield Advice(
            "Try without the recurrent layer: a network that sees one step should do as well.",
            f"Seeing no more than the last {_one(horizon)} {_price(horizon)}.",
        )
    if horizon.steps is None or horizon.high is None:
        longest = counted(horizon.longest * horizon.unit_per_step, horizon.unit)
        yield Advice(
            "Give longer sequences, or `memory_horizon` a larger `max_context`, to see where its "
            "horizon ends.",
            f"Contexts of up to {longest} were measured.",
        )


def _price(horizon: Horizon) -> str:
    """What a context of one step costs; a gain within the tolerance is chance, not a price."""
    if horizon.extra[0] > 0:
        return f"costs {significant(horizon.extra[0])} {horizon.measure}"
    return f"costs nothing measurable, less than {significant(horizon.tolerance)} {horizon.measure}"


def _one(horizon: Horizon) -> str:
    """One step, in the data's unit."""
    scale = horizon.unit_per_step
    return horizon.unit if scale == 1 else counted(scale, horizon.unit)


def _explodes(flow: GradientFlow) -> bool:
    return any(peak(layer) > EXPLODES for layer in flow.layers)


def _dies(flow: GradientFlow) -> bool:
    """Whether hardly any gradient is left after a few steps, in every layer."""
    ends = [layer.below_1_percent for layer in flow.layers]
    return not _explodes(flow) and all(end is not None and end <= _SOON for end in ends)


def _lasts(found: Findings) -> bool:
    """Whether the loss gains from inputs farther back than gradients come, so that memory lasts."""
    if found.flow is None or found.horizon is None or found.horizon.measure == "change of output":
        return False
    ends = [layer.below_1_percent or 0 for layer in found.flow.layers]
    return _used(found.horizon) - 1 > max(ends)


def _is_gone(flow: GradientFlow, lag: int) -> bool:
    """Whether hardly any gradient comes so far back, in every layer."""
    at = min(lag, flow.max_lag)
    return all(layer.relative[at] < _GONE for layer in flow.layers)


def _exponent(spectrum: Spectrum) -> float:
    return max(layer.exponent for layer in spectrum.layers)


def _used(horizon: Horizon) -> int:
    """Steps that the model is known to use."""
    return horizon.longest if horizon.steps is None else horizon.steps


def _is_stuck(layers: Sequence[RecurrentLayer], found: Saturation | None) -> bool:
    """Whether many activations stand at an end; a ReLU's lower one is where it does its work."""
    if found is None or any(layer.activation == "relu" for layer in layers):
        return False
    return sum(_ends(found, "activation")) >= _MANY


def _ends(found: Saturation | None, name: str) -> tuple[float, float]:
    """Share of a gate's values near its lower and its upper end, over all layers that have it."""
    gates: list[GateShare] = []
    if found is not None:
        gates = [gate for layer in found.layers for gate in layer.gates if gate.name == name]
    count = max(1, len(gates))
    return sum(gate.low for gate in gates) / count, sum(gate.high for gate in gates) / count
