import dataclasses
import math

import pytest
from tests.inspect.findings import HORIZON, fading, flow, recalled, stretching, stuck

from elman.inspect.saturation import GateShare
from elman.inspect.verdict import (
    Findings,
    flow_says,
    horizon_says,
    recall_says,
    saturation_says,
    sentences,
    spectrum_says,
)


def test_how_far_back_it_looks() -> None:
    assert horizon_says(HORIZON) == "It looks back 9 words (8–10)."
    changed = dataclasses.replace(HORIZON, measure="change of output")
    assert horizon_says(changed) == "What it says depends on the last 9 words (8–10)."
    beyond = dataclasses.replace(changed, steps=None, low=None, high=None)
    assert horizon_says(beyond) == (
        "What it says depends on more than 12 words; no longer context could be measured."
    )


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
        (flow(fading(20, 1.1)), "After 20 words the gradient is 6.73 times its size."),
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


def test_how_long_a_change_lasts() -> None:
    halved = spectrum_says(stretching(-math.log(2) / 4), "hour", 0.5)
    assert halved == "A small change of its memory has a half-life of 2 hours."
    assert spectrum_says(stretching(-math.inf)).endswith("gone at once.")
    grows = "A small change of its memory grows 2 times a step."
    assert spectrum_says(stretching(math.log(2))) == grows


def test_a_sentence_for_each_that_measured() -> None:
    found = Findings(horizon=HORIZON, spectrum=stretching(-math.log(2)))
    assert sentences(found, "word", 1.0) == (
        "It looks back 9 words (8–10).",
        "A small change of its memory has a half-life of 1 word.",
    )
