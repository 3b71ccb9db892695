"""Writing text, one token after the other."""

from collections.abc import Iterator

import torch

from elman.contracts import State
from elman.data.codecs import Codec
from elman.decoding.sampling import Sampling
from elman.tasks.language.reading import Reader

__all__ = ["continuation", "draw_tokens"]


def draw_tokens(
    reader: Reader, prompt: str, sampling: Sampling, generator: torch.Generator | None = None
) -> Iterator[int]:
    """Draw tokens without end, each in view of all before it.

    Args:
        reader: the network and its codec.
        prompt: what the text begins with; it is read as the beginning of a line.
        sampling: how to draw.
        generator: source of chance; None for torch's global one.

    Raises:
        DataError: logits are NaN or infinite: the network has diverged.
        ConfigError: `sampling` forbids an id that is not in the vocabulary.
    """
    state: State | None = None
    unread = [reader.codec.eos_id, *reader.codec.encode(prompt)]
    while True:
        logits, state = reader.read(unread, state)
        drawn = int(sampling.draw(logits[-1:], generator))
        yield drawn
        unread = [drawn]


def continuation(codec: Codec, prompt: str, drawn: list[int]) -> str:
    """The text of tokens drawn after `prompt`, with the space that belongs between the two.

    Args:
        codec: what the ids mean.
        prompt: what was read before the first of them was drawn.
        drawn: the ids, as `draw_tokens` gave them.
    """
    before = codec.encode(prompt)
    beginning, whole = codec.decode(before), codec.decode([*before, *drawn])
    return whole[len(beginning) :] if whole.startswith(beginning) else codec.decode(drawn)
