"""Which verb belongs to which subject, and how many words agreement must span."""

from collections.abc import Sequence
from dataclasses import dataclass

from elman.data.datasets.elman_sentences.grammar import FORMS, NUMBERS, read_forms

__all__ = ["Link", "agreeing", "disagreeing", "links"]

_FORMS = {
    (name, number): words[0]
    for form, ((_, words),) in read_forms(FORMS).items()
    for name, number in [form.split(":")]
}
_VERBS = {name for name, number in _FORMS if number == "me"}
_FINITE = {
    number: frozenset(_FORMS[verb, number] for verb in _VERBS) for number in NUMBERS
}  # "one" -> is, has, gives, …
_ALL_FINITE = frozenset().union(*_FINITE.values())
_NUMBER_OF = {"I": "me", "you": "many", "John": "one", "Mary": "one"} | {
    word: number for (name, number), word in _FORMS.items() if name not in _VERBS
}
_WITHOUT_OBJECT = {_FORMS[verb, number] for verb in ("be", "sleep", "walk") for number in NUMBERS}


@dataclass(frozen=True)
class Link:
    """A verb and the subject it agrees with, as positions in a sentence, from 0.

    Attributes:
        subject: position of the noun, name or pronoun.
        verb: position of the verb.
        number: me, one or many.
    """

    subject: int
    verb: int
    number: str

    @property
    def distance(self) -> int:
        """How many words back the subject stands, seen from the verb."""
        return self.verb - self.subject


def agreeing(number: str) -> frozenset[str]:
    """Every verb form that a subject of this number (me, one or many) may take."""
    return _FINITE[number]


def disagreeing(number: str) -> frozenset[str]:
    """Every verb form that it may not take."""
    return _ALL_FINITE - _FINITE[number]


def links(words: Sequence[str]) -> list[Link]:
    """Find the subject of each verb in one sentence of the grammar.

    A noun that no verb or preposition is due to take is a subject and waits for its verb; the last
    to wait is served first. A verb right after ``that`` takes the noun before it. The verb of a
    subject inside a relative clause takes no object: the noun before the clause is its object.

    >>> for link in links("cats that the dog I love chases sleep .".split()):
    ...     print(link)
    Link(subject=4, verb=5, number='me')
    Link(subject=3, verb=6, number='one')
    Link(subject=0, verb=7, number='many')
    """
    found: list[Link] = []
    waiting: list[int] = []
    main = next((place for place, word in enumerate(words) if word in _NUMBER_OF), 0)
    object_due = False
    for place, word in enumerate(words):
        if word in _NUMBER_OF:
            if not object_due:
                waiting.append(place)
            object_due = False
        elif word in ("and", "to", "from"):
            object_due = True
        elif word == "will":
            waiting.pop()
        elif word in _ALL_FINITE and words[place - 1] == "will":
            object_due = word not in _WITHOUT_OBJECT
        elif word in _ALL_FINITE and words[place - 1] == "that":
            found.append(Link(place - 2, place, _NUMBER_OF[words[place - 2]]))
            object_due = word not in _WITHOUT_OBJECT
        elif word in _ALL_FINITE:
            subject = waiting.pop()
            found.append(Link(subject, place, _NUMBER_OF[words[subject]]))
            object_due = subject == main and word not in _WITHOUT_OBJECT
    return found
