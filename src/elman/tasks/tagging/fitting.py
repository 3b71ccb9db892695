"""From tagged text to a lesson for a tagger: vocabulary, vectors, baselines, job, scores."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from elman.errors import CheckpointError, DataError
from elman.records import Observer, Record
from elman.runs import Run
from elman.runs.names import CODEC, VECTORS
from elman.tasks.fitting import check_size, kept_baseline
from elman.tasks.lesson import Lesson
from elman.tasks.scores import Scores
from elman.tasks.tagging.baselines import Baselines
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.config import TaggingConfig
from elman.tasks.tagging.corpus import Corpus
from elman.tasks.tagging.counting import count
from elman.tasks.tagging.job import TaggingJob
from elman.tasks.tagging.model import TaggingModule
from elman.tasks.tagging.scoring import score
from elman.tasks.tagging.trained import Trained, build, keep_vectors
from elman.tasks.tagging.vectors import Vectors, read_vectors

__all__ = ["TaggingLesson", "read_texts"]


@dataclass(frozen=True)
class TaggingLesson(Lesson[TaggingModule, Baselines, Trained]):
    """Tagged sentences to learn from, found to be usable.

    Attributes:
        config: the options.
        corpus: the sentences.
        codec: words, characters and tags ↔ numbers.
        vectors: of words; None for none.
    """

    WHERE: ClassVar[str] = "Tagger.fit"
    FIGURE: ClassVar[str] = "error"
    STAGE: ClassVar[str] = "counting tags"

    config: TaggingConfig
    corpus: Corpus
    codec: TaggingCodec
    vectors: Vectors | None

    def facts(self) -> Record:
        """Sizes of the text and of what is known of it."""
        corpus, codec = self.corpus, self.codec
        held_out = [word for sentence in corpus.validation for word in sentence.words]
        with_vectors = {codec.looked_up(form) for form in codec.forms if codec.vector_id(form)}
        return {
            "tokens": sum(codec.forms.values()),
            "sentences": len(corpus.train),
            "validation_tokens": len(held_out),
            "validation": corpus.split,
            "vocabulary": len(codec.words),
            "vectors": None if self.vectors is None else len(with_vectors & {*codec.words}),
            "tags": len(codec.tags),
            "column": codec.written["column"],
            "entities": codec.entities,
            "unknown": sum(not codec.is_known(word) for word in held_out) / len(held_out),
        }

    def network(self) -> TaggingModule:
        """A network for the codec, which reads the vectors."""
        return build(self.config, self.codec, _table(self.vectors))

    def keep(self, run: Run) -> None:
        """Write the codec, and the vectors."""
        super().keep(run)
        if self.vectors is not None and not run.holds(VECTORS):
            keep_vectors(run, torch.from_numpy(self.vectors.table))

    def baselines(self, run: Run | None) -> Baselines:
        """The taggers that count, and the CRF if it is wanted."""
        crf = self.config.crf_baseline
        return kept_baseline(
            run,
            lambda: Baselines.fit(self.corpus.train, crf),
            lambda folder: Baselines.load(folder, crf),
        )

    def compare(self, baselines: Baselines) -> Iterator[Record]:
        """How much of the validation text each baseline tags wrong, in percent."""
        sentences = self.corpus.validation
        for name, tags in baselines.tag([each.words for each in sentences]).items():
            wrong = count(sentences, tags, self.codec).wrong(self.codec.entities)
            yield {"name": name, "wrong": wrong}

    def job(self, module: TaggingModule) -> TaggingJob:
        """The network's training on sentences."""
        corpus = self.corpus
        return TaggingJob(module, self.codec, corpus.train, corpus.validation, self.config)

    def score(self, module: TaggingModule, baselines: Baselines) -> Scores:
        """Accuracy, and span F1 where tags mark entities."""
        return score(module, self.codec, baselines, self.corpus.validation)

    def trained(
        self,
        module: TaggingModule,
        baselines: Baselines,
        tell: Observer,  # noqa: ARG002  (nothing more is fitted)
        run: Run | None,  # noqa: ARG002  (nothing more is fitted)
    ) -> Trained:
        """All that is kept."""
        return Trained(self.config, self.codec, module, baselines, data=self.corpus.digests)


@contextlib.contextmanager
def read_texts(
    config: TaggingConfig, corpus: Corpus, tell: Observer, run: Run | None
) -> Iterator[TaggingLesson]:
    """Choose what is known, once text and options are known to fit each other.

    Args:
        config: the options.
        corpus: the sentences.
        tell: told what is found.
        run: whose codec to use, if it has one; None for a new one.

    Raises:
        DataError: there is only one tag, the vectors cannot be read, or a validation text has none
            of the tags.
        ConfigError: the network would not fit into memory.
        CheckpointError: the run's codec is damaged.
    """
    tell({"event": "stage", "text": "choosing a vocabulary"})
    vectors = _vectors(config, corpus)
    if run is not None and run.holds(CODEC):
        codec = TaggingCodec.from_json(str(run.path / CODEC), run.read_json(CODEC))
        _check_codec(run, codec, vectors)
    else:
        codec = _codec(config, corpus, vectors)
    _check_validation(corpus, codec)
    said = f"words {len(codec.words):,}"
    check_size(TaggingLesson.WHERE, config, lambda c: build(c, codec, _table(vectors)), said)
    yield TaggingLesson(config, corpus, codec, vectors)


def _codec(config: TaggingConfig, corpus: Corpus, vectors: Vectors | None) -> TaggingCodec:
    """What the training text has, and which words have vectors."""
    return TaggingCodec.fit(
        corpus.train,
        lowercase=config.lowercase,
        min_count=config.min_count,
        written=corpus.written,
        vector_words=() if vectors is None else vectors.words,
    )


def _check_validation(corpus: Corpus, codec: TaggingCodec) -> None:
    """Raise `DataError` if a validation text of its own has no tag that can be learned."""
    first = corpus.validation[0]
    if first.path == corpus.train[0].path:
        return
    if not any(tag in codec.tags for each in corpus.validation for tag in each.tags):
        known = ", ".join(f"'{tag}'" for tag in codec.tags[:12])
        raise DataError(
            f"data: `{first.path}` must have tags of the training text ({known}), got none of "
            f"them, first '{first.tags[0]:.40}' of '{first.words[0]:.40}' in the sentence that "
            f"begins in line {first.line:,}. Is it another set of tags, or another column?"
        )


def _check_codec(run: Run, codec: TaggingCodec, vectors: Vectors | None) -> None:
    """Raise `CheckpointError` if a run's codec has others than the words of the vectors."""
    if codec.vector_words != (() if vectors is None else vectors.words):
        raise CheckpointError(
            f"{run.path / CODEC}: `vector_words` must be the words that have a vector, got others. "
            "The file is damaged; restore it from a copy or start anew with --overwrite."
        )


def _vectors(config: TaggingConfig, corpus: Corpus) -> Vectors | None:
    """Vectors of the words that occur, and of the most frequent; None if none are wanted."""
    if corpus.vectors is None:
        return None
    sentences = (*corpus.train, *corpus.validation)
    written = {word for each in sentences for word in each.words}
    needed = written | {word.lower() for word in written}
    return read_vectors(corpus.vectors, needed, config.vector_words)


def _table(vectors: Vectors | None) -> Tensor | None:
    return None if vectors is None else torch.from_numpy(vectors.table)
