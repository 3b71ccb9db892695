"""From texts to a fitted language model: vocabulary, ids, baseline, training, scores."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from elman.baselines.kneser_ney import KneserNey
from elman.data import codecs
from elman.data.codecs import Codec
from elman.data.tokens import TokenFile
from elman.errors import ConfigError
from elman.records import Observer, Record
from elman.runs import Run
from elman.runs.history import strict
from elman.runs.names import BASELINE, PROBE, SCORES, TOKENIZER
from elman.tasks import fitting
from elman.tasks.fitting import check_finite, check_size, device_of, ignore
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.corpus import Corpus, encode, fit_codec
from elman.tasks.language.job import LanguageJob
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.remembering import fit_probe
from elman.tasks.language.scoring import name_of, score
from elman.tasks.language.trained import Trained, build
from elman.training.loop import train
from elman.training.randomness import fork_randomness

__all__ = ["Texts", "fit", "read_texts", "weights_bytes"]

EXAMPLE_TOKENS = {"word": 3, "subword": 4, "character": 12}
WHERE = "LanguageModel.fit"


@dataclass(frozen=True)
class Texts:
    """What a language model is fitted on, found to be usable.

    Attributes:
        corpus: where it comes from.
        codec: text ↔ ids.
        train: what is learned.
        validation: what chooses the best weights.
    """

    corpus: Corpus
    codec: Codec
    train: TokenFile
    validation: TokenFile


@contextlib.contextmanager
def read_texts(
    config: LanguageConfig, corpus: Corpus, observer: Observer | None, run: Run | None
) -> Iterator[Texts]:
    """Turn texts into ids, once they and the options are known to fit each other.

    Args:
        config: the options.
        corpus: the texts.
        observer: told what is found.
        run: whose codec to use, if it has one; None for a new one.

    Raises:
        DataError: a text cannot be read or used.
        ConfigError: the network would not fit into memory, or a batch not into the text.
        CheckpointError: the run's codec is damaged.
    """
    tell = observer or ignore
    tell({"event": "stage", "text": "choosing a vocabulary"})
    if run is not None and run.holds(TOKENIZER):
        codec = codecs.from_json(run.read_json(TOKENIZER))
    else:
        codec = fit_codec(corpus.train, config)
    tell({"event": "stage", "text": "turning text into ids"})
    with (
        encode(corpus.train, codec, config) as train_tokens,
        encode(corpus.validation, codec, config) as held_out,
    ):
        _check_batch_size(config, train_tokens)
        check_size(WHERE, config, _builder(codec.size), f"vocabulary {codec.size:,}")
        texts = Texts(corpus, codec, train_tokens, held_out)
        tell(_facts(texts))
        yield texts


def fit(
    config: LanguageConfig, observer: Observer | None, texts: Texts, run: Run | None
) -> Trained:
    """Fit a language model, or go on with a run that was begun earlier.

    Args:
        config: the options.
        observer: told of all that `elman.training` tells, and what else is found.
        texts: what to learn from.
        run: where to keep it all, open for writing; None keeps it in memory.

    Raises:
        CheckpointError: the run cannot be gone on with or written.
        Interrupted, DivergenceError: as `elman.training.loop.train`.
    """
    tell, codec, held_out = observer or ignore, texts.codec, texts.validation
    if run is not None and not run.holds(TOKENIZER):
        run.write_json(TOKENIZER, codec.to_json())
    module = _network(config, codec)
    tell({"event": "stage", "text": "counting n-grams"})
    baseline = _baseline(config, codec, texts.train, run)
    if baseline is not None:
        perplexity = baseline.perplexity(held_out.ids, held_out.starts)
        tell({"event": "baseline", "name": name_of(baseline), "perplexity": perplexity})
    job = LanguageJob(module, codec, texts.train, held_out, config)
    outcome = train(job, config, run=run, observer=observer)
    check_finite(WHERE, "perplexity", outcome)
    tell({"event": "stage", "text": "scoring"})
    scores = score(module, codec, baseline, held_out)
    tell({"event": "stage", "text": "reading the memory"})
    probe = fit_probe(module, held_out)
    if run is not None:
        run.write_json(SCORES, strict(scores.to_json()))
        if probe is not None:
            run.write_tensors(PROBE, probe.to_tensors())
    tell({"event": "scores", "scores": scores.to_json()["scores"], "reason": outcome.reason})
    return Trained(
        config=config,
        codec=codec,
        module=module,
        counted=baseline,
        probed=probe,
        recorded=outcome.history,
        path=run.path if run else None,
        data=texts.corpus.digests,
    )


def _check_batch_size(config: LanguageConfig, tokens: TokenFile) -> None:
    """Raise `ConfigError` for more sequences side by side than the text has tokens."""
    if config.batch_size > len(tokens):
        raise ConfigError(
            f"{WHERE}: `batch_size` must be at most {len(tokens):,}, the {config.unit}s "
            f"of the text, got {config.batch_size:,}. 0 chooses one that suits the text."
        )


def _baseline(
    config: LanguageConfig, codec: Codec, tokens: TokenFile, run: Run | None
) -> KneserNey | None:
    """The run's n-gram if it has one, else a new one, written to the run and mapped from there."""
    if config.ngram_order == 0:
        return None
    if run is None or not run.holds(BASELINE):
        baseline = KneserNey.fit(
            tokens.ids, codec.size, order=config.ngram_order, starts=tokens.starts
        )
        if run is None:
            return baseline
        run.write_folder(BASELINE, baseline.save)
    return KneserNey.load(run.folder(BASELINE))


def _network(config: LanguageConfig, codec: Codec) -> LanguageModule:
    """The network with its first weights, on the device where it is to learn."""
    device = device_of(WHERE, config.device)
    with fork_randomness(config.seed):
        return build(config, codec.size).to(device)


def weights_bytes(config: LanguageConfig, vocabulary_size: int) -> int:
    """Bytes of a network's weights, with a vocabulary of V."""
    return fitting.weights_bytes(config, _builder(vocabulary_size))


def _builder(vocabulary_size: int) -> Callable[[LanguageConfig], LanguageModule]:
    """What makes a network for a vocabulary of V."""
    return lambda config: build(config, vocabulary_size)


def _facts(texts: Texts) -> Record:
    """What was found, for those who watch."""
    codec, tokens, held_out = texts.codec, texts.train, texts.validation
    return {
        "event": "data",
        "tokens": len(tokens),
        "validation_tokens": len(held_out),
        "validation": texts.corpus.split,
        "unit": codec.unit,
        "vocabulary": codec.size,
        "unknown": float((tokens.ids == codec.unknown_id).mean()),
        "example": _example(codec, held_out),
    }


def _example(codec: Codec, tokens: TokenFile) -> str:
    """Some tokens of a text that the model knows, to try it with."""
    length = EXAMPLE_TOKENS[codec.unit]
    ids = tokens.ids[: 100 * length].tolist()
    known = [token for token in ids if token not in (codec.unknown_id, codec.eos_id)]
    return codec.decode(known[:length]).strip()
