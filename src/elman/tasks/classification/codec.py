"""What a classifier's numbers mean: its classes, and how it reads a text or a series."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.data import codecs
from elman.data.codecs import CharacterCodec, Codec, SubwordCodec, WordCodec
from elman.data.codecs.scaling import Scaling
from elman.data.codecs.vocabulary import TooRareError
from elman.data.labelled import Labelled, classes_of
from elman.errors import CheckpointError, DataError
from elman.tasks.classification.config import ExampleFields
from elman.wording import counted

__all__ = ["ClassCodec"]


@dataclass(frozen=True, eq=False)
class ClassCodec:
    """Classes ↔ numbers, and texts or series → what a network reads.

    Attributes:
        classes: by number.
        counts: how many examples of each there were to learn from.
        reader: text ↔ ids, or the scaling of series.
        channel_names: what the training data call the channels of series; () if nothing.

    >>> cats = Labelled("I love cats", "joy", ""), Labelled("Oh no", "woe", "")
    >>> codec = ClassCodec.fit(cats, ExampleFields(), "cats.csv")
    >>> codec.classes, codec.encode(cats[0]).tolist()
    (('joy', 'woe'), [2, 5, 4])
    """

    classes: tuple[str, ...]
    counts: tuple[int, ...]
    reader: Codec | Scaling
    channel_names: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls, examples: Sequence[Labelled[Any]], fields: ExampleFields, where: str
    ) -> "ClassCodec":
        """Choose classes, and a vocabulary or a scaling.

        Args:
            examples: texts or series, with their classes.
            fields: how texts are cut.
            where: what messages call their origin.

        Raises:
            DataError: there are fewer than two classes, no word is frequent enough, or a channel is
                missing everywhere.
        """
        classes = classes_of((each.label for each in examples), where)
        counts = Counter(each.label for each in examples)
        of_text = isinstance(examples[0].content, str)
        reader = _text_codec(examples, fields, where) if of_text else _scaling(examples, where)
        numbers = tuple(counts[name] for name in classes)
        return cls(tuple(classes), numbers, reader, examples[0].channels)

    @property
    def is_text(self) -> bool:
        """Whether it reads texts, not series."""
        return not isinstance(self.reader, Scaling)

    @property
    def unit(self) -> str:
        """What a step is, in the singular."""
        return "sample" if isinstance(self.reader, Scaling) else self.reader.unit

    @property
    def size(self) -> int:
        """V, the size of the vocabulary, or I, the numbers of a step."""
        return self.reader.size

    @property
    def channels(self) -> int:
        """C, the values of a series' step; 0 of texts."""
        return self.reader.channels if isinstance(self.reader, Scaling) else 0

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Class → number."""
        return {name: number for number, name in enumerate(self.classes)}

    def encode(self, example: Labelled[Any]) -> NDArray[Any]:
        """The ids of a text, (T,) int64, or the scaled values of a series, (T, I) float32.

        Raises:
            DataError: a text holds nothing to read, or a series has other channels.
        """
        if isinstance(self.reader, Scaling):
            if example.content.shape[1] != self.channels:
                raise DataError(
                    f"data: {example.origin} must have {counted(self.channels, 'channel')}, as the "
                    f"model was trained on, got {example.content.shape[1]}."
                )
            return self.reader.encode(example.content)
        ids = [n for line in example.content.split("\n") for n in self.reader.encode(line)]
        if not ids:
            raise DataError(
                f"data: {example.origin} must have a {self.unit}, got {example.content!r:.40}."
            )
        return np.array(ids, np.int64)

    def number(self, label: str) -> int:
        """The number of a class; -1 for one that it does not know."""
        return self.numbers.get(label, -1)

    def to_json(self) -> dict[str, Any]:
        """All that `from_json` needs, as plain values."""
        return {
            "kind": "text" if self.is_text else "series",
            "classes": list(self.classes),
            "counts": list(self.counts),
            "reader": self.reader.to_json(),
            "channel_names": list(self.channel_names),
        }

    @classmethod
    def from_json(cls, where: str, content: Any) -> "ClassCodec":
        """The codec that `to_json` described.

        Args:
            where: the file, for messages.
            content: its content.

        Raises:
            CheckpointError: it describes none.
        """
        if not _is_sound(content):
            raise CheckpointError(
                f"{where}: it must hold `kind`, `classes`, `counts` and `reader` of a classifier, "
                "got something else."
            )
        kind = codecs.from_json if content["kind"] == "text" else Scaling.from_json
        reader, channels = kind(content["reader"]), tuple(content.get("channel_names", ()))
        return cls(tuple(content["classes"]), tuple(content["counts"]), reader, channels)


def _text_codec(examples: Sequence[Labelled[str]], fields: ExampleFields, where: str) -> Codec:
    try:
        return _fit_text(examples, fields)
    except TooRareError as error:
        raise error.of(f"`{where}`", fields.unit) from None


def _fit_text(examples: Sequence[Labelled[str]], fields: ExampleFields) -> Codec:
    """As `_text_codec`, whose errors name the text."""
    texts = (each.content for each in examples)
    limits = {"min_count": fields.min_count, "size": fields.vocabulary_size}
    if fields.unit == "character":
        return CharacterCodec.fit(texts, **limits)
    if fields.unit == "subword":
        return SubwordCodec.fit(texts, **limits)
    return WordCodec.fit(texts, word_split=fields.word_split, **limits)


def _scaling(examples: Sequence[Labelled[Any]], where: str) -> Scaling:
    try:
        return Scaling.fit(each.content for each in examples)
    except DataError as error:
        raise DataError(str(error).replace("Scaling.fit", f"data: `{where}`", 1)) from None


def _is_sound(content: Any) -> bool:
    """Whether a file's content has the parts of a codec, of the right kinds."""
    if not isinstance(content, dict) or content.get("kind") not in ("text", "series"):
        return False
    classes, counts = content.get("classes"), content.get("counts")
    channels = content.get("channel_names", [])  # which runs from before do not have
    return (
        isinstance(classes, list)
        and isinstance(counts, list)
        and len(classes) == len(counts) == len(set(map(str, classes))) >= 2
        and all(isinstance(name, str) and name for name in classes)
        and all(type(count) is int and count > 0 for count in counts)
        and isinstance(channels, list)
        and all(isinstance(name, str) for name in channels)
        and "reader" in content
    )
