"""A fitted language model with all that belongs to it: into a run folder, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from elman.baselines.kneser_ney import KneserNey
from elman.data import codecs
from elman.data.codecs import Codec
from elman.inspect.probe import Probe
from elman.records import Record
from elman.runs import Run
from elman.runs.names import BASELINE, PROBE, TOKENIZER
from elman.runs.weights import load_model, save_model
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.reading import Reader

__all__ = ["TASK", "Trained", "build"]

TASK = "language"


@dataclass
class Trained:
    """What fitting leaves behind.

    Attributes:
        config: the options it was fitted with.
        codec: text ↔ ids.
        module: the network, on its device, in evaluation mode.
        counted: the n-gram over the same vocabulary, if it is at hand; see `baseline`.
        probed: what reads the memory back, if it is at hand; see `probe`.
        recorded: the records of training, if they are at hand; see `history`.
        path: the run folder; None for a model that lives in memory only.
        data: SHA-256 of the texts it was fitted on, by role.
        unread: the run to read from, when first asked for, what is not at hand; None for nothing.
    """

    config: LanguageConfig
    codec: Codec
    module: LanguageModule
    counted: KneserNey | None = None
    probed: Probe | None = None
    recorded: list[Record] = field(default_factory=list)
    path: Path | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    unread: Run | None = None

    @cached_property
    def baseline(self) -> KneserNey | None:
        """The n-gram, read from the run when first asked for; None if none was wanted.

        Raises:
            CheckpointError: the run's file is missing or damaged.
        """
        if self.counted is not None or self.path is None or self.config.ngram_order == 0:
            return self.counted
        return KneserNey.load(Run.open(self.path, TASK).folder(BASELINE))

    @cached_property
    def probe(self) -> Probe | None:
        """What reads the memory back; None if the held-out text was too short for one.

        Raises:
            CheckpointError: the run's file is damaged.
        """
        if self.unread is None or not self.unread.holds(PROBE):
            return self.probed
        where = str(self.unread.path / PROBE)
        return Probe.from_tensors(self.unread.read_tensors(PROBE)[0], where)

    @cached_property
    def history(self) -> list[Record]:
        """The records of training.

        Raises:
            CheckpointError: the run's file is damaged.
        """
        return self.recorded if self.unread is None else self.unread.history()

    @property
    def reader(self) -> Reader:
        """The network, ready to read."""
        return Reader(self.module, self.codec, self.config.sequences)

    def save(self, run: Run) -> None:
        """Write all but the history and the scores into a run that is open for writing."""
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
        """Read a run folder: its network now, what else it holds when it is first asked for.

        Raises:
            CheckpointError: nothing is there, or it is damaged, hostile, of another task or of a
                later format, or its training has not saved a model yet.
        """
        run = Run.open(path, TASK)
        run.require_weights()
        config = run.description.config_as(LanguageConfig, str(run.path))
        codec = codecs.from_json(run.read_json(TOKENIZER))
        module = load_model(run, lambda: build(config, codec.size)).eval()
        return cls(
            config=config,
            codec=codec,
            module=module,
            path=run.path,
            data=run.description.data,
            unread=run,
        )


def build(config: LanguageConfig, vocabulary_size: int) -> LanguageModule:
    """The network that `config` describes, with first weights, on the processor."""
    module = LanguageModule(config, vocabulary_size)
    return module.double() if config.precision == "float64" else module
