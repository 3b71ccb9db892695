"""From tagged text to a fitted tagger: numbers, baselines, training, scores."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from elman.data.tagged import Sentence
from elman.records import Observer, Record
from elman.runs import Run
from elman.runs.history import strict
from elman.runs.names import BASELINE, CODEC, SCORES
from elman.tasks.fitting import check_finite, check_size, device_of, ignore
from elman.tasks.tagging.baselines import Baselines
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.config import TaggingConfig
from elman.tasks.tagging.corpus import Corpus
from elman.tasks.tagging.counting import count
from elman.tasks.tagging.job import TaggingJob
from elman.tasks.tagging.model import TaggingModule
from elman.tasks.tagging.scoring import score
from elman.tasks.tagging.trained import Trained, build
from elman.tasks.tagging.vectors import Vectors, read_vectors
from elman.training.loop import train
from elman.training.randomness import fork_randomness

__all__ = ["Texts", "fit", "read_texts"]

WHERE = "Tagger.fit"


@dataclass(frozen=True)
class Texts:
    """What a tagger is fitted on, found to be usable.

    Attributes:
        corpus: the sentences.
        codec: words, characters and tags ↔ numbers.
        vectors: of words, to begin with; None for none.
    """

    corpus: Corpus
    codec: TaggingCodec
    vectors: Vectors | None


@contextlib.contextmanager
def read_texts(
    config: TaggingConfig, corpus: Corpus, observer: Observer | None, run: Run | None
) -> Iterator[Texts]:
    """Choose what is known, once text and options are known to fit each other.

    Args:
        config: the options.
        corpus: the sentences.
        observer: told what is found.
        run: whose codec to use, if it has one; None for a new one.

    Raises:
        DataError: there is only one tag, or the vectors cannot be read.
        ConfigError: the network would not fit into memory, or vectors are of another width.
        CheckpointError: the run's codec is damaged.
    """
    tell = observer or ignore
    tell({"event": "stage", "text": "choosing a vocabulary"})
    vectors = _vectors(config, corpus)
    if run is not None and run.holds(CODEC):
        codec = TaggingCodec.from_json(str(run.path / CODEC), run.read_json(CODEC))
    else:
        codec = _codec(config, corpus, vectors)
    width = 0 if vectors is None else vectors.width
    check_size(WHERE, config, lambda c: build(c, codec, width), f"words {len(codec.words):,}")
    texts = Texts(corpus, codec, vectors)
    tell(_facts(texts))
    yield texts


def fit(config: TaggingConfig, observer: Observer | None, texts: Texts, run: Run | None) -> Trained:
    """Fit a tagger, or go on with a run that was begun earlier.

    Args:
        config: the options.
        observer: told of all that `elman.training` tells, and what else is found.
        texts: what to learn from.
        run: where to keep it all, open for writing; None keeps it in memory.

    Raises:
        CheckpointError: the run cannot be gone on with or written.
        Interrupted, DivergenceError: as `elman.training.loop.train`.
    """
    tell, codec, corpus = observer or ignore, texts.codec, texts.corpus
    if run is not None and not run.holds(CODEC):
        run.write_json(CODEC, codec.to_json())
    module = _network(config, texts)
    tell({"event": "stage", "text": "counting tags"})
    baselines = _baselines(config, corpus.train, run)
    for name, tags in baselines.tag([s.words for s in corpus.validation]).items():
        wrong = count(corpus.validation, tags, codec).wrong(codec.entities)
        tell({"event": "baseline", "name": name, "wrong": wrong})
    job = TaggingJob(module, codec, corpus.train, corpus.validation, config)
    outcome = train(job, config, run=run, observer=observer)
    check_finite(WHERE, "error", outcome)
    tell({"event": "stage", "text": "scoring"})
    scores = score(module, codec, baselines, corpus.validation)
    if run is not None:
        run.write_json(SCORES, strict(scores.to_json()))
    tell({"event": "scores", "scores": scores.to_json()["scores"], "reason": outcome.reason})
    return Trained(
        config=config,
        codec=codec,
        module=module,
        counted=baselines,
        recorded=outcome.history,
        path=run.path if run else None,
        data=corpus.digests,
    )


def _codec(config: TaggingConfig, corpus: Corpus, vectors: Vectors | None) -> TaggingCodec:
    """What the training text has, and what vectors know of the validation text."""
    codec = TaggingCodec.fit(
        corpus.train,
        lowercase=config.lowercase,
        min_count=config.min_count,
        written=corpus.written,
    )
    if vectors is None:
        return codec
    added = [word for word in vectors.rows if word not in codec.counts]
    return dataclasses.replace(codec, added=tuple(added))


def _vectors(config: TaggingConfig, corpus: Corpus) -> Vectors | None:
    """Vectors of the words that occur; None if none are wanted."""
    if not config.vectors:
        return None
    sentences = (*corpus.train, *corpus.validation)
    needed = {
        word.lower() if config.lowercase else word for each in sentences for word in each.words
    }
    return read_vectors(Path(config.vectors), needed, config.embedding_size)


def _network(config: TaggingConfig, texts: Texts) -> TaggingModule:
    """The network with its first weights, on the device where it is to learn."""
    device, vectors = device_of(WHERE, config.device), texts.vectors
    with fork_randomness(config.seed):
        module = build(config, texts.codec, 0 if vectors is None else vectors.width)
        if vectors is not None:
            _begin_with(module.embedding.weight, texts.codec.words, vectors)
        return module.to(device)


@torch.no_grad()
def _begin_with(weight: Tensor, words: Sequence[str], vectors: Vectors) -> None:
    """Give each word that has a vector this as its embedding."""
    for number, word in enumerate(words, 1):
        if word in vectors.rows:
            weight[number] = torch.from_numpy(vectors.rows[word]).to(weight.dtype)


def _baselines(config: TaggingConfig, sentences: Sequence[Sentence], run: Run | None) -> Baselines:
    """The run's baselines if it has some, else new ones, written to the run."""
    if run is not None and run.holds(BASELINE):
        return Baselines.load(run.folder(BASELINE), config.crf_baseline)
    baselines = Baselines.fit(sentences, config.crf_baseline)
    if run is not None:
        run.write_folder(BASELINE, baselines.save)
    return baselines


def _facts(texts: Texts) -> Record:
    """What was found, for those who watch."""
    corpus, codec = texts.corpus, texts.codec
    held_out = [word for sentence in corpus.validation for word in sentence.words]
    return {
        "event": "data",
        "tokens": sum(codec.forms.values()),
        "sentences": len(corpus.train),
        "validation_tokens": len(held_out),
        "validation": corpus.split,
        "vocabulary": len(codec.words),
        "vectors": None if texts.vectors is None else len(texts.vectors.rows),
        "tags": len(codec.tags),
        "column": codec.written["column"],
        "entities": codec.entities,
        "unknown": sum(not codec.is_known(word) for word in held_out) / len(held_out),
    }
