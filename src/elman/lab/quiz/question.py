"""A question, the experiment that answers it, and the judgement of a visitor's answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from elman.checks import check_choice
from elman.lab.quiz.figures import Figure
from elman.wording import in_powers, significant

__all__ = ["Finding", "Judgement", "Question", "judge", "nearest", "scientific"]


@dataclass(frozen=True)
class Finding:
    """What an experiment found.

    Attributes:
        answer: the option that the measured numbers support.
        said: the numbers in a sentence.
        figure: the numbers to be seen.
    """

    answer: str
    said: str
    figure: Figure


@dataclass(frozen=True)
class Question:
    """Something that one may believe or not, until it is measured.

    Attributes:
        name: a word for the address.
        topic: what it is about.
        text: the question.
        options: key → what one may answer.
        expected: the option that theory supports. The measurement decides; this stands beside it.
        explanation: why it is so, in two or three sentences.
        source: where to read more; empty if there is no need.
        experiment: from a seed, what is found; runs within seconds.
    """

    name: str
    topic: str
    text: str
    options: Mapping[str, str]
    expected: str
    explanation: str
    source: str
    experiment: Callable[[int], Finding]

    def to_json(self) -> dict[str, Any]:
        """What a visitor may see before answering."""
        options = [{"key": key, "text": text} for key, text in self.options.items()]
        return {"name": self.name, "topic": self.topic, "text": self.text, "options": options}


@dataclass(frozen=True)
class Judgement:
    """A visitor's answer beside what was measured.

    Attributes:
        question: the question.
        choice: what the visitor chose.
        finding: what the experiment found.
    """

    question: Question
    choice: str
    finding: Finding

    @property
    def right(self) -> bool:
        """Whether the measurement supports the choice."""
        return self.choice == self.finding.answer

    @property
    def usual(self) -> bool:
        """Whether the measurement supports what theory expects."""
        return self.finding.answer == self.question.expected

    def to_json(self) -> dict[str, Any]:
        """All that a visitor may see afterwards."""
        return {
            "name": self.question.name,
            "choice": self.choice,
            "right": self.right,
            "usual": self.usual,
            "answer": self.finding.answer,
            "answer_text": self.question.options[self.finding.answer],
            "said": self.finding.said,
            "figure": self.finding.figure.to_json(),
            "explanation": self.question.explanation,
            "source": self.question.source,
        }


def judge(question: Question, choice: str, seed: int = 0) -> Judgement:
    """Run the experiment of a question and hold a choice against it.

    Raises:
        ChoiceError: `choice` is none of the options.
    """
    check_choice("judge", "choice", choice, tuple(question.options))
    return Judgement(question, choice, question.experiment(seed))


def nearest(measured: float, options: Mapping[str, float]) -> str:
    """The option whose number lies nearest to the measured one.

    >>> nearest(0.48, {"all": 1.0, "half": 0.5})
    'half'
    """
    return min(options, key=lambda key: abs(options[key] - measured))


def scientific(value: float) -> str:
    """A small or large number as it is written by hand.

    >>> scientific(0.000123), scientific(0.25), scientific(0.0), scientific(1234.5)
    ('1.2·10⁻⁴', '0.25', '0', '1,234')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return significant(value)
    return in_powers(value)
