"""The classifiers that a network must beat: a bag of words; a neighbour and summaries of series."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elman.baselines.bag_of_words import BagOfWords
from elman.baselines.nearest_neighbour import NearestNeighbour
from elman.baselines.summary_statistics import SummaryStatistics
from elman.tasks.classification.corpus import Example

__all__ = ["Baselines"]

OF_TEXT: tuple[Any, ...] = (BagOfWords,)
OF_SERIES: tuple[Any, ...] = (NearestNeighbour, SummaryStatistics)


@dataclass(frozen=True)
class Baselines:
    """Classifiers without a memory, each fitted on the same examples.

    Attributes:
        models: all of them.
    """

    models: tuple[Any, ...]

    @classmethod
    def fit(cls, examples: Sequence[Example]) -> "Baselines":
        """Those that suit texts, or those that suit series."""
        kinds = OF_TEXT if isinstance(examples[0].content, str) else OF_SERIES
        return cls(tuple(kind.fit(examples) for kind in kinds))

    def predict(self, examples: Sequence[Example]) -> dict[str, list[str]]:
        """The class that each takes each example for, by its name."""
        contents = [example.content for example in examples]
        return {model.name: model.predict(contents) for model in self.models}

    def save(self, folder: Path) -> None:
        """Write all into a folder."""
        for model in self.models:
            model.save(folder)

    @classmethod
    def load(cls, folder: Path, *, of_text: bool) -> "Baselines":
        """The baselines of a folder.

        Raises:
            CheckpointError: a file is missing or damaged.
        """
        return cls(tuple(kind.load(folder) for kind in (OF_TEXT if of_text else OF_SERIES)))
