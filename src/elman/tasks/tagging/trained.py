"""A fitted tagger with all that belongs to it: into a run folder, and back."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from elman.runs import Run
from elman.runs.names import BASELINE, CODEC, MODEL
from elman.runs.tensors import read_shapes
from elman.runs.weights import load_model, save_model
from elman.tasks.fitted import Fitted, open_run
from elman.tasks.tagging.baselines import Baselines
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.config import TaggingConfig
from elman.tasks.tagging.corpus import TASK
from elman.tasks.tagging.model import DEFAULT_WIDTH, TaggingModule

__all__ = ["Trained", "build"]


@dataclass
class Trained(Fitted):
    """What fitting leaves behind, beside what `Fitted` has.

    Attributes:
        codec: words, characters and tags ↔ numbers.
        module: the network, on its device, in evaluation mode.
        counted: the baselines, if they are at hand; see `baselines`.
    """

    config: TaggingConfig
    codec: TaggingCodec
    module: TaggingModule
    counted: Baselines | None = None

    @cached_property
    def baselines(self) -> Baselines:
        """The baselines, read from the run when first asked for.

        Raises:
            CheckpointError: the run's files are missing or damaged.
        """
        if self.counted is not None:
            return self.counted
        assert self.run is not None, "what is not at hand stands in a run"
        return Baselines.load(self.run.folder(BASELINE), self.config.crf_baseline)

    def save(self, run: Run) -> None:
        """Write codec, baselines and weights."""
        run.write_json(CODEC, self.codec.to_json())
        run.write_folder(BASELINE, self.baselines.save)
        save_model(run, self.module)

    @classmethod
    def load(cls, path: str | Path) -> "Trained":
        """Read a run folder, as `Fitted.load` says."""
        run, config = open_run(path, TASK, TaggingConfig)
        codec = TaggingCodec.from_json(str(run.path / CODEC), run.read_json(CODEC))
        width = _width(run)
        module = load_model(run, lambda: build(config, codec, width)).eval()
        return cls(config, codec, module, data=run.description.data, run=run)


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
