"""Sessions of a training, begun, stopped and compared."""

from pathlib import Path
from typing import Any

import torch

from elman.fields import TrainingFields
from elman.records import Record
from elman.runs import Description, Run
from elman.runs.weights import weights_of
from elman.training.checkpointing import Cadence

OFTEN = Cadence(first_s=0.0, every_s=0.0)


def options(**changes: Any) -> TrainingFields:
    return TrainingFields(**{"epochs": 3, "learning_rate": 0.02, **changes})


def begin(path: Path, fields: TrainingFields, **others: Any) -> Run:
    return Run.begin(path, Description.of("toy", fields), **others)


def without_times(history: list[Record]) -> list[Record]:
    """The records without what a clock said."""
    return [{k: v for k, v in record.items() if not k.endswith("_s")} for record in history]


def stopping_after(steps: int):
    """A `should_stop` that pauses the training after so many steps."""
    left = [steps]

    def should_stop() -> bool:
        left[0] -= 1
        return left[0] == 0

    return should_stop


def assert_same(job, other) -> None:
    for name, tensor in weights_of(job.module).items():
        assert torch.equal(tensor, weights_of(other.module)[name]), name
