"""A fitted tagger with all that belongs to it: into a run folder, and back."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from elman.errors import CheckpointError
from elman.runs import Run
from elman.runs.names import BASELINE, CODEC, VECTORS
from elman.runs.weights import check_numbers, load_model, save_model
from elman.tasks.fitted import Fitted, open_run
from elman.tasks.tagging.baselines import Baselines
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.config import TaggingConfig
from elman.tasks.tagging.corpus import TASK
from elman.tasks.tagging.model import TaggingModule

__all__ = ["Trained", "build", "keep_vectors"]


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
        """Write codec, vectors, baselines and weights."""
        run.write_json(CODEC, self.codec.to_json())
        if self.codec.vector_words:
            keep_vectors(run, self.module.vectors.float())
        run.write_folder(BASELINE, self.baselines.save)
        save_model(run, self.module)

    @classmethod
    def load(cls, path: str | Path) -> "Trained":
        """Read a run folder, as `Fitted.load` says."""
        run, config = open_run(path, TASK, TaggingConfig)
        codec = TaggingCodec.from_json(str(run.path / CODEC), run.read_json(CODEC))
        vectors = _vectors(run, codec)
        module = load_model(run, lambda: build(config, codec, vectors)).eval()
        return cls(config, codec, module, data=run.description.data, run=run)


def build(
    config: TaggingConfig, codec: TaggingCodec, vectors: Tensor | None = None
) -> TaggingModule:
    """The network that `config` describes, with first weights, on the processor.

    Args:
        config: the options.
        codec: words, characters and tags.
        vectors: (V, N), those of `codec.vector_words`; None for none.
    """
    module = TaggingModule(config, codec, vectors)
    return module.double() if config.precision == "float64" else module


def keep_vectors(run: Run, vectors: Tensor) -> None:
    """Write vectors of words, (V, N), into a run that is open for writing."""
    run.write_tensors(VECTORS, {"vectors": vectors})


def _vectors(run: Run, codec: TaggingCodec) -> Tensor | None:
    """The run's vectors of words; None if it has none."""
    if not codec.vector_words:
        return None
    found = run.read_tensors(VECTORS)[0].get("vectors")
    rows, where = len(codec.vector_words), run.path / VECTORS
    if found is None or found.dim() != 2 or len(found) != rows or found.dtype != torch.float32:
        raise CheckpointError(
            f"{where}: `vectors` must have a row of 32-bit numbers for each of the {rows:,} "
            f"`vector_words` of {CODEC}."
        )
    check_numbers("vectors", found, str(where))
    return found
