"""From texts to a lesson for a language model: vocabulary, ids, baseline, job, scores."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from elman.baselines.kneser_ney import KneserNey
from elman.data import codecs
from elman.data.codecs import Codec
from elman.data.tokens import TokenFile
from elman.errors import ConfigError
from elman.records import Observer, Record
from elman.runs import Run
from elman.runs.names import PROBE, TOKENIZER
from elman.tasks.fitting import check_size, kept_baseline
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.corpus import Corpus, encode, fit_codec
from elman.tasks.language.job import LanguageJob
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.remembering import fit_probe
from elman.tasks.language.scoring import name_of, score
from elman.tasks.language.trained import Trained, build
from elman.tasks.lesson import Lesson
from elman.tasks.scores import Scores

__all__ = ["LanguageLesson", "read_texts"]

EXAMPLE_TOKENS = {"word": 3, "subword": 4, "character": 12}


@dataclass(frozen=True)
class LanguageLesson(Lesson[LanguageModule, KneserNey | None, Trained]):
    """Texts to learn from, found to be usable.

    Attributes:
        config: the options.
        corpus: where it comes from.
        codec: text ↔ ids.
        train: what is learned.
        validation: what chooses the best weights.
    """

    WHERE: ClassVar[str] = "LanguageModel.fit"
    FIGURE: ClassVar[str] = "perplexity"
    STAGE: ClassVar[str] = "counting n-grams"
    CODEC: ClassVar[str] = TOKENIZER

    config: LanguageConfig
    corpus: Corpus
    codec: Codec
    train: TokenFile
    validation: TokenFile

    def facts(self) -> Record:
        """Sizes of the texts, and some tokens to try."""
        return {
            "tokens": len(self.train),
            "validation_tokens": len(self.validation),
            "validation": self.corpus.split,
            "unit": self.codec.unit,
            "vocabulary": self.codec.size,
            "unknown": float((self.train.ids == self.codec.unknown_id).mean()),
            "example": self._example(),
        }

    def network(self) -> LanguageModule:
        """A network for the vocabulary."""
        return build(self.config, self.codec.size)

    def baselines(self, run: Run | None) -> KneserNey | None:
        """The n-gram over the same vocabulary; None if none is wanted."""
        if self.config.ngram_order == 0:
            return None
        fit = partial(
            KneserNey.fit,
            self.train.ids,
            self.codec.size,
            order=self.config.ngram_order,
            starts=self.train.starts,
        )
        return kept_baseline(run, fit, KneserNey.load)

    def compare(self, baselines: KneserNey | None) -> Iterator[Record]:
        """The n-gram's perplexity."""
        if baselines is not None:
            perplexity = baselines.perplexity(self.validation.ids, self.validation.starts)
            yield {"name": name_of(baselines), "perplexity": perplexity}

    def job(self, module: LanguageModule) -> LanguageJob:
        """The network's training on windows of the text."""
        return LanguageJob(module, self.codec, self.train, self.validation, self.config)

    def score(self, module: LanguageModule, baselines: KneserNey | None) -> Scores:
        """Perplexity and bits per token."""
        return score(module, self.codec, baselines, self.validation)

    def trained(
        self, module: LanguageModule, baselines: KneserNey | None, tell: Observer, run: Run | None
    ) -> Trained:
        """All that is kept, with a probe that reads the memory back."""
        tell({"event": "stage", "text": "reading the memory"})
        probe = fit_probe(module, self.validation)
        if run is not None and probe is not None:
            run.write_tensors(PROBE, probe.to_tensors())
        digests = self.corpus.digests
        return Trained(self.config, self.codec, module, baselines, probe, data=digests)

    def _example(self) -> str:
        """Some tokens of the validation text that the model knows, to try it with."""
        codec, length = self.codec, EXAMPLE_TOKENS[self.codec.unit]
        ids = self.validation.ids[: 100 * length].tolist()
        known = [token for token in ids if token not in (codec.unknown_id, codec.eos_id)]
        return codec.decode(known[:length]).strip()


@contextlib.contextmanager
def read_texts(
    config: LanguageConfig, corpus: Corpus, tell: Observer, run: Run | None
) -> Iterator[LanguageLesson]:
    """Turn texts into ids, once they and the options are known to fit each other.

    Args:
        config: the options.
        corpus: the texts.
        tell: told what is found.
        run: whose codec to use, if it has one; None for a new one.

    Raises:
        DataError: a text cannot be read or used.
        ConfigError: the network would not fit into memory, or a batch not into the text.
        CheckpointError: the run's codec is damaged.
    """
    tell({"event": "stage", "text": "choosing a vocabulary"})
    if run is not None and run.holds(TOKENIZER):
        codec = codecs.from_json(run.read_json(TOKENIZER))
    else:
        codec = fit_codec(corpus.train, config)
    tell({"event": "stage", "text": "turning text into ids"})
    with (
        encode(corpus.train, codec, config) as train,
        encode(corpus.validation, codec, config) as validation,
    ):
        _check_batch_size(config, train)
        said = f"vocabulary {codec.size:,}"
        check_size(LanguageLesson.WHERE, config, lambda c: build(c, codec.size), said)
        yield LanguageLesson(config, corpus, codec, train, validation)


def _check_batch_size(config: LanguageConfig, tokens: TokenFile) -> None:
    """Raise `ConfigError` for more sequences side by side than the text has tokens."""
    if config.batch_size > len(tokens):
        raise ConfigError(
            f"{LanguageLesson.WHERE}: `batch_size` must be at most {len(tokens):,}, the "
            f"{config.unit}s of the text, got {config.batch_size:,}. 0 chooses one that suits the "
            "text."
        )
