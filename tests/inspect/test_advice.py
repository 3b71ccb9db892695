import dataclasses
import math

import pytest
import torch
from tests.inspect.findings import HORIZON, fading, flow, recalled, stretching, stuck

from elman.contracts import Training
from elman.inspect.advice import advise
from elman.inspect.diagnosis import diagnose
from elman.inspect.layers import find_layers
from elman.inspect.saturation import GateShare
from elman.inspect.verdict import Findings, flow_says, horizon_says

LSTM, GRU, ELMAN = (
    find_layers("test", module)
    for module in (torch.nn.LSTM(1, 2), torch.nn.GRU(1, 2), torch.nn.RNN(1, 2))
)


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


@pytest.mark.parametrize(("scores", "said"), [((0.9,), "1 word is"), ((0.9,) * 2, "2 words are")])
def test_a_memory_that_holds_little_is_told(scores: tuple[float, ...], said: str) -> None:
    (advice,) = advise(LSTM, Findings(horizon=HORIZON, recall=recalled(*scores, 0.1)))
    assert f"but only {said} read back" in advice.evidence


def test_clipping_is_not_advised_to_who_clips() -> None:
    explodes = Findings(flow=flow(fading(20, 1.5)))
    (advice,) = advise(LSTM, explodes, Training(clip_norm=0.5))
    assert "smaller learning rate" in advice.text
    assert advice.evidence.endswith("Gradients were clipped to a norm of 0.5 already.")
    (advice,) = advise(LSTM, explodes, Training(clip_norm=0.0))
    assert advice.text.startswith("Clip gradients")


@pytest.mark.parametrize(
    ("steps", "rate", "truncation", "few"),
    [
        (9, 0.9, 9, "only 11 %"),
        (9, 0.9, 16, "only 50 %"),
        (9, 0.9, 15, "only 47 %"),
        (9, 0.9, 5, "none"),
        (None, 0.9, 12, "only 8.3 %"),
        (9, 0.9, 17, None),  # most losses sent their gradient that far back
        (9, 0.3, 9, None),  # none of it was left there anyway
        (1, 0.9, 1, None),  # it looks back no step at all
        (9, 0.9, None, None),
    ],
)
def test_a_model_that_looks_as_far_as_its_gradients_went(steps, rate, truncation, few) -> None:
    horizon = dataclasses.replace(HORIZON, steps=steps, extra=(0.4,) + (0.1,) * 11)
    found = Findings(horizon=horizon, flow=flow(fading(20, rate)))
    advice = advise(LSTM, found, Training(truncation_steps=truncation))
    given = [each for each in advice if "truncation_steps" in each.text]
    assert len(given) == (few is not None)
    for each in given:
        assert f"truncation_steps={2 * truncation}." in each.text
        assert f"truncation_steps={truncation}, so that {few} of its losses" in each.evidence
        assert each.evidence.startswith(horizon_says(horizon))
        assert each.evidence.endswith(flow_says(found.flow))


FADES = flow(fading(20, 0.5))


def forget(low, high):
    return stuck(GateShare("f", "forget gate", low, high, 0.0, 0.0))


def update(low, high):
    return stuck(GateShare("z", "update gate", low, high, 0.0, 0.0))


def test_gates_that_are_open_are_not_to_be_opened() -> None:
    assert advise(LSTM, Findings(flow=FADES, saturation=forget(0.0, 0.6))) == ()
    (advice,) = advise(LSTM, Findings(flow=FADES, saturation=forget(0.0, 0.2)))
    assert "forget gate bias" in advice.text
    assert advice.evidence == f"{flow_says(FADES)} 20 % of forget gates are open."
    (advice,) = advise(LSTM, Findings(flow=FADES, saturation=forget(0.4, 0.2)))
    assert advice.evidence.endswith(" 40 % of forget gates are closed.")
    (advice,) = advise(GRU, Findings(flow=FADES, saturation=update(0.1, 0.0)))
    assert "update gate bias" in advice.text
    (advice,) = advise(GRU, Findings(flow=FADES, saturation=update(0.1, 0.7)))
    assert advice.text == "Try an LSTM, or train for longer."


def test_gates_are_left_alone_where_gradients_or_memories_last() -> None:
    lasts = flow(fading(20, 0.9))
    assert advise(LSTM, Findings(flow=lasts, saturation=forget(0.5, 0.1))) == ()
    assert advise(GRU, Findings(flow=lasts, saturation=update(0.5, 0.1))) == ()
    found = Findings(flow=FADES, saturation=forget(0.2, 0.1), spectrum=stretching(-0.01))
    assert advise(LSTM, found) == ()
    found = dataclasses.replace(found, spectrum=stretching(-math.log(2)))
    (advice,) = advise(LSTM, found)
    assert advice.evidence.endswith("has a half-life of 1 word.")


def test_closed_gates_speak_for_themselves_where_no_gradient_was_measured() -> None:
    (advice,) = advise(GRU, Findings(saturation=update(0.31, 0.0)))
    assert advice.text.startswith("Begin with an update gate bias")
    assert advice.evidence == "31 % of update gates are closed."
    assert advise(LSTM, Findings(saturation=forget(0.29, 0.0))) == ()


