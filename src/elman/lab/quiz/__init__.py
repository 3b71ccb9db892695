"""Test yourself: questions that experiments answer on the spot."""

from elman.lab.quiz import (
    afterwards,
    clipping,
    gates,
    memory,
    recurrence,
    sharing,
    unfolding,
    vanishing,
)
from elman.lab.quiz.question import Finding, Judgement, Question, judge

__all__ = ["QUESTIONS", "Finding", "Judgement", "Question", "judge"]

QUESTIONS: tuple[Question, ...] = (
    recurrence.MEMORY_OFF,
    recurrence.ORDER,
    unfolding.SAME_NETWORK,
    unfolding.SUM_OF_COPIES,
    sharing.LONGER,
    sharing.ANYWHERE,
    vanishing.NINE_TENTHS,
    vanishing.SQUASHED,
    clipping.DIRECTION,
    clipping.RESCUE,
    clipping.TOO_FAR,
    memory.LAST_FEW,
    memory.CAPACITY,
    gates.HUNDRED_STEPS,
    gates.OPEN_GATE,
    afterwards.FIRST_TO_LEARN,
    afterwards.PRICE,
)
"""In the order in which they are asked."""
