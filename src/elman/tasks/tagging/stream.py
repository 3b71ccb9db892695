"""Words tagged one by one, as they come."""

import torch

from elman.errors import ConfigError
from elman.streaming import Stream
from elman.tasks.tagging.examples import Examples
from elman.tasks.tagging.reading import TaggedWord
from elman.tasks.tagging.trained import Trained

__all__ = ["TagStream"]


class TagStream:
    r"""Tags a live stream: each word as soon as it is there, by what came before it.

    With a CRF a tag's probability is that given all words so far, p(y_t | x_1 … x_t); what comes
    later changes nothing any more, as it does where a sentence is tagged whole.

    Args:
        trained: a tagger in one direction.

    Raises:
        ConfigError: it reads in both directions, so that it needs the whole sentence.
    """

    def __init__(self, trained: Trained) -> None:
        if trained.config.bidirectional:
            raise ConfigError(
                "Tagger.stream: `bidirectional` must be False, got a model that needs the end of a "
                "sentence before it tags the beginning. Train one with bidirectional=False "
                "(--no-bidirectional)."
            )
        self._codec, self._module = trained.codec, trained.module
        self._stream = Stream(trained.module.stack)
        self._alpha: torch.Tensor | None = None

    @torch.no_grad()
    def read(self, word: str) -> TaggedWord:
        """The next word of the sentence, with its tag."""
        words = Examples(self._codec, [[word]]).words([0]).to(self._module.device)
        y = self._stream.step(self._module.spell(words).values)
        emission = self._module.head(y)[:, 0]
        if self._module.crf is not None:
            emission = self._alpha = self._module.crf.advance(self._alpha, emission)
        sure, number = emission.softmax(1).max(1)
        return TaggedWord(word, self._codec.tags[int(number)], float(sure))

    def end(self) -> None:
        """The sentence is over: the memory is wiped, and the next word begins another."""
        self._stream.reset()
        self._alpha = None
