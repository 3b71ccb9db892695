"""What the view Remember asks."""

import pytest
from tests.lab.asks.calls import ask
from tests.lab.models import evidence_for, random_model

from elman.errors import ChoiceError, ConfigError
from elman.inspect.contexts import memory_horizon
from elman.lab.asks.remember import ASKS
from elman.lab.experiments.fading import fading
from elman.lab.laboratory import Laboratory
from elman.lab.news import News
from elman.lab.shelf import Exhibit, Shelf


@pytest.fixture
def lab(tmp_path):
    made = Laboratory(None, tmp_path)
    made.shelf = Shelf(News())
    made.shelf.put(Exhibit("m", "M", random_model("elman")))
    made.shelf.put(Exhibit("l", "L", random_model("lstm", layers=2)))
    return made


def _ask(lab, name, **args):
    return ask(ASKS, lab, f"remember.{name}", **args)[0]


def test_the_horizon_of_a_model(lab) -> None:
    found = _ask(lab, "horizon", model="m")
    expected = memory_horizon(evidence_for(lab.shelf.get("m").trained))
    assert found["steps"] == expected.steps
    assert found["said"] == expected.said
    assert found["extra"] == pytest.approx(list(expected.extra))
    assert found["source"] == "text that it wrote itself"
    assert found["truth"] is None


def test_what_is_known_of_the_horizon_is_told_on_the_way(lab) -> None:
    answer, told = ask(ASKS, lab, "remember.horizon", model="m")
    writing = [part["writing"] for part in told if "writing" in part]
    assert writing == sorted(writing)
    assert all(list(part) == ["writing"] for part in told[: len(writing)])
    on_the_way = told[len(writing) :]
    assert [part["share"] for part in on_the_way] == [1 / 8 * k for k in range(1, 9)]
    assert on_the_way[0]["found"]["positions"] == 512
    assert on_the_way[-1]["found"] == answer
    assert answer["positions"] == 4096


def test_what_a_model_has_written_is_not_lost_when_its_first_reader_leaves(lab) -> None:
    answer, told = ask(ASKS, lab, "remember.horizon", patience=3, model="m")
    assert answer is None
    _, after = ask(ASKS, lab, "remember.fading", model="m")
    assert after[0]["writing"] > told[-1]["writing"]
    _, then = ask(ASKS, lab, "remember.fading", model="m")
    assert then == []


def test_a_model_that_was_replaced_is_measured_anew(lab) -> None:
    before = _ask(lab, "horizon", model="m")
    assert _ask(lab, "horizon", model="m") == before
    lab.shelf.put(Exhibit("m", "M", random_model("gru")))
    after = _ask(lab, "horizon", model="m")
    assert after["extra"] != before["extra"]
    assert after["version"] == before["version"] + 1


def test_fading_by_the_scale_of_v(lab) -> None:
    evidence = evidence_for(lab.shelf.get("m").trained)
    for scale in (1.0, 2.0):
        found = _ask(lab, "fading", model="m", scale=scale)
        expected = fading(evidence, scale).layers[0].relative
        assert found["layers"][0]["relative"] == pytest.approx(list(expected))
    assert found["radius"] == pytest.approx(2 * _ask(lab, "fading", model="m")["radius"])
    assert _ask(lab, "fading", model="l")["radius"] is None


def test_a_sentence_grows(lab) -> None:
    found = _ask(lab, "sentence", model="l", text=" I  love\ncats ")
    assert found["words"] == ["I", "love", "cats"]
    assert [step["target"] for step in found["steps"][:2]] == ["love", "cats"]
    assert [len(step["layers"][1][1]) for step in found["steps"]] == [1, 2, 3]


