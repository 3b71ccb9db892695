"""The quiz, as the page asks it."""

import pytest
from tests.lab.asks.calls import ask

from elman.errors import ChoiceError, ConfigError
from elman.lab.asks.quiz import ASKS
from elman.lab.quiz import QUESTIONS


def _answer(**args):
    return ask(ASKS, None, "quiz.answer", **args)[0]


def test_questions_come_without_their_answers() -> None:
    told = ask(ASKS, None, "quiz.questions")[0]["questions"]
    assert [each["name"] for each in told] == [each.name for each in QUESTIONS]
    assert set(told[0]) == {"name", "topic", "text", "options"}


def test_an_answer_is_judged_by_what_is_measured() -> None:
    right = _answer(name="nine-tenths", choice="eighth")
    wrong = _answer(name="nine-tenths", choice="most", seed=3)
    assert (right["right"], wrong["right"]) == (True, False)
    assert wrong["answer"] == "eighth"
    assert wrong["answer_text"] == "12 %"
    assert wrong["figure"]["curves"][0]["values"][20] == pytest.approx(0.9**20)


def test_faults_are_named() -> None:
    with pytest.raises(ChoiceError, match="Did you mean 'nine-tenths'"):
        _answer(name="nine-tenth", choice="most")
    with pytest.raises(ChoiceError, match="`choice` must be one of 'same', 'last', 'order'"):
        _answer(name="order", choice="<b>")
    with pytest.raises(ConfigError, match="`seed` must be at least 0"):
        _answer(name="order", choice="same", seed=-1)


def test_over_the_socket(served) -> None:
    with served.visit() as visitor:
        assert visitor.ask("quiz.answer", name="order", choice="order")["right"]
        assert "`choice`" in visitor.fail("quiz.answer", name="order", choice="maybe")["message"]
