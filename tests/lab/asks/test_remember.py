"""The race and the descent over the socket."""

import pytest


def test_a_race_is_told_as_it_runs(served) -> None:
    with served.visit() as visitor:
        answer = visitor.ask("remember.race", gap=2, steps=200, kinds=["gru", "transformer"])
        told = visitor.parts
    assert answer == {"chance": 0.125}
    assert [each["event"] for each in told[:4]] == ["entrant", "entrant", "measure", "measure"]
    ends = {each["kind"]: each for each in told if each["event"] == "finish"}
    assert {end["outcome"] for end in ends.values()} == {"learned"}
    measured = [each for each in told if each["event"] == "measure" and each["kind"] == "gru"]
    assert measured[-1]["accuracy"] >= 0.99
    assert sum(measured[0]["by_lag"]) == pytest.approx(1)


def test_a_race_can_be_stopped(served) -> None:
    with served.visit() as visitor:
        number = visitor.begin("remember.race", gap=80, steps=2000)
        while not any(part["event"] == "measure" for part in visitor.parts):
            message = visitor.hear()
            if "part" in message:
                visitor.parts.append(message["part"])
        visitor.say({"id": number, "stop": True})
        kind, answer = visitor.end(number)
    assert (kind, answer) == ("answer", {"stopped": True})
    assert not any(part["event"] == "finish" for part in visitor.parts)


def test_two_visitors_race_at_once(served) -> None:
    with served.visit("a" * 32) as ada, served.visit("b" * 32) as bob:
        numbers = [
            visitor.begin("remember.race", gap=1, steps=20, kinds=["gru"], seed=7)
            for visitor in (ada, bob)
        ]
        for visitor, number in zip((ada, bob), numbers, strict=True):
            assert visitor.end(number) == ("answer", {"chance": 0.125})
    assert ada.parts[0]["kind"] == bob.parts[0]["kind"] == "gru"


def test_descent_shows_what_clipping_saves_and_what_it_cannot(served) -> None:
    with served.visit() as visitor:
        explodes = visitor.ask("remember.descent", scale=1.1)
        fades = visitor.ask("remember.descent", scale=0.5)
    assert explodes["free"]["diverged"]
    assert explodes["held"]["losses"][-1] < 0.7
    assert min(fades["free"]["losses"] + fades["held"]["losses"]) > 0.97


@pytest.mark.parametrize(
    ("ask", "args", "message"),
    [
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
def test_faults_are_named(served, ask: str, args: dict[str, object], message: str) -> None:
    with served.visit() as visitor:
        assert message in visitor.fail(f"remember.{ask}", **args)["message"]
