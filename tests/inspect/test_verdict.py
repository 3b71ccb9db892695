import dataclasses
import math

import pytest
import torch

from elman.inspect.gradient_flow import GradientFlow, LayerFlow
from elman.inspect.horizon import Horizon
from elman.inspect.layers import find_layers
from elman.inspect.recall import Recall
from elman.inspect.saturation import GateShare, LayerSaturation, Saturation
from elman.inspect.spectrum import LayerSpectrum, Spectrum
from elman.inspect.verdict import (
    Findings,
    advise,
    flow_says,
    horizon_says,
    recall_says,
    saturation_says,
    sentences,
    spectrum_says,
)

HORIZON = Horizon(9, 8, 10, 0.01, (0.4,) + (0.1,) * 11, (0.0,) * 12, 1.0, 500, unit="word")
LSTM, ELMAN = (find_layers("test", module) for module in (torch.nn.LSTM(1, 2), torch.nn.RNN(1, 2)))


def flow(*curves, unit="word", per=1.0):
    layers = tuple(
        LayerFlow(
            f"l{number}",
            "forward",
            curve,
            curve,
            None,
            1.0,
            next((k for k in range(len(curve)) if max(curve[k:]) < 0.01), None),
            100,
        )
        for number, curve in enumerate(curves)
    )
    return GradientFlow(layers, len(curves[0]) - 1, "loss", unit=unit, unit_per_step=per)


def recalled(*scores, measure="accuracy"):
    return Recall(measure, scores, 0.1, None, 100, None, "word")


def stuck(*gates, units=80, dead=()):
    return Saturation((LayerSaturation("l", "forward", gates, units, dead),), 0.1, 1e-3, 500)


def stretching(exponent):
    shares = ((0.9,), (0.8,), (1.0,))
    return Spectrum((LayerSpectrum("l", "forward", *shares, -0.1, (), 0.9, exponent, 64),))


def fading(lags, rate):
    return tuple(rate**lag for lag in range(lags + 1))


def test_how_far_back_it_looks() -> None:
    assert horizon_says(HORIZON) == "It looks back 9 words (8–10)."
    changed = dataclasses.replace(HORIZON, measure="change of output")
    assert horizon_says(changed) == "What it says depends on the last 9 words (8–10)."
    beyond = dataclasses.replace(changed, steps=None, low=None, high=None)
    assert horizon_says(beyond) == "What it says depends on more than 12 words."


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (flow(fading(20, 0.5)), "The gradient falls below 1 % after 7 words."),
        (
            flow(fading(20, 0.5), fading(20, 0.3)),
            "The gradient falls below 1 % after 4 to 7 words.",
        ),
        (
            flow(fading(20, 0.5), unit="hour", per=0.5),
            "The gradient falls below 1 % after 3.5 hours.",
        ),
        (flow(fading(20, 0.9)), "After 20 words 12 % of the gradient is left."),
        (flow(fading(20, 1.5)), "The gradient grows to 3,325 times its size within 20 words."),
        (flow((math.nan,) * 3), "No gradient reaches the memory."),
    ],
)
def test_where_the_gradient_dies_or_explodes(found, said) -> None:
    assert flow_says(found) == said


def test_what_the_memory_gives_back() -> None:
    assert recall_says(recalled(1, 0.8, 0.3)) == "Its memory gives back most of the last 2 words."
    assert recall_says(recalled(0.9, 0.6)).endswith("most of the last 2 words and more.")
    assert recall_says(recalled(0.2)).startswith("A linear probe reads not even most of")
    of_values = recall_says(recalled(1, 0.1, measure="R²"))
    assert of_values == "Its memory gives back most of the variance of the last 1 word."


def test_every_advice_names_its_evidence() -> None:
    fades, explodes = flow(fading(20, 0.5)), flow(fading(20, 1.5))
    for layers, said in ((ELMAN, "Try a GRU or an LSTM"), (LSTM, "forget gate bias")):
        (advice,) = advise(layers, Findings(flow=fades))
        assert said in advice.text
        assert advice.evidence == "The gradient falls below 1 % after 7 words."
    (clip,) = advise(LSTM, Findings(flow=explodes))
    assert clip.text.startswith("Clip gradients")
    assert "3,325 times" in clip.evidence


