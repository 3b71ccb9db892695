"""What a language model's memory still holds of the words it has read."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from elman.contracts import State
from elman.data.codecs import UNKNOWN, Codec
from elman.data.tokens import TokenFile
from elman.inspect.probe import SURE, Probe, flat
from elman.inspect.recall import recall
from elman.sequences import PaddedBatch
from elman.tasks.language.model import LanguageModule

__all__ = ["as_read", "fit_probe", "remembered", "remembered_along"]

LAGS = 8
FEWEST_TOKENS, MOST_TOKENS = 1_000, 40_000
FEW_TOKENS = 10_000  # enough for any vocabulary
MOST_SCORES = 4_000_000_000  # words times tokens


class _Memory:
    """A network without its head: its states are all that a probe looks at."""

    def __init__(self, module: LanguageModule) -> None:
        self._module = module.eval()

    def initial_state(self, batch_size: int) -> State:
        return self._module.initial_state(batch_size)

    def __call__(
        self, x: Tensor, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]:
        device = self._module.device
        resets = None if resets is None else resets.to(device)
        features, state = self._module.features(x.to(device), state, resets)
        return features, state


def fit_probe(module: LanguageModule, tokens: TokenFile) -> Probe | None:
    """Learn to read the last words from the memory, on text that the network did not learn from.

    Every reading is scored against every word, so the larger the vocabulary the less is read:
    40,000 tokens for up to 100,000 words, 10,000 from 400,000 words on.

    Args:
        module: the network.
        tokens: held-out text.

    Returns:
        The probe; None if the text is too short for one.
    """
    if len(tokens) < FEWEST_TOKENS:
        return None
    ids = torch.from_numpy(tokens.ids[: _tokens_for(module.vocabulary_size)].astype(np.int64))
    wiped = torch.zeros(len(ids), dtype=torch.bool)
    starts = tokens.starts[1:]
    wiped[torch.from_numpy(starts[starts < len(ids)] - 1)] = True
    embedding = module.embedding.weight.detach().float().cpu()
    found = recall(
        _Memory(module),
        PaddedBatch.full(ids[None], wiped[None] if bool(wiped.any()) else None),
        vocabulary_size=module.vocabulary_size,
        embedding=embedding,
        lags=LAGS,
    )
    return found.probe


def _tokens_for(vocabulary_size: int) -> int:
    """How much text a probe learns from.

    >>> [_tokens_for(words) for words in (10_000, 100_000, 200_000, 1_000_000)]
    [40000, 40000, 20000, 10000]
    """
    return max(FEW_TOKENS, min(MOST_TOKENS, MOST_SCORES // vocabulary_size))


def as_read(codec: Codec, ids: Sequence[int], words: Sequence[str]) -> list[str]:
    """Words as the network read them: `<unk>` for one that it does not know.

    Args:
        codec: what turned the words into ids.
        ids: the words read.
        words: how they were written.
    """
    pairs = zip(ids, words, strict=True)
    return [UNKNOWN if token == codec.unknown_id else word for token, word in pairs]


def remembered(
    probe: Probe, state: State, ids: Sequence[int], words: Sequence[str]
) -> tuple[str | None, ...]:
    """The words that the probe still reads from a memory, and reads rightly.

    Args:
        probe: the reader.
        state: the memory after the last word, (L, 1, H) each.
        ids: the words read so far.
        words: how they are shown.

    Returns:
        Oldest first, from the oldest one that is held to the last; None for one that is lost.
    """
    state = tuple(part.cpu() for part in state)
    return remembered_along(probe, state, ids, words, len(ids) - 1)[0]


def remembered_along(
    probe: Probe, states: State, ids: Sequence[int], words: Sequence[str], begin: int
) -> list[tuple[str | None, ...]]:
    """What `remembered` gives after each word from `begin` on.

    Args:
        probe: the reader.
        states: the memory after each of these words, (L, T, H) each.
        ids: all words read, the T last of which the states are of.
        words: how they are shown.
        begin: which word the first state comes after, counted from 0.
    """
    rows = flat(states)
    held = torch.zeros(len(rows), probe.lags, dtype=torch.bool)
    read = torch.tensor(ids)
    for lag in range(min(probe.lags, len(ids))):
        found, margins = probe.decode(rows, lag)
        sure = probe.precision[lag, torch.bucketize(margins, probe.edges[lag])] > SURE
        at = torch.arange(begin, len(ids)) - lag
        held[:, lag] = sure & (found == read[at.clamp_min(0)]) & (at >= 0)
    return [_words(row, words[: begin + place + 1]) for place, row in enumerate(held.tolist())]


def _words(held: Sequence[bool], words: Sequence[str]) -> tuple[str | None, ...]:
    """The words that are held, by lag, oldest first."""
    oldest = max((lag for lag, holds in enumerate(held) if holds), default=-1)
    return tuple(words[-1 - lag] if held[lag] else None for lag in range(oldest, -1, -1))
