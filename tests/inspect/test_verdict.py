import dataclasses
import math

import pytest
import torch

from elman.inspect.gradient_flow import GradientFlow, LayerFlow
from elman.inspect.horizon import Horizon
from elman.inspect.layers import find_layers
from elman.inspect.recall import Recall
from elman.inspect.verdict import advise, flow_says, horizon_says, recall_says

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


def fading(lags, rate):
    return tuple(rate**lag for lag in range(lags + 1))


def test_how_far_back_it_looks() -> None:
    assert horizon_says(HORIZON) == "It looks back 9 words (8–10)."
    changed = dataclasses.replace(HORIZON, measure="change of output")
    assert horizon_says(changed) == "What it says depends on the last 9 words (8–10)."


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
        (advice,) = advise(layers, None, fades, None)
        assert said in advice.text
        assert advice.evidence == "The gradient falls below 1 % after 7 words."
    (clip,) = advise(LSTM, None, explodes, None)
    assert clip.text.startswith("Clip gradients")
    assert "3,325 times" in clip.evidence


def test_nothing_is_advised_where_nothing_is_wrong() -> None:
    assert advise(LSTM, HORIZON, flow(fading(20, 0.9)), recalled(*(0.9,) * 8)) == ()


def test_a_memory_too_small_for_what_is_used() -> None:
    (advice,) = advise(LSTM, HORIZON, None, recalled(1, 0.9, 0.6, 0.2))
    assert advice.text.startswith("Try more units")
    assert advice.evidence.startswith("The loss gains from the last 9 words, but only 3 words")


def test_a_memory_without_use_and_a_horizon_out_of_sight() -> None:
    useless = dataclasses.replace(HORIZON, steps=1, low=1, high=1, extra=(0.002,) * 12)
    (advice,) = advise(LSTM, useless, None, None)
    assert "without the recurrent layer" in advice.text
    assert advice.evidence == "Seeing the last 1 word only costs 0.002 nats."
    beyond = dataclasses.replace(HORIZON, steps=None, high=None)
    (advice,) = advise(LSTM, beyond, None, None)
    assert advice.evidence == "Contexts of up to 12 words were measured."


def test_without_targets_some_are_asked_for() -> None:
    changed = dataclasses.replace(HORIZON, measure="change of output")
    (advice,) = advise(LSTM, changed, None, recalled(0.9, 0.2))
    assert advice.text.startswith("Give targets")
