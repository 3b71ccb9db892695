"""Answers as records, for `elman predict`."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from elman.records import Record
from elman.tasks.classification.corpus import Example
from elman.tasks.classification.examples import Examples
from elman.tasks.classification.reading import (
    log_probabilities,
    prediction,
    step_log_probabilities,
)
from elman.tasks.classification.trained import Trained

__all__ = ["answers"]


def answers(
    trained: Trained, examples: Sequence[Example], *, probabilities: bool, every_step: bool
) -> Iterator[Record]:
    """The class of each example, by name or number, or of each of its steps, in their order.

    Args:
        trained: the model.
        examples: texts or series.
        probabilities: list those of all classes, too.
        every_step: answer after every step.

    Raises:
        ConfigError: `every_step` is asked of a model that reads in both directions.
    """
    read = Examples(trained.codec, examples)
    called = [each.name or number for number, each in enumerate(examples, 1)]
    if every_step:
        steps = dict(step_log_probabilities(trained.module, read))
        for number, name in enumerate(called):
            for step, row in enumerate(steps[number], 1):
                found = _record(trained, row, probabilities)
                yield {"example": name, "step": step, **found}
        return
    for name, row in zip(called, log_probabilities(trained.module, read), strict=True):
        yield {"example": name, **_record(trained, row, probabilities)}


def _record(trained: Trained, logs: NDArray[np.float64], probabilities: bool) -> Record:
    found = prediction(trained.codec.classes, logs)
    record: Record = {"class": found.label, "probability": found.probability}
    return {**record, "probabilities": found.probabilities} if probabilities else record
