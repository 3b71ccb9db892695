"""The quiz over the socket."""

import pytest

from elman.lab.quiz import QUESTIONS


def test_questions_come_without_their_answers(served) -> None:
    with served.visit() as visitor:
        told = visitor.ask("quiz.questions")["questions"]
    assert [each["name"] for each in told] == [each.name for each in QUESTIONS]
    assert set(told[0]) == {"name", "topic", "text", "options"}


def test_an_answer_is_judged_by_what_is_measured(served) -> None:
    with served.visit() as visitor:
        right = visitor.ask("quiz.answer", name="nine-tenths", choice="eighth")
        wrong = visitor.ask("quiz.answer", name="nine-tenths", choice="most", seed=3)
    assert (right["right"], wrong["right"]) == (True, False)
    assert wrong["answer"] == "eighth"
    assert wrong["answer_text"] == "12 %"
    assert wrong["figure"]["curves"][0]["values"][20] == pytest.approx(0.9**20)


def test_faults_are_named(served) -> None:
    with served.visit() as visitor:
        unknown = visitor.fail("quiz.answer", name="nine-tenth", choice="most")
        choice = visitor.fail("quiz.answer", name="order", choice="<b>")
        seed = visitor.fail("quiz.answer", name="order", choice="same", seed=-1)
    assert "Did you mean 'nine-tenths'?" in unknown["message"]
    assert "`choice` must be one of 'same', 'last', 'order'; got '<b>'" in choice["message"]
    assert "`seed` must be at least 0" in seed["message"]
