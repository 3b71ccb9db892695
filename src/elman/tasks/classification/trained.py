"""A fitted classifier with all that belongs to it: into a run folder, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from elman.records import Record
from elman.runs import Run
from elman.runs.names import BASELINE, CODEC
from elman.runs.weights import load_model, save_model
from elman.tasks.classification.baselines import Baselines
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.classification.corpus import TASK
from elman.tasks.classification.model import ClassificationModule

__all__ = ["Trained", "build"]


@dataclass
class Trained:
    """What fitting leaves behind.

    Attributes:
        config: the options it was fitted with.
        codec: classes, and what the network reads.
        module: the network, on its device, in evaluation mode.
        simpler: the baselines, if they are at hand; see `baselines`.
        recorded: the records of training, if they are at hand; see `history`.
        path: the run folder; None for a model that lives in memory only.
        data: SHA-256 of what it was fitted on, by role.
        unread: the run to read from, when first asked for, what is not at hand; None for nothing.
    """

    config: ClassificationConfig
    codec: ClassCodec
    module: ClassificationModule
    simpler: Baselines | None = None
    recorded: list[Record] = field(default_factory=list)
    path: Path | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    unread: Run | None = None

    @cached_property
    def baselines(self) -> Baselines | None:
        """The baselines, read from the run when first asked for; None if none were wanted.

        Raises:
            CheckpointError: the run's files are missing or damaged.
        """
        if self.simpler is not None or self.unread is None or not self.config.baselines:
            return self.simpler
        return Baselines.load(self.unread.folder(BASELINE), of_text=self.codec.is_text)

    @cached_property
    def history(self) -> list[Record]:
        """The records of training.

        Raises:
            CheckpointError: the run's file is damaged.
        """
        return self.recorded if self.unread is None else self.unread.history()

    def save(self, run: Run) -> None:
        """Write all but the history and the scores into a run that is open for writing."""
        run.write_json(CODEC, self.codec.to_json())
        if self.baselines is not None:
            run.write_folder(BASELINE, self.baselines.save)
        save_model(run, self.module)

    @classmethod
    def load(cls, path: str | Path) -> "Trained":
        """Read a run folder: its network now, what else it holds when it is first asked for.

        Raises:
            CheckpointError: nothing is there, or it is damaged, hostile, of another task or of a
                later format, or its training has not saved a model yet.
        """
        run = Run.open(path, TASK)
        run.require_weights()
        config = run.description.config_as(ClassificationConfig, str(run.path))
        codec = ClassCodec.from_json(str(run.path / CODEC), run.read_json(CODEC))
        return cls(
            config=config,
            codec=codec,
            module=load_model(run, lambda: build(config, codec)).eval(),
            path=run.path,
            data=run.description.data,
            unread=run,
        )


def build(config: ClassificationConfig, codec: ClassCodec) -> ClassificationModule:
    """The network that `config` describes, with first weights, on the processor."""
    module = ClassificationModule(config, codec.size, len(codec.classes), of_text=codec.is_text)
    return module.double() if config.precision == "float64" else module
