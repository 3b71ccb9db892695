"""A line of text as a tagger reads it while it is typed.

Letters: T words, K tags.
"""

from dataclasses import dataclass

import torch

from elman.tasks.tagging.examples import Examples
from elman.tasks.tagging.filling import words_of
from elman.tasks.tagging.trained import Trained

__all__ = ["TaggedLine", "tag_line"]

LISTED = 4


@dataclass(frozen=True)
class TaggedLine:
    """The words of a line, and what each is taken for.

    Attributes:
        words: T of them, marks parted from them.
        known: whether the training text has each, written just so.
        tags: the one that is chosen for each.
        sure: its probability.
        likeliest: of each word a few tags with their probabilities, the highest first.
    """

    words: list[str]
    known: list[bool]
    tags: list[str]
    sure: list[float]
    likeliest: list[list[tuple[str, float]]]


@torch.no_grad()
def tag_line(trained: Trained, line: str, *, memory: bool = True) -> TaggedLine:
    """Tag a sentence that stands on one line and may not be whole yet.

    A tagger that reads forward alone says of each word what it says as soon as the word is there,
    as `TagStream` does; one in both directions chooses the tags of all words together.

    Args:
        trained: the tagger.
        line: the text.
        memory: False wipes the state before each word.
    """
    words = words_of(line)
    if not words:
        return TaggedLine([], [], [], [], [])
    module, codec = trained.module, trained.codec
    read = Examples(codec, [words]).words([0]).to(module.device)
    emissions = module(read, memory="on" if memory else "off")
    if trained.config.bidirectional:
        shares = module.probabilities(emissions)[0]
        chosen = module.decode(emissions)[0]
    else:
        shares = module.probabilities_so_far(emissions)[0]
        chosen = shares.argmax(-1)
    best = shares.topk(min(LISTED, len(codec.tags)))
    return TaggedLine(
        words=words,
        known=[codec.is_known(word) for word in words],
        tags=[codec.tags[number] for number in chosen.tolist()],
        sure=shares.gather(1, chosen[:, None])[:, 0].tolist(),
        likeliest=[
            [(codec.tags[number], share) for number, share in zip(numbers, few, strict=True)]
            for numbers, few in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ],
    )
