"""The tag that each word had most often: what a tagger without any context can do."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from elman.baselines.array_file import pack_texts, read_arrays, unpack_texts, write_arrays
from elman.data.tagged import Sentence
from elman.errors import DataError

__all__ = ["MostFrequentTag"]

_FILE_NAME = "most_frequent_tag.safetensors"
_KIND = "most frequent tag"


@dataclass(frozen=True)
class MostFrequentTag:
    """Each word gets the tag it had most often, an unknown word the most frequent tag of all.

    Of tags that are as frequent the first in alphabetical order is taken.

    Attributes:
        tags: word → tag.
        other: the tag of all other words.

    >>> model = MostFrequentTag.fit([Sentence(("I", "love", "love"), ("PRON", "VERB", "NOUN"))])
    >>> model.tag(["love", "cats"])
    ('NOUN', 'NOUN')
    """

    tags: dict[str, str]
    other: str
    name = "most frequent tag"

    @classmethod
    def fit(cls, sentences: Iterable[Sentence]) -> "MostFrequentTag":
        """Count tagged sentences.

        Raises:
            DataError: there are none.
        """
        counts = defaultdict[str, Counter[str]](Counter)
        overall = Counter[str]()
        for sentence in sentences:
            overall.update(sentence.tags)
            for word, tag in zip(sentence.words, sentence.tags, strict=True):
                counts[word][tag] += 1
        if not overall:
            raise DataError("MostFrequentTag.fit: `sentences` must hold a tagged word, got none.")
        return cls({word: _first(tags) for word, tags in counts.items()}, _first(overall))

    def tag(self, words: Sequence[str]) -> tuple[str, ...]:
        """A tag for each word."""
        return tuple(self.tags.get(word, self.other) for word in words)

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, in place of an older one there.

        Raises:
            CheckpointError: the file cannot be written.
        """
        names = sorted({*self.tags.values(), self.other})
        numbers = {name: number for number, name in enumerate(names)}
        arrays = {
            "words": pack_texts(self.tags),
            "tags": pack_texts(names),
            "chosen": np.array([numbers[tag] for tag in self.tags.values()], np.int32),
        }
        write_arrays(folder / _FILE_NAME, arrays, kind=_KIND, other=self.other)

    @classmethod
    def load(cls, folder: Path) -> "MostFrequentTag":
        """The model that `save` wrote.

        Raises:
            CheckpointError: the file is missing, damaged, or not such a model.
        """
        arrays, facts = read_arrays(folder / _FILE_NAME, _KIND)
        names = unpack_texts(arrays["tags"])
        chosen = (names[number] for number in arrays["chosen"].tolist())
        return cls(dict(zip(unpack_texts(arrays["words"]), chosen, strict=True)), facts["other"])


def _first(counts: Counter[str]) -> str:
    """The most frequent, by name where several are."""
    return min(counts, key=lambda tag: (-counts[tag], tag))