def test_a_race_is_told_as_it_runs(lab) -> None:
    answer, told = ask(ASKS, lab, "remember.race", gap=2, steps=200, kinds=["gru", "transformer"])
    assert answer == {"chance": 0.125}
    assert [each["event"] for each in told[:4]] == ["entrant", "entrant", "measure", "measure"]
    ends = {each["kind"]: each for each in told if each["event"] == "finish"}
    assert {end["outcome"] for end in ends.values()} == {"learned"}
    measured = [each for each in told if each["event"] == "measure" and each["kind"] == "gru"]
    assert measured[-1]["accuracy"] >= 0.99
    assert sum(measured[0]["by_lag"]) == pytest.approx(1)


def test_a_race_can_be_stopped(lab) -> None:
    answer, told = ask(ASKS, lab, "remember.race", patience=9, gap=80, steps=2000)
    assert answer is None
    assert len(told) == 9


def test_two_visitors_race_at_once_over_the_socket(served) -> None:
    with served.visit("a" * 32) as ada, served.visit("b" * 32) as bob:
        numbers = [
            visitor.begin("remember.race", gap=1, steps=10, kinds=[kind])
            for visitor, kind in ((ada, "gru"), (bob, "lstm"))
        ]
        for visitor, number in zip((ada, bob), numbers, strict=True):
            assert visitor.end(number) == ("answer", {"chance": 0.125})
    assert {part["kind"] for part in ada.parts} == {"gru"}
    assert {part["kind"] for part in bob.parts} == {"lstm"}


def test_descent_shows_what_clipping_saves_and_what_it_cannot(lab) -> None:
    explodes = _ask(lab, "descent", scale=1.1)
    fades = _ask(lab, "descent", scale=0.5)
    assert explodes["free"]["diverged"]
    assert explodes["held"]["losses"][-1] < 0.7
    assert min(*fades["free"]["losses"], *fades["held"]["losses"]) > 0.97


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("horizon", {"model": "<b>"}, "`model` must be one of those on the page, got '<b>'"),
        ("horizon", {}, "`model` must be a text"),
        ("fading", {"model": "m", "scale": 5}, "`scale` must be at least 0 and at most 4, got 5"),
        ("fading", {"model": "m", "scale": float("nan")}, "`scale` must be a number"),
        ("sentence", {"model": "m", "text": " "}, "the sentence must have 1 to 40 words"),
        ("sentence", {"model": "m", "text": "cats " * 50}, "got 50"),
        ("sentence", {"model": "m", "text": "c" * 3000}, "at most 2,000 characters"),
        ("race", {"gap": 1000}, "`gap` must be at least 0 and at most 200, got 1000"),
        ("race", {"gap": 2.5}, "`gap` must be a whole number"),
        ("race", {"gap": 2, "kinds": "gru"}, "`kinds` must be a list of names"),
        ("race", {"gap": 2, "kinds": ["<b>"]}, "`kinds` must be one of"),
        ("race", {"gap": 2, "steps": 10**9}, "`steps` must be at least 1 and at most 2000"),
        ("descent", {"scale": "1"}, "`scale` must be a number"),
        ("descent", {"scale": 1, "clip": 0}, "`clip` must be above 0"),
        ("descent", {"scale": 1, "f": "relu"}, "`f` must be one of 'identity', 'tanh'"),
    ],
)
def test_faults_are_named(lab, name: str, args: dict[str, object], message: str) -> None:
    with pytest.raises((ConfigError, ChoiceError), match=message):
        _ask(lab, name, **args)


@pytest.mark.parametrize("name", ["horizon", "fading", "sentence"])
def test_a_measurement_that_is_not_wanted_any_more_ends_on_the_way(lab, name) -> None:
    readings = []
    embedding = lab.shelf.get("l").trained.module.embedding
    embedding.register_forward_pre_hook(lambda *_: readings.append(name))
    words = {"text": "I love cats"} if name == "sentence" else {}
    _ask(lab, name, model="l", **words)
    whole = len(readings)
    readings.clear()
    answer, _ = ask(
        ASKS, lab, f"remember.{name}", stopped=lambda: len(readings) > 1, model="l", **words
    )
    assert answer is None
    assert len(readings) < whole
