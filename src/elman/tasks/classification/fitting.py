"""From examples to a fitted classifier: classes, numbers, training, scores."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from elman.errors import DataError
from elman.records import Observer, Record
from elman.runs import Run
from elman.runs.history import strict
from elman.runs.names import BASELINE, CODEC, SCORES
from elman.tasks.classification.baselines import Baselines
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.classification.corpus import Corpus
from elman.tasks.classification.examples import Examples
from elman.tasks.classification.job import ClassificationJob
from elman.tasks.classification.model import ClassificationModule
from elman.tasks.classification.scoring import score
from elman.tasks.classification.trained import Trained, build
from elman.tasks.fitting import check_finite, check_size, device_of, ignore
from elman.training.loop import train
from elman.training.randomness import fork_randomness

__all__ = ["Material", "fit", "read_examples"]

WHERE = "Classifier.fit"


@dataclass(frozen=True)
class Material:
    """What a classifier is fitted on, found to be usable.

    Attributes:
        corpus: the examples as they came.
        codec: classes, and what the network reads.
        train: the examples to learn from, as numbers.
        validation: those that choose the best weights.
    """

    corpus: Corpus
    codec: ClassCodec
    train: Examples
    validation: Examples


@contextlib.contextmanager
def read_examples(
    config: ClassificationConfig, corpus: Corpus, observer: Observer | None, run: Run | None
) -> Iterator[Material]:
    """Turn examples into numbers, once they and the options are known to fit each other.

    Args:
        config: the options.
        corpus: the examples.
        observer: told what is found.
        run: whose codec to use, if it has one; None for a new one.

    Raises:
        DataError: there is one class alone, or the validation data has one that the other has not,
            or other channels.
        ConfigError: the network would not fit into memory.
        CheckpointError: the run's codec is damaged.
    """
    tell = observer or ignore
    tell({"event": "stage", "text": "reading the examples"})
    if run is not None and run.holds(CODEC):
        codec = ClassCodec.from_json(str(run.path / CODEC), run.read_json(CODEC))
    else:
        codec = ClassCodec.fit(corpus.train, config, corpus.source)
    check_size(WHERE, config, lambda c: build(c, codec), f"inputs {codec.size:,}")
    for example in corpus.validation:
        if codec.number(example.label) < 0:
            known = ", ".join(f"'{name}'" for name in codec.classes[:12])
            raise DataError(
                f"data: {example.origin} must have one of the classes of the training data "
                f"({known}), got '{example.label:.40}'."
            )
    train_data, held_out = (Examples(codec, each) for each in (corpus.train, corpus.validation))
    material = Material(corpus, codec, train_data, held_out)
    tell(_facts(material))
    yield material


def fit(
    config: ClassificationConfig, observer: Observer | None, material: Material, run: Run | None
) -> Trained:
    """Fit a classifier, or go on with a run that was begun earlier.

    Args:
        config: the options.
        observer: told of all that `elman.training` tells, and what else is found.
        material: what to learn from.
        run: where to keep it all, open for writing; None keeps it in memory.

    Raises:
        CheckpointError: the run cannot be gone on with or written.
        Interrupted, DivergenceError: as `elman.training.loop.train`.
    """
    tell, codec, corpus = observer or ignore, material.codec, material.corpus
    if run is not None and not run.holds(CODEC):
        run.write_json(CODEC, codec.to_json())
    module = _network(config, codec)
    tell({"event": "stage", "text": "fitting simpler classifiers"})
    simpler = _baselines(config, corpus, run, codec.is_text)
    said = {} if simpler is None else simpler.predict(corpus.validation)
    for name, classes in said.items():
        hits = [a == b.label for a, b in zip(classes, corpus.validation, strict=True)]
        tell({"event": "baseline", "name": name, "accuracy": 100 * sum(hits) / len(hits)})
    job = ClassificationJob(module, codec, material.train, material.validation, config)
    outcome = train(job, config, run=run, observer=observer)
    check_finite(WHERE, "loss", outcome)
    tell({"event": "stage", "text": "scoring"})
    scores = score(module, codec, said, corpus.validation)
    if run is not None:
        run.write_json(SCORES, strict(scores.to_json()))
    tell({"event": "scores", "scores": scores.to_json()["scores"], "reason": outcome.reason})
    return Trained(
        config=config,
        codec=codec,
        module=module,
        simpler=simpler,
        recorded=outcome.history,
        path=run.path if run else None,
        data=corpus.digests,
    )


def _baselines(
    config: ClassificationConfig, corpus: Corpus, run: Run | None, of_text: bool
) -> Baselines | None:
    """The run's baselines if it has some, else new ones, written to the run."""
    if not config.baselines:
        return None
    if run is not None and run.holds(BASELINE):
        return Baselines.load(run.folder(BASELINE), of_text=of_text)
    found = Baselines.fit(corpus.train)
    if run is not None:
        run.write_folder(BASELINE, found.save)
    return found


def _network(config: ClassificationConfig, codec: ClassCodec) -> ClassificationModule:
    """The network with its first weights, on the device where it is to learn."""
    device = device_of(WHERE, config.device)
    with fork_randomness(config.seed):
        return build(config, codec).to(device)


def _facts(material: Material) -> Record:
    """What was found, for those who watch."""
    codec, lengths = material.codec, material.train.lengths
    return {
        "event": "data",
        "examples": len(material.train),
        "validation_examples": len(material.validation),
        "validation": material.corpus.split,
        "kind": "text" if codec.is_text else "series",
        "unit": codec.unit,
        "inputs": codec.size,
        "classes": list(codec.classes),
        "shortest": int(lengths.min()),
        "longest": int(lengths.max()),
    }
