"""Sentences tagged by a network, many side by side."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from elman.data.bucketing import by_length
from elman.sequences import PaddedBatch
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.examples import Examples
from elman.tasks.tagging.model import TaggingModule

__all__ = ["TaggedWord", "choose", "probabilities", "tag_words"]

ROWS = 64


class TaggedWord(NamedTuple):
    """A word, the tag that is chosen for it, and the probability of that tag."""

    word: str
    tag: str
    probability: float


def choose(
    module: TaggingModule,
    codec: TaggingCodec,
    sentences: Sequence[Sequence[str]],
    *,
    memory: str = "on",
) -> list[tuple[str, ...]]:
    """The tags of every sentence.

    Args:
        module: the network, in evaluation mode.
        codec: what its numbers mean.
        sentences: their words; none where one has none.
        memory: "off" wipes the network's state before each word.
    """
    found: list[tuple[str, ...]] = [()] * len(sentences)
    for rows, emissions in _emissions(module, codec, sentences, memory):
        chosen = emissions.with_values(module.decode(emissions)[:, :, None]).to_list()
        for row, numbers in zip(rows, chosen, strict=True):
            found[row] = tuple(codec.tags[number] for number in numbers[:, 0].tolist())
    return found


def tag_words(
    module: TaggingModule,
    codec: TaggingCodec,
    sentences: Sequence[Sequence[str]],
    *,
    probabilities: bool = True,
) -> list[list[TaggedWord]]:
    """Every word of every sentence with its tag, and how sure that is.

    Args:
        module: the network, in evaluation mode.
        codec: what its numbers mean.
        sentences: their words.
        probabilities: False leaves them out, as NaN, which is quicker with a CRF.
    """
    found: list[list[TaggedWord]] = [[] for _ in sentences]
    for rows, emissions in _emissions(module, codec, sentences, "on"):
        chosen = module.decode(emissions)
        sure = torch.full(chosen.shape, torch.nan)
        if probabilities:
            sure = module.probabilities(emissions).gather(2, chosen[:, :, None])[:, :, 0]
        for row, numbers, shares in zip(rows, chosen.tolist(), sure.tolist(), strict=True):
            words = sentences[row]
            found[row] = [
                TaggedWord(word, codec.tags[number], share)
                for word, number, share in zip(words, numbers, shares, strict=False)  # padding
            ]
    return found


def probabilities(
    module: TaggingModule, codec: TaggingCodec, sentences: Sequence[Sequence[str]]
) -> list[NDArray[np.float64]]:
    """The probability of every tag of every word, (T, K) for each sentence; arguments as above."""
    found = [np.zeros((0, len(codec.tags)))] * len(sentences)
    for rows, emissions in _emissions(module, codec, sentences, "on"):
        shares = emissions.with_values(module.probabilities(emissions)).to_list()
        for row, each in zip(rows, shares, strict=True):
            found[row] = each.double().cpu().numpy()
    return found


@torch.no_grad()
def _emissions(
    module: TaggingModule, codec: TaggingCodec, sentences: Sequence[Sequence[str]], memory: str
) -> Iterator[tuple[list[int], PaddedBatch]]:
    """Emissions of sentences of like length, with their places; empty ones are left out."""
    examples = Examples(codec, sentences)
    for rows in by_length(examples.lengths, ROWS):
        filled = rows[examples.lengths[rows] > 0]
        if len(filled):
            yield (
                filled.tolist(),
                module(examples.words(filled).to(module.device), memory=memory),
            )
