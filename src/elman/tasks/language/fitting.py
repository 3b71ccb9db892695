"""From texts to a fitted language model: vocabulary, ids, baseline, training, scores."""

import contextlib
import dataclasses
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from elman.baselines.kneser_ney import KneserNey
from elman.data import codecs
from elman.data.codecs import Codec
from elman.data.tokens import TokenFile
from elman.errors import ChoiceError, ConfigError, DivergenceError
from elman.records import Observer, Record
from elman.runs import Run
from elman.runs.history import strict
from elman.runs.names import BASELINE, PROBE, SCORES, TOKENIZER
from elman.tasks.language.config import LanguageConfig
from elman.tasks.language.corpus import Corpus, encode, fit_codec
from elman.tasks.language.job import LanguageJob
from elman.tasks.language.model import LanguageModule
from elman.tasks.language.remembering import fit_probe
from elman.tasks.language.scoring import name_of, score
from elman.tasks.language.trained import Trained, build
from elman.training.loop import Outcome, train
from elman.training.randomness import fork_randomness
from elman.wording import NOT_FINITE, counted

__all__ = ["Texts", "device_of", "fit", "read_texts", "weights_bytes"]

EXAMPLE_TOKENS = {"word": 3, "subword": 4, "character": 12}
COPIES_IN_TRAINING = 4  # weights, gradients, and two averages of the optimiser


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
    config: LanguageConfig, corpus: Corpus, run: Run | None, observer: Observer | None
) -> Iterator[Texts]:
    """Turn texts into ids, once they and the options are known to fit each other.

    Args:
        config: the options.
        corpus: the texts.
        run: whose codec to use, if it has one; None for a new one.
        observer: told what is found.

    Raises:
        DataError: a text cannot be read or used.
        ConfigError: the network would not fit into memory, or a batch not into the text.
        CheckpointError: the run's codec is damaged.
    """
    tell = observer or _ignore
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
        _check_size(config, codec.size)
        texts = Texts(corpus, codec, train_tokens, held_out)
        tell(_facts(texts))
        yield texts


def fit(
    config: LanguageConfig, texts: Texts, run: Run | None, observer: Observer | None
) -> Trained:
    """Fit a language model, or go on with a run that was begun earlier.

    Args:
        config: the options.
        texts: what to learn from.
        run: where to keep it all, open for writing; None keeps it in memory.
        observer: told of all that `elman.training` tells, and what else is found.

    Raises:
        CheckpointError: the run cannot be gone on with or written.
        Interrupted, DivergenceError: as `elman.training.loop.train`.
    """
    tell, codec, held_out = observer or _ignore, texts.codec, texts.validation
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
    _check_finite(outcome)
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
            f"LanguageModel.fit: `batch_size` must be at most {len(tokens):,}, the {config.unit}s "
            f"of the text, got {config.batch_size:,}. 0 chooses one that suits the text."
        )


def _check_finite(outcome: Outcome) -> None:
    """Raise `DivergenceError` if no epoch ended with weights that are worth keeping."""
    if outcome.best is None:
        raise DivergenceError(
            "LanguageModel.fit: the validation perplexity must be finite after at least one epoch, "
            f"got {counted(outcome.epochs, 'epoch')} after which it was {NOT_FINITE}. "
            "Try a tenth of the learning rate (--learning-rate), or clip gradients (--clip-norm)."
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
    device = device_of(config.device)
    with fork_randomness(config.seed):
        return build(config, codec.size).to(device)


def _check_size(config: LanguageConfig, vocabulary_size: int) -> None:
    """Raise `ConfigError` if the network could not be trained in this machine's memory."""
    try:
        need = COPIES_IN_TRAINING * weights_bytes(config, vocabulary_size)
    except (RuntimeError, OverflowError):  # more than torch can count
        need = sys.maxsize
    have = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if need > have:
        raise ConfigError(
            f"LanguageModel.fit: the network must fit into memory ({have / 1e9:,.0f} GB), got one "
            f"that needs {need / 1e9:,.0f} GB to train: `hidden_size` {config.hidden_size:,}, "
            f"`embedding_size` {config.embedding_size:,}, `layers` {config.layers:,}, vocabulary "
            f"{vocabulary_size:,}. Choose a smaller one."
        )


def weights_bytes(config: LanguageConfig, vocabulary_size: int) -> int:
    """Bytes of a network's weights; at most two layers are sketched, since all further are alike.

    Args:
        config: the options.
        vocabulary_size: V.
    """
    sizes = []
    for layers in (1, 2)[: config.layers]:
        with torch.device("meta"), fork_randomness(config.seed):
            sketch = build(dataclasses.replace(config, layers=layers), vocabulary_size)
        sizes.append(sum(p.numel() * p.element_size() for p in sketch.parameters()))
    return sizes[0] + (config.layers - 1) * (sizes[-1] - sizes[0])


def device_of(name: str) -> torch.device:
    """The device that `name` means.

    Raises:
        ChoiceError: torch does not know it, or this machine does not have it.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ChoiceError(
            f"LanguageModel.fit: `device` must be 'auto' or one that torch can use here, "
            f"got '{name}': {reason}"
        ) from error


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


def _ignore(record: Record) -> None:
    """Nobody watches."""
