"""Entities marked by tags: B-PER begins one, I-PER goes on, O is outside (IOB2)."""

import re
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Entity", "are_entities", "entities", "iob2"]

OUTSIDE = "O"
_MARK = re.compile(r"([BIESLU])-(.+)")
_BEGINS, _GOES_ON = "BSU", "IEL"


class Entity(NamedTuple):
    """A stretch of words of one kind.

    Attributes:
        start: its first word, from 0.
        stop: the word after its last.
        kind: such as 'PER'.
    """

    start: int
    stop: int
    kind: str


def are_entities(tags: Sequence[str]) -> bool:
    """Whether tags mark entities: most of those that are not O are such as B-PER.

    >>> are_entities(["O", "I-LOC", "O"]), are_entities(["PRON", "VERB"]), are_entities(["O"])
    (True, False, False)
    """
    marks = [tag for tag in tags if tag != OUTSIDE]  # a wrong one among many is told later
    return 2 * sum(_MARK.fullmatch(mark) is not None for mark in marks) > len(marks)


def iob2(tags: Sequence[str]) -> tuple[str, ...]:
    """The same entities in IOB2, from IOB1 (I-PER may begin one), IOB2, BIOES or BILOU.

    Raises:
        ValueError: a tag is of none of these; its argument is the word's index.

    >>> iob2(["I-PER", "I-PER", "O", "I-LOC", "B-LOC"])
    ('B-PER', 'I-PER', 'O', 'B-LOC', 'B-LOC')
    >>> iob2(["S-PER", "B-LOC", "E-LOC"])
    ('B-PER', 'B-LOC', 'I-LOC')
    """
    found, inside = list[str](), ""
    for index, tag in enumerate(tags):
        if tag == OUTSIDE:
            inside = ""
            found.append(tag)
            continue
        match = _MARK.fullmatch(tag)
        if match is None:
            raise ValueError(index)
        mark, kind = match.groups()
        goes_on = mark in _GOES_ON and kind == inside
        found.append(f"{'I' if goes_on else 'B'}-{kind}")
        inside = "" if mark in "ESLU" else kind
    return tuple(found)


def entities(tags: Sequence[str]) -> list[Entity]:
    """The entities that tags mark, in order; an I after nothing of its kind begins one.

    >>> entities(["B-PER", "I-PER", "O", "B-LOC"])
    [Entity(start=0, stop=2, kind='PER'), Entity(start=3, stop=4, kind='LOC')]
    """
    found = list[Entity]()
    for index, tag in enumerate(iob2(tags)):
        if tag == OUTSIDE:
            continue
        mark, kind = tag.split("-", 1)
        start = found.pop().start if mark == "I" else index
        found.append(Entity(start, index + 1, kind))
    return found
