"""A fitted classifier with all that belongs to it: into a run folder, and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from elman.runs import Run
from elman.runs.names import BASELINE, CODEC
from elman.runs.weights import load_model, save_model
from elman.tasks.classification.baselines import Baselines
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.committee import Committee, Judge
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.classification.corpus import TASK, Example, read_all
from elman.tasks.classification.model import ClassificationModule
from elman.tasks.fitted import Fitted, open_run

__all__ = ["Trained", "build"]


@dataclass
class Trained(Fitted):
    """What fitting leaves behind, beside what `Fitted` has.

    Attributes:
        codec: classes, and what the network reads.
        module: the network, on its device, in evaluation mode.
        simpler: the baselines, if they are at hand; see `baselines`.
    """

    config: ClassificationConfig
    codec: ClassCodec
    module: Judge
    simpler: Baselines | None = None

    @cached_property
    def baselines(self) -> Baselines | None:
        """The baselines, read from the run when first asked for; None if none were wanted.

        Raises:
            CheckpointError: the run's files are missing or damaged.
        """
        if self.simpler is not None or self.run is None or not self.config.baselines:
            return self.simpler
        return Baselines.load(self.run.folder(BASELINE), of_text=self.codec.is_text)

    def read(self, paths: Sequence[Path], *, labelled: bool = True) -> list[Example]:
        """The examples of some files, of the kind and with the channels that the network reads.

        Args:
            paths: the files.
            labelled: whether each example must have a label.

        Raises:
            DataError: as of `corpus.read_all`.
        """
        kind = "text" if self.codec.is_text else "series"
        order = self.codec.channel_names
        return read_all(paths, self.config, labelled=labelled, kind=kind, order=order)

    def save(self, run: Run) -> None:
        """Write codec, baselines and weights."""
        run.write_json(CODEC, self.codec.to_json())
        if self.baselines is not None:
            run.write_folder(BASELINE, self.baselines.save)
        save_model(run, self.module)

    @classmethod
    def load(cls, path: str | Path) -> "Trained":
        """Read a run folder, as `Fitted.load` says."""
        run, config = open_run(path, TASK, ClassificationConfig)
        codec = ClassCodec.from_json(str(run.path / CODEC), run.read_json(CODEC))
        module = load_model(run, lambda: build(config, codec)).eval()
        return cls(config, codec, module, data=run.description.data, run=run)


def build(config: ClassificationConfig, codec: ClassCodec) -> Judge:
    """The network that `config` describes, or several, with first weights, on the processor."""
    members = [
        ClassificationModule(config, codec.size, len(codec.classes), of_text=codec.is_text)
        for _ in range(config.members)
    ]
    module = members[0] if len(members) == 1 else Committee(members)
    return module.double() if config.precision == "float64" else module
