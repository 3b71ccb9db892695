"""An example as a classifier reads it, step by step, and what it says after each.

Letters: T steps, C channels, K classes.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.data.codecs.scaling import Scaling
from elman.errors import ConfigError
from elman.tasks.classification.corpus import Example
from elman.tasks.classification.examples import Examples
from elman.tasks.classification.reading import log_probabilities, step_log_probabilities
from elman.tasks.classification.trained import Trained

__all__ = ["MOST_CHANNELS", "MOST_STEPS", "Unrolled", "unroll"]

MOST_STEPS, MOST_CHANNELS = 5_000, 24
"""What a page can show; of more channels the first are drawn, and all are read."""

_DIGITS = 5


@dataclass(frozen=True)
class Unrolled:
    """One example and the answers.

    Attributes:
        words: of a text; () for a series.
        known: whether the vocabulary has each word.
        channels: of a series, each its T values, None where one is missing; () for a text.
        shares: the probabilities of the classes after each step, (T, K); (1, K), those at the end,
            where the classifier has no answer before it.
    """

    words: tuple[str, ...]
    known: tuple[bool, ...]
    channels: tuple[list[float | None], ...]
    shares: NDArray[np.float64]


def unroll(trained: Trained, example: Example, *, memory: bool = True) -> Unrolled:
    """Read an example.

    Args:
        trained: the classifier.
        example: a text or a series, labelled or not.
        memory: False wipes the state before each step.

    Raises:
        DataError: it is nothing that the classifier reads.
        ConfigError: it has more steps than a page can show.
    """
    read = Examples(trained.codec, [example])
    if read.lengths[0] > MOST_STEPS:
        raise ConfigError(
            f"lab: an example must have at most {MOST_STEPS:,} {trained.codec.unit}s here, got "
            f"{read.lengths[0]:,}. `elman predict --every-step` takes any length."
        )
    state = "on" if memory else "off"
    if trained.module.answers_early:
        ((_, logs),) = step_log_probabilities(trained.module, read, memory=state)
    else:
        logs = log_probabilities(trained.module, read, memory=state)
    reader = trained.codec.reader
    if isinstance(reader, Scaling):
        return Unrolled((), (), _channels(example.content), np.exp(logs))
    lines = example.content.split("\n")
    return Unrolled(
        words=tuple(piece for line in lines for piece in reader.split(line)),
        known=tuple(number != reader.unknown_id for number in read.values(0).tolist()),
        channels=(),
        shares=np.exp(logs),
    )


def _channels(values: NDArray[Any]) -> tuple[list[float | None], ...]:
    """The first channels of a series, as a page takes them."""
    return tuple(
        [None if math.isnan(v) else float(f"{v:.{_DIGITS}g}") for v in channel.tolist()]
        for channel in values[:, :MOST_CHANNELS].T
    )
