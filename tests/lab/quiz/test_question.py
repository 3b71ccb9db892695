"""Questions, and the judgement of answers."""

import pytest

from elman.errors import ChoiceError
from elman.lab.quiz.figures import Table
from elman.lab.quiz.question import Finding, Question, judge, nearest, scientific


def _question(measured: str) -> Question:
    return Question(
        name="grows",
        topic="vanishing",
        text="Does it grow?",
        options={"yes": "Yes", "no": "No"},
        expected="no",
        explanation="It does not.",
        source="",
        experiment=lambda seed: Finding(measured, f"seed {seed}", Table((), ())),
    )


@pytest.mark.parametrize(
    ("measured", "choice", "right", "usual"),
    [
        ("no", "no", True, True),
        ("no", "yes", False, True),
        ("yes", "yes", True, False),  # the measurement decides, not what was expected
        ("yes", "no", False, False),
    ],
)
def test_the_measurement_judges(measured: str, choice: str, right: bool, usual: bool) -> None:
    judgement = judge(_question(measured), choice, seed=4)
    assert (judgement.right, judgement.usual) == (right, usual)
    said = judgement.to_json()
    assert said["answer_text"] == {"yes": "Yes", "no": "No"}[measured]
    assert said["said"] == "seed 4"
    assert said["right"] is right


def test_before_the_answer_nothing_is_given_away() -> None:
    assert _question("no").to_json() == {
        "name": "grows",
        "topic": "vanishing",
        "text": "Does it grow?",
        "options": [{"key": "yes", "text": "Yes"}, {"key": "no", "text": "No"}],
    }


def test_a_choice_must_be_an_option() -> None:
    with pytest.raises(ChoiceError, match="`choice` must be one of 'yes', 'no'; got 'maybe'"):
        judge(_question("no"), "maybe")


def test_nearest() -> None:
    options = {"most": 0.9, "eighth": 0.12, "nothing": 0.0}
    assert [nearest(x, options) for x in (2.0, 0.1, 0.05, -1)] == [
        "most",
        "eighth",
        "nothing",
        "nothing",
    ]


def test_scientific() -> None:
    assert [scientific(x) for x in (2.3e-13, 6.7e24, -0.00012, 12.34, 99_999)] == [
        "2.3·10⁻¹³",
        "6.7·10²⁴",
        "−1.2·10⁻⁴",
        "12.3",
        "99,999",
    ]