def test_activations_at_their_ends_matter_where_the_gradient_dies() -> None:
    ends = stuck(GateShare("h", "activation", 0.3, 0.3, 0.0, 0.0))
    (advice,) = advise(ELMAN, Findings(saturation=ends))
    assert advice.evidence == "60 % of activations are at their ends."
    smaller, other = advise(ELMAN, Findings(saturation=ends, flow=FADES))
    assert smaller.text.startswith("Begin with smaller weights")
    assert smaller.evidence == f"{flow_says(FADES)} {advice.evidence}"
    assert other.text.startswith("Try a GRU")
    assert advise(ELMAN, Findings(saturation=ends, flow=flow(fading(20, 0.9)))) == ()
    zeros = stuck(GateShare("h", "activation", 0.6, 0.0, 0.0, 0.0))
    relu = find_layers("test", torch.nn.RNN(1, 2, nonlinearity="relu"))
    assert advise(relu, Findings(saturation=zeros)) == ()


def test_a_memory_that_outlasts_its_gradient_needs_no_other_beginning() -> None:
    ends = stuck(GateShare("h", "activation", 0.3, 0.3, 0.0, 0.0))
    beyond = dataclasses.replace(HORIZON, steps=9)
    assert [a.text for a in advise(LSTM, Findings(flow=FADES, horizon=beyond))] == []
    (advice,) = advise(ELMAN, Findings(flow=FADES, horizon=beyond, saturation=ends))
    assert advice.text.startswith("Try a GRU")
    within = dataclasses.replace(HORIZON, steps=8)
    (advice,) = advise(LSTM, Findings(flow=FADES, horizon=within))
    assert "forget gate bias" in advice.text
    changed = dataclasses.replace(beyond, measure="change of output")
    assert "forget gate bias" in advise(LSTM, Findings(flow=FADES, horizon=changed))[0].text


def test_dead_units() -> None:
    dead = stuck(dead=tuple(range(40)))
    (advice,) = advise(LSTM, Findings(saturation=dead))
    assert (advice.text, advice.evidence) == ("Try fewer units.", "40 of 80 units never move.")
    few = dataclasses.replace(stuck(dead=(0, 1), units=2), steps=3)
    assert advise(LSTM, Findings(saturation=few)) == ()
    too_small = Findings(saturation=dead, horizon=HORIZON, recall=recalled(1, 0.9, 0.2))
    assert [each.text for each in advise(LSTM, too_small)] == ["Try fewer units."]


def test_chaos_is_said_once() -> None:
    chaos = stretching(math.log(2))
    (advice,) = advise(LSTM, Findings(spectrum=chaos))
    assert advice.text == "Begin with smaller recurrent weights."
    assert advice.evidence == "A small change of its memory grows 2 times a step."
    (advice,) = advise(LSTM, Findings(spectrum=chaos, flow=flow(fading(20, 1.5))))
    assert advice.text.startswith("Clip gradients")


def test_a_memory_too_small_for_what_is_used() -> None:
    (advice,) = advise(LSTM, Findings(horizon=HORIZON, recall=recalled(1, 0.9, 0.6, 0.2)))
    assert advice.text.startswith("Try more units")
    assert advice.evidence.startswith("The loss gains from the last 9 words, but only 3 words")


def test_a_memory_without_use_and_a_horizon_out_of_sight() -> None:
    useless = dataclasses.replace(HORIZON, steps=1, low=1, high=1, extra=(0.002,) * 12)
    (advice,) = advise(LSTM, Findings(horizon=useless))
    assert "without the recurrent layer" in advice.text
    assert advice.evidence == "Seeing no more than the last word costs 0.002 nats."
    free = dataclasses.replace(useless, extra=(-0.000681,) * 12)
    (advice,) = advise(LSTM, Findings(horizon=free))
    found = "Seeing no more than the last word costs nothing measurable, less than 0.01 nats."
    assert advice.evidence == found
    beyond = dataclasses.replace(HORIZON, steps=None, high=None)
    (advice,) = advise(LSTM, Findings(horizon=beyond))
    assert advice.evidence == "Contexts of up to 12 words were measured."
    (advice,) = advise(LSTM, Findings(horizon=useless, flow=FADES))
    assert "forget gate bias" in advice.text


def test_a_memory_that_misleads_is_not_called_useless() -> None:
    worse = dataclasses.replace(HORIZON, steps=1, low=1, high=1, extra=(-3.76,) + (0.0,) * 11)
    (advice,) = advise(LSTM, Findings(horizon=worse))
    assert advice.text.endswith("here its memory misleads it.")
    assert advice.evidence == "Seeing no more than the last word gains 3.76 nats."


def test_data_that_the_network_hardly_knows_is_named_first() -> None:
    findings = Findings(horizon=dataclasses.replace(HORIZON, steps=None, high=None))
    doubt, other = advise(LSTM, findings, unknown=0.81)
    assert doubt.text.startswith("Give text of the kind that it was trained on")
    assert doubt.evidence.startswith("81 % of it is unknown")
    assert advise(LSTM, findings, unknown=0.2) == (other,)


def test_without_targets_some_are_asked_for() -> None:
    changed = dataclasses.replace(HORIZON, measure="change of output")
    (advice,) = advise(LSTM, Findings(horizon=changed, recall=recalled(0.9, 0.2)))
    assert advice.text.startswith("Give targets")


def lstm(forget_bias):
    """An LSTM whose forget gates do as they are told."""
    torch.manual_seed(0)
    network = torch.nn.LSTM(2, 8, batch_first=True)
    with torch.no_grad():
        network.bias_ih_l0[8:16] = forget_bias
    return network


@pytest.mark.parametrize(("bias", "told"), [(-4.0, True), (0.0, True), (6.0, False)])
def test_a_model_is_told_to_open_its_forget_gates_only_if_they_are_not(bias, told) -> None:
    x = torch.randn(20, 60, 2, generator=torch.Generator().manual_seed(1))
    texts = [each.text for each in diagnose(lstm(bias), x).advice]
    assert any("forget gate" in text for text in texts) == told
