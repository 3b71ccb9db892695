"""The tasks there are: where each one's estimator lives. Imports no torch."""

from dataclasses import dataclass

__all__ = ["TASKS", "Task"]


@dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        place: module:class of its estimator.
        said: what people call a model of it.
    """

    place: str
    said: str

    @property
    def estimator(self) -> str:
        """The name of the estimator's class."""
        return self.place.partition(":")[2]


TASKS: dict[str, Task] = {
    "language": Task("elman.tasks.language.estimator:LanguageModel", "a language model"),
    "tagging": Task("elman.tasks.tagging.estimator:Tagger", "a tagger"),
    "classification": Task("elman.tasks.classification.estimator:Classifier", "a classifier"),
}
"""By the name in ``elman train TASK``."""
