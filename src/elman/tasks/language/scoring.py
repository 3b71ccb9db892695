"""What a language model is worth on a text, with and without its memory, beside the n-gram."""

import math

import numpy as np
import torch
from numpy.typing import NDArray

from elman.baselines.kneser_ney import KneserNey
from elman.contracts import MUCH_UNKNOWN
from elman.data.codecs import Codec
from elman.data.tokens import TokenFile
from elman.perplexity import perplexity
from elman.tasks.language.corpus import TASK
from elman.tasks.language.model import LanguageModule
from elman.tasks.scores import Score, Scores
from elman.wording import percent, plural

__all__ = ["corpus_log_probabilities", "name_of", "score"]

WINDOW_STEPS = 512


def score(
    module: LanguageModule,
    codec: Codec,
    baseline: KneserNey | None,
    tokens: TokenFile,
    *,
    memory: str = "on",
) -> Scores:
    """Perplexity of a network on a text, and the baseline's beside it.

    Args:
        module: the network.
        codec: what the ids mean.
        baseline: the n-gram over the same vocabulary; None for none.
        tokens: the text.
        memory: "on", or "off" to wipe the state before each step.
    """
    found = corpus_log_probabilities(module, tokens, eos_id=codec.eos_id, memory=memory)
    nats, name, beside = -float(found.mean()), None, None
    if baseline is not None:
        name = name_of(baseline)
        beside = -float(baseline.log_probabilities(tokens.ids, tokens.starts).mean())
    figures = (
        ("perplexity", "", perplexity),
        (f"bits per {codec.unit}", "bits", lambda mean_nats: mean_nats / math.log(2)),
    )
    scores = tuple(
        Score(
            name=title,
            value=of(nats),
            unit=unit,
            better="lower",
            baseline=None if beside is None else of(beside),
            baseline_name=name,
        )
        for title, unit, of in figures
    )
    unknown = float((tokens.ids == codec.unknown_id).mean())
    protocol = _protocol(tokens, codec, memory, unknown)
    return Scores(TASK, scores, protocol, _warning(codec, unknown))


def name_of(baseline: KneserNey) -> str:
    """What the baseline is called beside its figures."""
    return f"{baseline.trie.order}-gram modified Kneser–Ney"


def _warning(codec: Codec, unknown: float) -> str:
    """What to bear in mind where much of a text is unknown; nothing where it is not."""
    if unknown <= MUCH_UNKNOWN:
        return ""
    return (
        f"{percent(unknown)} of the text is {plural(codec.unit)} that the model does not know. All "
        "count as one, <unk>, which is easily guessed, so that the figures look better than they "
        "are. Was the model trained on text of this kind?"
    )


def _protocol(tokens: TokenFile, codec: Codec, memory: str, unknown: float) -> str:
    """How the figures were taken, in words."""
    carried = "state carried over" if len(tokens.starts) == 1 else "state wiped at beginnings"
    return (
        f"{len(tokens):,} {codec.unit}s, <eos> counted, {percent(unknown)} unknown; every one "
        "predicted once, in one stream, "
        f"{carried if memory == 'on' else 'state wiped before each step'}"
    )


@torch.no_grad()
def corpus_log_probabilities(
    module: LanguageModule, tokens: TokenFile, *, eos_id: int, memory: str = "on"
) -> NDArray[np.float64]:
    """Natural logarithms of the probabilities that the network gives to the tokens of a text.

    The text is read as one stream. Every token is predicted once: the first after `<eos>`, each
    later one after all before it in its sequence, with the state carried from window to window.
    With memory off the state is wiped before each step, so that only the token before counts.

    Args:
        module: the network.
        tokens: the text, N tokens.
        eos_id: the token that stands before every beginning.
        memory: "on" or "off".

    Returns:
        (N,), aligned with `tokens.ids`.
    """
    was_training = module.training
    module.eval()
    found = np.empty(len(tokens), np.float64)
    state = None
    for start in range(0, len(tokens), WINDOW_STEPS):
        targets = torch.from_numpy(tokens.ids[start : start + WINDOW_STEPS].astype(np.int64))
        before = eos_id if start == 0 else int(tokens.ids[start - 1])
        inputs = torch.cat([torch.tensor([before]), targets[:-1]]).to(module.device)
        if memory == "off":  # T sequences of one step: the same as one wiped at every step
            features, _ = module.features(inputs[:, None])
        else:
            resets = _beginnings(tokens, start, len(targets))
            features, state = module.features(inputs[None], state, resets.to(module.device))
        found[start : start + len(targets)] = module.log_probabilities(features, targets).cpu()
    module.train(was_training)
    return found


def _beginnings(tokens: TokenFile, start: int, steps: int) -> torch.Tensor:
    """(1, T) bool: the targets that begin a sequence, before which the state is wiped."""
    first, last = np.searchsorted(tokens.starts, [start, start + steps])
    resets = torch.zeros(1, steps, dtype=torch.bool)
    resets[0, torch.from_numpy(tokens.starts[first:last] - start)] = True
    return resets
