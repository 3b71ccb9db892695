"""What gradients do in networks that learn, that die and that explode, and what watching costs.

    python benchmarks/gradient_warnings.py

The thresholds of `elman.training.gradients` stand between the two kinds. Every network is an
ordinary training; its gradient norms are read off step by step.
"""

import dataclasses
import math
import statistics
import time
from dataclasses import dataclass

import torch

import elman.training.loop as loop
from elman.errors import DivergenceError
from elman.records import Record
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.estimator import LanguageModel
from elman.training.clipping import ClipReport
from elman.training.gradients import FIRST_STEPS, GradientWatch
from elman.training.meter import Meter
from report import publish

STEPS = 400
SENTENCES, MANUAL = "elman-sentences", "python-manual"
SMALL = {
    "dropout": 0.0,
    "memory_dropout": 0.02,
    "tie_weights": False,
    "batch_size": 64,
    "truncation_steps": 25,
}
CHARACTERS = {"unit": "character", "truncation_steps": 100, "hidden_size": 128}
PLAIN_SGD = {"optimizer": "sgd", "clip_norm": 0.0, "cell": "elman", **CHARACTERS}
LEARNING = {
    "elman, sentences": (
        SENTENCES,
        {**SMALL, "cell": "elman", "hidden_size": 100, "learning_rate": 0.01},
    ),
    "lstm, sentences": (SENTENCES, {**SMALL, "hidden_size": 80, "learning_rate": 0.012}),
    "lstm, manual": (MANUAL, {"hidden_size": 128}),
    "gru, manual by character": (MANUAL, {"cell": "gru", **CHARACTERS}),
    "elman, manual by character": (MANUAL, {"cell": "elman", **CHARACTERS}),
    "two lstm, sgd, manual": (
        MANUAL,
        {"layers": 2, "hidden_size": 96, "optimizer": "sgd", "learning_rate": 1.0, "clip_norm": 5},
    ),
}
FAILING = {
    "ten elman, sentences": (
        SENTENCES,
        {**SMALL, "cell": "elman", "layers": 10, "hidden_size": 32},
    ),
    "three elman, manual": (MANUAL, {"cell": "elman", "layers": 3, "hidden_size": 96}),
    "elman, sgd 5, not clipped": (MANUAL, {**PLAIN_SGD, "learning_rate": 5.0}),
}


@dataclass
class Course:
    """A training, as its gradients saw it.

    Attributes:
        clips: what clipping met, by step.
        losses: by step.
        spent_s: seconds of each step.
        warnings: what was warned of.
    """

    clips: list[ClipReport] = dataclasses.field(default_factory=list)
    losses: list[float] = dataclasses.field(default_factory=list)
    spent_s: list[float] = dataclasses.field(default_factory=list)
    warnings: list[Record] = dataclasses.field(default_factory=list)


class Enough(Exception):
    """As many steps as wanted are done."""


def follow(data: str, options: dict) -> Course:
    """Train for `STEPS` steps and note every one of them."""
    course, add = Course(), Meter.add

    def noted(meter: Meter, loss: float, items: int, clip: ClipReport, spent_s: float) -> None:
        add(meter, loss, items, clip, spent_s)
        if len(course.clips) < meter.steps and meter.steps > 0:
            course.clips.append(clip)
            course.losses.append(loss)
            course.spent_s.append(spent_s)

    def observe(record: Record) -> None:
        if record["event"] == "warning":
            course.warnings.append(record)
        if len(course.clips) >= STEPS:
            raise Enough

    config = LanguageConfig(threads=1, ngram_order=0, **options)
    Meter.add = noted
    loop.logger.disabled = True
    try:
        LanguageModel(**dataclasses.asdict(config)).fit(data, observer=observe)
    except (Enough, DivergenceError):
        pass
    finally:
        Meter.add = add
        loop.logger.disabled = False
    return course
