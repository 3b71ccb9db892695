"""`elman train classification`: from labelled texts or series to a run folder."""

import shlex
from dataclasses import dataclass, field
from typing import Annotated

import tyro

from elman.choices import BALANCES, CELL_NAMES, POOLINGS, UNITS
from elman.cli.classification_narration import ClassificationNarrator
from elman.cli.training import TrainTask
from elman.tasks.classification.config import (
    ClassificationConfig,
    ClassifierFields,
    ExampleFields,
    LearningFields,
)

__all__ = ["TrainClassification"]


@dataclass(kw_only=True)
class Network(ClassifierFields):
    """The network."""

    cell: Annotated[str, tyro.conf.arg(metavar="|".join(CELL_NAMES))] = ClassifierFields.cell
    pooling: Annotated[str, tyro.conf.arg(metavar="|".join(POOLINGS))] = ClassifierFields.pooling
    pool_input: Annotated[
        bool,
        tyro.conf.arg(
            help="Judge the memory alone, without what is read at every step beside it.",
            help_behavior_hint="",
        ),
    ] = ClassifierFields.pool_input


@dataclass(kw_only=True)
class Examples(ExampleFields):
    """How examples are read."""

    unit: Annotated[str, tyro.conf.arg(metavar="|".join(UNITS))] = ExampleFields.unit


@dataclass(kw_only=True)
class Learning(LearningFields):
    """How the network is trained."""

    class_weights: Annotated[str, tyro.conf.arg(metavar="|".join(BALANCES))] = (
        LearningFields.class_weights
    )
    baselines: Annotated[
        bool,
        tyro.conf.arg(help="Fit no simpler classifiers to compare with.", help_behavior_hint=""),
    ] = LearningFields.baselines


@dataclass(kw_only=True)
class TrainClassification(TrainTask):
    """Train a classifier on examples; the same command again goes on with what was begun.

    DATA is texts with their classes (CSV, JSON lines, or fastText's lines of __label__NAME text) or
    series (.ts, .npz, or a table with a step a row, CSV or Parquet): a file, several, a folder, or
    the name of a data set (elman datasets lists them).
    """

    network: Network = field(default_factory=Network)
    examples: Examples = field(default_factory=Examples)
    learning: Learning = field(default_factory=Learning)

    def run(self) -> int:
        """Train, and show how it goes."""
        out = shlex.quote(str(self.folder("classification")))
        config = ClassificationConfig(**self.options(self.network, self.examples, self.learning))
        held_out = shlex.quote(self.validation or self.data[0])
        return self.fit("classification", config, ClassificationNarrator(config, out, held_out))
