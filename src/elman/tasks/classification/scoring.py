"""What a classifier is worth on examples, beside simpler ones."""

from collections.abc import Mapping, Sequence

import numpy as np

from elman.inspect.results import Result
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.committee import Judge
from elman.tasks.classification.corpus import TASK, Example
from elman.tasks.classification.examples import Examples
from elman.tasks.classification.judging import (
    calibration_error,
    confusion_of,
    early_accuracy_of,
    macro_f1,
)
from elman.tasks.classification.reading import log_probabilities, step_log_probabilities
from elman.tasks.scores import Score, Scores, percentages
from elman.wording import counted, spanned

__all__ = ["score"]


def score(
    module: Judge,
    codec: ClassCodec,
    baselines: Mapping[str, Sequence[str]],
    examples: Sequence[Example],
    *,
    memory: str = "on",
) -> Scores:
    """Accuracy, F1 and calibration error of a network on examples, and the baselines' beside them.

    Args:
        module: the network.
        codec: what its numbers mean.
        baselines: the classes that baselines take the same examples for, by name.
        examples: with their classes.
        memory: "on", or "off" to wipe the network's state before each step.

    Raises:
        DataError: an example is nothing that the model can read.
    """
    read = Examples(codec, examples)
    logs = log_probabilities(module, read, memory=memory)
    confusion = confusion_of(codec.classes, read.classes, logs.argmax(1))
    labels = [example.label for example in examples]
    beside = {name: _figures(labels, said) for name, said in baselines.items()}
    found = _figures(labels, [codec.classes[number] for number in logs.argmax(1)])
    error = 100 * calibration_error(logs, read.classes)
    calibration = Score(name="calibration error", value=error, unit="%", better="lower")
    scores = (*percentages(found, beside), calibration)
    details: list[Result] = [confusion]
    if memory == "on" and module.answers_early:
        details.append(early_accuracy_of(step_log_probabilities(module, read), read.classes))
    protocol, warning = _protocol(read, codec, memory), _warning(read, examples)
    return Scores(TASK, scores, protocol, warning, tuple(details))


def _figures(labels: Sequence[str], said: Sequence[str]) -> dict[str, float]:
    """The figures by name, the most telling first, in percent."""
    right = [label == guess for label, guess in zip(labels, said, strict=True)]
    return {"accuracy": 100 * float(np.mean(right)), "macro F1": 100 * macro_f1(labels, said)}


def _protocol(read: Examples, codec: ClassCodec, memory: str) -> str:
    """How the figures were taken, in words."""
    wiped = "" if memory == "on" else f"; state wiped before each {codec.unit}"
    return (
        f"{counted(len(read), 'example')} of {len(codec.classes)} classes, "
        f"{spanned(int(read.lengths.min()), int(read.lengths.max()), codec.unit)} long{wiped}"
    )


def _warning(read: Examples, examples: Sequence[Example]) -> str:
    """What to bear in mind where classes stand that the model cannot choose."""
    foreign = np.flatnonzero(read.classes < 0)
    if not len(foreign):
        return ""
    first = examples[foreign[0]]
    return (
        f"{counted(len(foreign), 'example')} of {len(read):,} with a class that the training data "
        f"does not have, first '{first.label:.40}' in {first.origin}: counted as wrong."
    )
