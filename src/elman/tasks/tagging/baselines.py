"""What a tagger must beat: taggers that count, and a CRF on features of words."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from elman.baselines.crf import CRF
from elman.baselines.most_frequent_tag import MostFrequentTag
from elman.baselines.trigram_hmm import TrigramHMM
from elman.data.tagged import Sentence

__all__ = ["Baselines"]


class _Tagger(Protocol):
    """A tagger without a network."""

    @property
    def name(self) -> str:
        """What it is called beside its figures."""
        ...

    def tag(self, words: Sequence[str]) -> tuple[str, ...]:
        """A tag for each word of a sentence."""
        ...

    def save(self, folder: Path) -> None:
        """Write it into a folder."""
        ...


@dataclass(frozen=True)
class Baselines:
    """The taggers that stand beside the network, all of them fitted on the same text.

    Attributes:
        taggers: in the order in which they are told of.
    """

    taggers: tuple[_Tagger, ...]

    @classmethod
    def fit(cls, sentences: Sequence[Sentence], crf: bool) -> "Baselines":
        """Fit tagged sentences.

        Args:
            sentences: the text.
            crf: whether the CRF shall be among them.

        Raises:
            ConfigError: the CRF's package is not installed.
        """
        return cls(tuple(kind.fit(sentences) for kind in _kinds(crf)))

    @classmethod
    def load(cls, folder: Path, crf: bool) -> "Baselines":
        """The taggers that `save` wrote.

        Args:
            folder: where.
            crf: whether the CRF was among them.

        Raises:
            CheckpointError: a file is missing or damaged.
            ConfigError: the CRF's package is not installed.
        """
        return cls(tuple(kind.load(folder) for kind in _kinds(crf)))

    def save(self, folder: Path) -> None:
        """Write all of them into a folder.

        Raises:
            CheckpointError: a file cannot be written.
        """
        for tagger in self.taggers:
            tagger.save(folder)

    def tag(self, sentences: Sequence[Sequence[str]]) -> dict[str, list[tuple[str, ...]]]:
        """By name, the tags that each of them chooses for the words of every sentence."""
        return {tagger.name: [tagger.tag(words) for words in sentences] for tagger in self.taggers}


def _kinds(crf: bool) -> tuple[type[MostFrequentTag | TrigramHMM | CRF], ...]:
    """Which taggers are fitted."""
    return (MostFrequentTag, TrigramHMM, CRF) if crf else (MostFrequentTag, TrigramHMM)
