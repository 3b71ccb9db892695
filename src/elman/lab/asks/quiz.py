"""What the view Test yourself asks: the questions, and what an experiment says to an answer."""

from elman.lab.protocol import Body, Call, Handler
from elman.lab.quiz import QUESTIONS, judge

__all__ = ["ASKS"]

_QUESTIONS = {question.name: question for question in QUESTIONS}
_MOST_SEEDS = 2**20


def _questions(_: Call) -> Body:
    """All questions, in order, without what answers them."""
    return {"questions": [question.to_json() for question in QUESTIONS]}


def _answer(call: Call) -> Body:
    """Run the experiment of a question, and judge a choice by it."""
    question = _QUESTIONS[call.choice("name", _QUESTIONS)]
    choice = call.choice("choice", question.options)
    return judge(question, choice, call.whole("seed", 0, at_least=0, below=_MOST_SEEDS)).to_json()


ASKS: dict[str, Handler] = {"quiz.questions": _questions, "quiz.answer": _answer}
