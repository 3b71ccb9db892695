"""The whole quiz: every experiment is run, and its measurement must support the answer."""

import pytest

from elman.lab.quiz import QUESTIONS, Question, judge


def test_there_are_enough_and_they_cover_the_subject() -> None:
    assert len(QUESTIONS) >= 12
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)
    assert list(dict.fromkeys(question.topic for question in QUESTIONS)) == [
        "recurrence",
        "unfolding",
        "sharing",
        "vanishing",
        "clipping",
        "limited memory",
        "gates",
        "what came after",
    ]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_can_be_read(question: Question) -> None:
    assert question.text.endswith("?")
    assert 2 <= len(question.options) <= 4
    assert question.expected in question.options
    assert len(question.explanation) < 400
    shown = question.to_json()
    assert "expected" not in shown
    assert "explanation" not in shown


@pytest.mark.parametrize("seed", [0, 1, 17])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_measurement_supports_the_answer(question: Question, seed: int) -> None:
    judgement = judge(question, question.expected, seed)
    assert judgement.right, judgement.finding.said
    assert judgement.usual
    others = [key for key in question.options if key != question.expected]
    assert not type(judgement)(question, others[0], judgement.finding).right
