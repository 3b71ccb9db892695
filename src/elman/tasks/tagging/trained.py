"""A fitted tagger with all that belongs to it: into a run folder, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from elman.records import Record
from elman.runs import Run
from elman.runs.names import BASELINE, CODEC, MODEL
from elman.runs.tensors import read_shapes
from elman.runs.weights import load_model, save_model
from elman.tasks.tagging.baselines import Baselines
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.config import TaggingConfig
from elman.tasks.tagging.model import DEFAULT_WIDTH, TaggingModule

__all__ = ["TASK", "Trained", "build"]

TASK = "tagging"


@dataclass
class Trained:
    """What fitting leaves behind.

    Attributes:
        config: the options it was fitted with.
        codec: words, characters and tags ↔ numbers.
        module: the network, on its device, in evaluation mode.
        counted: the baselines, if they are at hand; see `baselines`.
        recorded: the records of training, if they are at hand; see `history`.
        path: the run folder; None for a model that lives in memory only.
        data: SHA-256 of the texts it was fitted on, by role.
        unread: the run to read from, when first asked for, what is not at hand; None for nothing.
    """

    config: TaggingConfig
    codec: TaggingCodec
    module: TaggingModule
    counted: Baselines | None = None
    recorded: list[Record] = field(default_factory=list)
    path: Path | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    unread: Run | None = None

    @cached_property
    def baselines(self) -> Baselines:
        """The baselines, read from the run when first asked for.

        Raises:
            CheckpointError: the run's files are missing or damaged.
        """
        if self.counted is not None:
            return self.counted
        assert self.path is not None, "what is not at hand stands in a run"
        return Baselines.load(Run.open(self.path, TASK).folder(BASELINE), self.config.crf_baseline)

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
        config = run.description.config_as(TaggingConfig, str(run.path))
        codec = TaggingCodec.from_json(str(run.path / CODEC), run.read_json(CODEC))
        width = _width(run)
        module = load_model(run, lambda: build(config, codec, width)).eval()
        return cls(
            config=config,
            codec=codec,
            module=module,
            path=run.path,
            data=run.description.data,
            unread=run,
        )


def build(config: TaggingConfig, codec: TaggingCodec, width: int = 0) -> TaggingModule:
    """The network that `config` describes, with first weights, on the processor.

    Args:
        config: the options.
        codec: words, characters and tags.
        width: of the words' embedding, where vectors decide it; 0 for what `config` says.
    """
    module = TaggingModule(config, codec, width or config.embedding_size or DEFAULT_WIDTH)
    return module.double() if config.precision == "float64" else module


def _width(run: Run) -> int:
    """The width of the words' embedding in a run's weights; 0 if they do not say."""
    shape = read_shapes(run.path, MODEL).get("embedding.weight", ())
    return shape[1] if len(shape) == 2 else 0
