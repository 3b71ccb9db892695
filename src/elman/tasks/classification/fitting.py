"""From examples to a lesson for a classifier: classes, numbers, baselines, job, scores."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from elman.contracts import Trainable
from elman.errors import DataError
from elman.records import Observer, Record
from elman.runs import Run
from elman.runs.names import CODEC
from elman.tasks.classification.baselines import Baselines
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.committee import Judge
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.classification.corpus import Corpus
from elman.tasks.classification.examples import Examples
from elman.tasks.classification.job import ClassificationJob, epochs_for
from elman.tasks.classification.scoring import score
from elman.tasks.classification.trained import Trained, build
from elman.tasks.fitting import check_size, kept_baseline
from elman.tasks.lesson import Lesson
from elman.tasks.scores import Scores

__all__ = ["ClassificationLesson", "read_examples"]

Beside = tuple[Baselines | None, Mapping[str, Sequence[str]]]
"""The baselines, and by name what class each takes each validation example for."""


@dataclass(frozen=True)
class ClassificationLesson(Lesson[Judge, Beside, Trained]):
    """Examples to learn from, found to be usable.

    Attributes:
        config: the options.
        corpus: the examples as they came.
        codec: classes, and what the network reads.
        train: the examples to learn from, as numbers.
        validation: those that choose the best weights.
    """

    WHERE: ClassVar[str] = "Classifier.fit"
    FIGURE: ClassVar[str] = "loss"
    STAGE: ClassVar[str] = "fitting simpler classifiers"

    config: ClassificationConfig
    corpus: Corpus
    codec: ClassCodec
    train: Examples
    validation: Examples

    def facts(self) -> Record:
        """Sizes of the examples, and their classes."""
        codec, lengths = self.codec, self.train.lengths
        return {
            "examples": len(self.train),
            "validation_examples": len(self.validation),
            "validation": self.corpus.split,
            "kind": "text" if codec.is_text else "series",
            "unit": codec.unit,
            "inputs": codec.size,
            "classes": list(codec.classes),
            "shortest": int(lengths.min()),
            "longest": int(lengths.max()),
        }

    def network(self) -> Judge:
        """A network for the codec."""
        return build(self.config, self.codec)

    def baselines(self, run: Run | None) -> Beside:
        """The simpler classifiers, and what they say; none if none are wanted."""
        if not self.config.baselines:
            return None, {}
        baselines = kept_baseline(
            run,
            lambda: Baselines.fit(self.corpus.train),
            lambda folder: Baselines.load(folder, of_text=self.codec.is_text),
        )
        return baselines, baselines.predict(self.corpus.validation)

    def compare(self, baselines: Beside) -> Iterator[Record]:
        """The accuracy of each baseline, in percent."""
        labels = [example.label for example in self.corpus.validation]
        for name, said in baselines[1].items():
            hits = sum(a == b for a, b in zip(said, labels, strict=True))
            yield {"name": name, "accuracy": 100 * hits / len(labels)}

    def job(self, module: Judge) -> ClassificationJob:
        """The network's training on examples."""
        return ClassificationJob(module, self.codec, self.train, self.validation, self.config)

    def learning(self, job: Trainable) -> ClassificationConfig:
        """The options, with epochs that suit the amount of data where none are asked for."""
        return replace(self.config, epochs=self.config.epochs or epochs_for(job.steps_per_epoch))

    def score(self, module: Judge, baselines: Beside) -> Scores:
        """Accuracy, F1 and calibration."""
        return score(module, self.codec, baselines[1], self.corpus.validation)

    def trained(
        self,
        module: Judge,
        baselines: Beside,
        tell: Observer,  # noqa: ARG002  (nothing more is fitted)
        run: Run | None,  # noqa: ARG002  (nothing more is fitted)
    ) -> Trained:
        """All that is kept."""
        return Trained(self.config, self.codec, module, baselines[0], data=self.corpus.digests)


@contextlib.contextmanager
def read_examples(
    config: ClassificationConfig, corpus: Corpus, tell: Observer, run: Run | None
) -> Iterator[ClassificationLesson]:
    """Turn examples into numbers, once they and the options are known to fit each other.

    Args:
        config: the options.
        corpus: the examples.
        tell: told what is found.
        run: whose codec to use, if it has one; None for a new one.

    Raises:
        DataError: there is one class alone, or the validation data has one that the other has not,
            or other channels.
        ConfigError: the network would not fit into memory.
        CheckpointError: the run's codec is damaged.
    """
    tell({"event": "stage", "text": "reading the examples"})
    if run is not None and run.holds(CODEC):
        codec = ClassCodec.from_json(str(run.path / CODEC), run.read_json(CODEC))
    else:
        codec = ClassCodec.fit(corpus.train, config, corpus.source)
    said = f"`members` {config.members:,}, inputs {codec.size:,}"
    check_size(ClassificationLesson.WHERE, config, lambda c: build(c, codec), said)
    for example in corpus.validation:
        if codec.number(example.label) < 0:
            known = ", ".join(f"'{name}'" for name in codec.classes[:12])
            raise DataError(
                f"data: {example.origin} must have one of the classes of the training data "
                f"({known}), got '{example.label:.40}'."
            )
    train, validation = (Examples(codec, each) for each in (corpus.train, corpus.validation))
    yield ClassificationLesson(config, corpus, codec, train, validation)
