"""The tasks whose models the lab can show, and what it asks of each alike."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elman.checks import suggest
from elman.contracts import Material
from elman.errors import CheckpointError
from elman.runs import Run
from elman.runs.names import SCORES
from elman.tasks.classification import inspecting as of_classifiers
from elman.tasks.classification.trained import Trained as Classifier
from elman.tasks.language import inspecting as of_language
from elman.tasks.language.trained import Trained as LanguageModel
from elman.tasks.registry import TASKS
from elman.tasks.tagging import inspecting as of_taggers
from elman.tasks.tagging.trained import Trained as Tagger

__all__ = ["load", "material", "perplexity_of", "said_of", "task_of"]


@dataclass(frozen=True)
class _Kind:
    """What a task brings.

    Attributes:
        trained: the class of its models.
        material: a model and data, or None for what it was validated on, for the instruments.
    """

    trained: type[Any]
    material: Callable[[Any, Any], Material]


_KINDS = {
    "language": _Kind(LanguageModel, of_language.material),
    "tagging": _Kind(Tagger, of_taggers.material),
    "classification": _Kind(Classifier, of_classifiers.material),
}


def load(path: Path) -> LanguageModel | Tagger | Classifier:
    """The model of a run.

    Raises:
        CheckpointError: nothing is there, or it is damaged, or of a task that the lab cannot show.
    """
    task = Run.open(path).description.task
    if task not in _KINDS:
        known = ", ".join(f"'{name}'" for name in _KINDS)
        raise CheckpointError(
            f"{path}: `task` must be one of {known}, got '{task:.60}'.{suggest(task, _KINDS)}"
        )
    trained: LanguageModel | Tagger | Classifier = _KINDS[task].trained.load(path)
    return trained


def material(trained: Any, data: Path | None) -> Material:
    """A model and what the instruments read: a file, or what the model was validated on.

    Raises:
        DataError: the file cannot be read, or what the model was validated on is not at hand.
    """
    return _KINDS[task_of(trained)].material(trained, data)


def perplexity_of(trained: Any) -> float | None:
    """The perplexity that a model's run was scored with; None where it has none."""
    try:
        scores = trained.run.read_json(SCORES)["scores"]
        return next((float(s["value"]) for s in scores if s["name"] == "perplexity"), None)
    except (CheckpointError, KeyError, TypeError, ValueError):  # not scored, or by other hands
        return None


def task_of(trained: Any) -> str:
    """The task of a model, or of the class of models."""
    kind = trained if isinstance(trained, type) else type(trained)
    return next(task for task, each in _KINDS.items() if kind is each.trained)


def said_of(trained: Any) -> str:
    """What people call a model, or models of a class: "a tagger"."""
    return TASKS[task_of(trained)].said
