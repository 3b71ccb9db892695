"""What a tagger knows: tags, words and characters, each by number."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from elman.data.tagged import Sentence
from elman.errors import CheckpointError, DataError

__all__ = ["UNKNOWN_ID", "TaggingCodec"]

UNKNOWN_ID = 0
"""Of words and characters."""

_RARE_CHARACTER = 2  # in fewer words a character is unknown, so that the unknown one is learned


@dataclass(frozen=True)
class TaggingCodec:
    """Words, characters and tags ↔ numbers, chosen by the text that a tagger learns from.

    Attributes:
        tags: number → tag, the most frequent first.
        forms: every word of the training text as it was written, and how often it was seen.
        lowercase: whether words are looked up in lower case.
        min_count: words seen less often are unknown.
        vector_words: words that have a vector, in the order of these.
        written: format and column of the training text, whether its tags mark entities, and how
            many columns it has where spaces part them.

    >>> codec = TaggingCodec.fit([Sentence(("The", "cat", "the"), ("DET", "NOUN", "DET"))])
    >>> codec.tags, codec.words
    (('DET', 'NOUN'), ('the', 'cat'))
    >>> codec.word_id("THE"), codec.word_id("dog"), codec.is_known("THE")
    (1, 0, False)
    """

    tags: tuple[str, ...]
    forms: dict[str, int]
    lowercase: bool = True
    min_count: int = 1
    vector_words: tuple[str, ...] = ()
    written: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(cls, sentences: Iterable[Sentence], **others: Any) -> "TaggingCodec":
        """Choose tags and words of a text; `others` are attributes of this class.

        Raises:
            DataError: there is only one tag, so that nothing is to be learned.
        """
        tags, forms = Counter[str](), Counter[str]()
        first = last = Sentence((), ())
        for last in sentences:
            first = last if not tags else first
            tags.update(last.tags)
            forms.update(last.words)
        if len(tags) < 2:
            until = last.line + last.text.rstrip().count("\n")
            end = f"{until:,}" if last.path == first.path else f"{until:,} of `{last.path}`"
            raise DataError(
                f"data: `{first.path}` must hold at least two different tags in lines "
                f"{first.line:,} to {end}, which are learned from, got only "
                f"'{next(iter(tags), '')}' in {forms.total():,} words. Is it another column?"
            )
        in_order = tuple(tag for tag, _ in tags.most_common())
        return cls(tags=in_order, forms=dict(forms.most_common()), **others)

    @classmethod
    def from_json(cls, where: str, found: Any) -> "TaggingCodec":
        """The codec that `to_json` described.

        Args:
            where: the file, for messages.
            found: its content.

        Raises:
            CheckpointError: it describes no codec.
        """
        if isinstance(found, dict):
            found = {"vector_words": [], **found}  # which runs from before do not have
        kinds = {
            "tags": list,
            "forms": list,
            "counts": list,
            "lowercase": bool,
            "min_count": int,
            "vector_words": list,
            "written": dict,
        }
        for name, kind in kinds.items():
            if not isinstance(found, dict) or type(found.get(name)) is not kind:
                raise CheckpointError(f"{where}: `{name}` must be a {kind.__name__}.")
        for name, kind in (("tags", str), ("forms", str), ("counts", int), ("vector_words", str)):
            if not all(type(each) is kind for each in found[name]):
                raise CheckpointError(f"{where}: `{name}` must hold {kind.__name__} alone.")
        if len(found["forms"]) != len(found["counts"]) or len(set(found["tags"])) < 2:
            raise CheckpointError(f"{where}: `forms` must have a count each, and `tags` be two.")
        return cls(
            tags=tuple(found["tags"]),
            forms=dict(zip(found["forms"], found["counts"], strict=True)),
            lowercase=found["lowercase"],
            min_count=found["min_count"],
            vector_words=tuple(found["vector_words"]),
            written=found["written"],
        )

    def to_json(self) -> dict[str, Any]:
        """All that `from_json` needs, as plain values."""
        return {
            "tags": list(self.tags),
            "forms": list(self.forms),
            "counts": list(self.forms.values()),
            "lowercase": self.lowercase,
            "min_count": self.min_count,
            "vector_words": list(self.vector_words),
            "written": self.written,
        }

    @property
    def unit(self) -> str:
        """What a step is, in the singular."""
        return "word"

    @property
    def entities(self) -> bool:
        """Whether the tags mark entities."""
        return bool(self.written.get("entities"))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Every word that has a number of its own, as it is looked up, and how often it was seen.

        Words begin with number 1, in this order.
        """
        counts = Counter[str]()
        for form, count in self.forms.items():
            counts[self.looked_up(form)] += count
        return {word: count for word, count in counts.items() if count >= self.min_count}

    @property
    def words(self) -> tuple[str, ...]:
        """The words that have a number of their own."""
        return tuple(self.counts)

    @cached_property
    def characters(self) -> tuple[str, ...]:
        """The characters that have a number of their own, from 1 on."""
        found = Counter(c for form in self.forms for c in dict.fromkeys(form))  # in one order ever
        return tuple(c for c, count in found.most_common() if count >= _RARE_CHARACTER)

    def looked_up(self, word: str) -> str:
        """A word as the vocabulary has it."""
        return word.lower() if self.lowercase else word

    def is_known(self, word: str) -> bool:
        """Whether the training text has the word, written just so."""
        return word in self.forms

    def word_id(self, word: str) -> int:
        """The number of a word; 0 for an unknown one."""
        return self._word_ids.get(self.looked_up(word), UNKNOWN_ID)

    def vector_id(self, word: str) -> int:
        """The number of a word's vector, as it is written or in lower case; 0 for one without."""
        return self._vector_ids.get(word) or self._vector_ids.get(word.lower(), UNKNOWN_ID)

    def character_ids(self, word: str) -> list[int]:
        """The numbers of a word's characters; of a very long word's, those at both ends."""
        spelled = word if len(word) <= 2 * _END else word[:_END] + word[-_END:]
        return [self._character_ids.get(character, UNKNOWN_ID) for character in spelled]

    def tag_ids(self, tags: Sequence[str]) -> list[int]:
        """The numbers of tags; -1 for one that the training text does not have."""
        return [self._tag_ids.get(tag, -1) for tag in tags]

    @cached_property
    def _word_ids(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.counts, 1)}

    @cached_property
    def _vector_ids(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.vector_words, 1)}

    @cached_property
    def _character_ids(self) -> dict[str, int]:
        return {character: number for number, character in enumerate(self.characters, 1)}

    @cached_property
    def _tag_ids(self) -> dict[str, int]:
        return {tag: number for number, tag in enumerate(self.tags)}


_END = 24  # characters at either end of a word that are read
