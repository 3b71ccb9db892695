"""What the instruments found, in plain words, and what to try: each advice names its evidence."""

import math
from collections.abc import Iterator, Sequence

from elman.inspect.gradient_flow import GradientFlow, LayerFlow
from elman.inspect.horizon import Horizon
from elman.inspect.layers import RecurrentLayer
from elman.inspect.recall import HELD, Recall
from elman.inspect.report import Advice
from elman.wording import counted, percent, significant

__all__ = ["advise", "flow_says", "horizon_says", "recall_says"]

_EXPLODES = 10.0
_SOON = 10  # steps within which a gradient that is gone taught little
_CLOSE = 2  # times: a memory that holds less than half of what is used


def horizon_says(horizon: Horizon) -> str:
    """How far back it looks.

    >>> common = {"tolerance": 0.01, "extra": (0.3,) * 12, "errors": (0.0,) * 12, "full_loss": 1.0}
    >>> horizon_says(Horizon(9, 8, 10, **common, positions=500, unit="word"))
    'It looks back 9 words (8–10).'
    """
    if horizon.measure == "change of output":
        return f"What it says depends on the last {horizon.said}."
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


def advise(
    layers: Sequence[RecurrentLayer],
    horizon: Horizon | None,
    flow: GradientFlow | None,
    found: Recall | None,
) -> tuple[Advice, ...]:
    """What to try, most telling first.

    Args:
        layers: of the network.
        horizon: how far back it looks, if that was measured.
        flow: how gradients fade, if that was measured.
        found: what the memory holds, if that was measured.
    """
    advice: list[Advice] = []
    if flow is not None:
        advice += _on_flow(layers, flow)
    if horizon is not None:
        advice += _on_horizon(horizon)
    if horizon is not None and found is not None:
        advice += _on_memory(horizon, found)
    return tuple(advice)


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
        yield Advice("Begin with a forget gate bias of 1 or 2.", flow_says(flow))
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


def _peak(layer: LayerFlow) -> float:
    return max(map(_number, layer.relative))


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _lags(flow: GradientFlow, lag: int) -> str:
    return counted(lag * flow.unit_per_step, flow.unit)


def _held(found: Recall) -> str:
    """How many inputs are held."""
    return counted(found.held * found.unit_per_step, found.unit)
