"""What tags are worth beside those that are right: words, unknown words, entities."""

from collections.abc import Sequence
from dataclasses import dataclass

from elman.data.tagged import Entity, Sentence, entities
from elman.data.tagged.entities import are_entities
from elman.tasks.tagging.codec import TaggingCodec

__all__ = ["Counts", "count"]


@dataclass(frozen=True)
class Counts:
    """What was found right.

    Attributes:
        words: all of them.
        right: those tagged right.
        unknown: those that the training text does not have, written just so.
        unknown_right: those of them tagged right.
        foreign: those whose right tag the training text does not have.
        entities: in the text.
        marked: entities that were found.
        exact: entities found exactly: beginning, end and kind.
    """

    words: int
    right: int
    unknown: int
    unknown_right: int
    foreign: int
    entities: int
    marked: int
    exact: int

    @property
    def accuracy(self) -> float:
        """Percent of the words tagged right."""
        return 100 * self.right / self.words

    @property
    def unknown_accuracy(self) -> float | None:
        """Percent of the unknown words tagged right; None if there is none."""
        return 100 * self.unknown_right / self.unknown if self.unknown else None

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall of entities, in percent; 0 if none is exact."""
        return 200 * self.exact / max(1, self.entities + self.marked)

    def wrong(self, of_entities: bool) -> float:
        """What is left to 100 percent of accuracy, or of F1."""
        return 100 - (self.f1 if of_entities else self.accuracy)


def count(
    sentences: Sequence[Sentence], found: Sequence[Sequence[str]], codec: TaggingCodec
) -> Counts:
    """Compare tags with those that are right.

    Entities count as CoNLL's script has it: one is right if beginning, end and kind are, and an I
    after nothing of its kind begins one.

    Args:
        sentences: the words and the right tags.
        found: the tags to judge.
        codec: knows which words and tags are known, and whether tags mark entities.
    """
    words = right = unknown = unknown_right = foreign = there = marked = exact = 0
    known_tags = set(codec.tags)
    for sentence, tags in zip(sentences, found, strict=True):
        hits = [a == b for a, b in zip(sentence.tags, tags, strict=True)]
        strange = [not codec.is_known(word) for word in sentence.words]
        words, right = words + len(hits), right + sum(hits)
        unknown += sum(strange)
        unknown_right += sum(a and b for a, b in zip(hits, strange, strict=True))
        foreign += sum(tag not in known_tags for tag in sentence.tags)
        if codec.entities:
            truth, guess = _spans(sentence.tags), _spans(tags)
            there, marked, exact = (
                there + len(truth),
                marked + len(guess),
                exact + len(truth & guess),
            )
    return Counts(words, right, unknown, unknown_right, foreign, there, marked, exact)


def _spans(tags: Sequence[str]) -> set[Entity]:
    """The entities that tags mark; a tag of another kind is outside."""
    return set(entities([tag if are_entities([tag]) else "O" for tag in tags]))
