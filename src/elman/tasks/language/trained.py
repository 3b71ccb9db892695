"""A fitted language model with all that belongs to it: into a run folder, and back."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from elman.baselines.kneser_ney import KneserNey
from elman.data import codecs
from elman.data.codecs import Codec
from elman.inspect.probe import Probe
from elman.runs import Run
from elman.runs.names import BASELINE, PROBE, TOKENIZER
from elman.runs.weights import load_model, save_model
from elman.tasks.fitted import Fitted, open_run
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.corpus import TASK
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.reading import Reader

__all__ = ["Trained", "build"]


@dataclass
class Trained(Fitted):
    """What fitting leaves behind, beside what `Fitted` has.

    Attributes:
        codec: text ↔ ids.
        module: the network, on its device, in evaluation mode.
        counted: the n-gram over the same vocabulary, if it is at hand; see `baseline`.
        probed: what reads the memory back, if it is at hand; see `probe`.
    """

    config: LanguageConfig
    codec: Codec
    module: LanguageModule
    counted: KneserNey | None = None
    probed: Probe | None = None

    @cached_property
    def baseline(self) -> KneserNey | None:
        """The n-gram, read from the run when first asked for; None if none was wanted.

        Raises:
            CheckpointError: the run's file is missing or damaged.
        """
        if self.counted is not None or self.run is None or self.config.ngram_order == 0:
            return self.counted
        return KneserNey.load(self.run.folder(BASELINE))

    @cached_property
    def probe(self) -> Probe | None:
        """What reads the memory back; None if the held-out text was too short for one.

        Raises:
            CheckpointError: the run's file is damaged.
        """
        if self.probed is not None or self.run is None or not self.run.holds(PROBE):
            return self.probed
        where = str(self.run.path / PROBE)
        return Probe.from_tensors(self.run.read_tensors(PROBE)[0], where)

    @property
    def reader(self) -> Reader:
        """The network, ready to read."""
        return Reader(self.module, self.codec, self.config.sequences)

    def save(self, run: Run) -> None:
        """Write codec, n-gram, weights and probe."""
        run.write_json(TOKENIZER, self.codec.to_json())
        if self.baseline is not None:
            run.write_folder(BASELINE, self.baseline.save)
        save_model(run, self.module)
        if self.probe is None:
            run.remove(PROBE)
        else:
            run.write_tensors(PROBE, self.probe.to_tensors())

    @classmethod
    def load(cls, path: str | Path) -> "Trained":
        """Read a run folder, as `Fitted.load` says."""
        run, config = open_run(path, TASK, LanguageConfig)
        codec = codecs.from_json(run.read_json(TOKENIZER))
        module = load_model(run, lambda: build(config, codec.size)).eval()
        return cls(config, codec, module, data=run.description.data, run=run)


def build(config: LanguageConfig, vocabulary_size: int) -> LanguageModule:
    """The network that `config` describes, with first weights, on the processor."""
    module = LanguageModule(config, vocabulary_size)
    return module.double() if config.precision == "float64" else module