def test_nothing_is_advised_where_nothing_is_wrong() -> None:
    assert (
        advise(
            LSTM,
            Findings(
                horizon=HORIZON,
                flow=flow(fading(20, 0.9)),
                recall=recalled(*(0.9,) * 8),
                saturation=stuck(GateShare("f", "forget gate", 0.1, 0.5, 0.0, 0.0)),
                spectrum=stretching(-0.2),
            ),
        )
        == ()
    )


def test_a_memory_too_small_for_what_is_used() -> None:
    (advice,) = advise(LSTM, Findings(horizon=HORIZON, recall=recalled(1, 0.9, 0.6, 0.2)))
    assert advice.text.startswith("Try more units")
    assert advice.evidence.startswith("The loss gains from the last 9 words, but only 3 words")


def test_a_memory_without_use_and_a_horizon_out_of_sight() -> None:
    useless = dataclasses.replace(HORIZON, steps=1, low=1, high=1, extra=(0.002,) * 12)
    (advice,) = advise(LSTM, Findings(horizon=useless))
    assert "without the recurrent layer" in advice.text
    assert advice.evidence == "Seeing the last 1 word only costs 0.002 nats."
    beyond = dataclasses.replace(HORIZON, steps=None, high=None)
    (advice,) = advise(LSTM, Findings(horizon=beyond))
    assert advice.evidence == "Contexts of up to 12 words were measured."


def test_without_targets_some_are_asked_for() -> None:
    changed = dataclasses.replace(HORIZON, measure="change of output")
    (advice,) = advise(LSTM, Findings(horizon=changed, recall=recalled(0.9, 0.2)))
    assert advice.text.startswith("Give targets")


def test_which_gates_and_units_are_stuck() -> None:
    reset = GateShare("r", "reset gate", 0.1, 0.2, 0.0, 0.0)
    update = GateShare("z", "update gate", 0.31, 0.0, 0.0, 0.0)
    candidate = GateShare("n", "candidate", 0.5, 0.5, 0.0, 0.0)
    assert saturation_says(stuck(reset, update, candidate)) == "31 % of update gates are closed."
    assert saturation_says(stuck(reset, dead=(1, 7))).endswith("open. 2 of 80 units never move.")
    assert saturation_says(stuck()) == ""
    assert saturation_says(stuck(GateShare("r", "reset gate", 0.04, 0.0, 0.0, 0.0))) == ""
    few = dataclasses.replace(stuck(dead=(1, 7), units=2), steps=3)
    assert saturation_says(few) == ""
    assert advise(LSTM, Findings(saturation=few)) == ()
    (advice,) = advise(LSTM, Findings(saturation=stuck(reset, update)))
    assert advice.text.startswith("Begin with an update gate bias")
    assert advice.evidence == "31 % of update gates are closed."
    (advice,) = advise(LSTM, Findings(saturation=stuck(dead=tuple(range(40)))))
    assert (advice.text, advice.evidence) == ("Try fewer units.", "40 of 80 units never move.")
    ends = GateShare("h", "activation", 0.3, 0.3, 0.0, 0.0)
    (advice,) = advise(ELMAN, Findings(saturation=stuck(ends)))
    assert advice.evidence == "60 % of activations are at their ends."


def test_how_long_a_change_lasts() -> None:
    halved = spectrum_says(stretching(-math.log(2) / 4), "hour", 0.5)
    assert halved == "A small change of its memory has a half-life of 2 hours."
    assert spectrum_says(stretching(-math.inf)).endswith("gone at once.")
    grows = "A small change of its memory grows 2 times a step."
    assert spectrum_says(stretching(math.log(2))) == grows
    (advice,) = advise(LSTM, Findings(spectrum=stretching(math.log(2))))
    assert (advice.text, advice.evidence) == ("Begin with smaller recurrent weights.", grows)


def test_the_same_is_advised_once() -> None:
    closed = stuck(GateShare("f", "forget gate", 0.4, 0.0, 0.0, 0.0))
    (advice,) = advise(LSTM, Findings(flow=flow(fading(20, 0.5)), saturation=closed))
    assert "forget gate bias" in advice.text


def test_a_sentence_for_each_that_measured() -> None:
    found = Findings(horizon=HORIZON, spectrum=stretching(-math.log(2)))
    assert sentences(found, "word", 1.0) == (
        "It looks back 9 words (8–10).",
        "A small change of its memory has a half-life of 1 word.",
    )
