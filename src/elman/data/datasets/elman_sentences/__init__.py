"""English of a small grammar whose probabilities are known exactly.

A text is one sentence a line; ``<eos>``, which every codec sets at the end of a line, is a word
of the grammar too (it always follows "."), so that perplexities compare target by target.

>>> list(next_word(["I", "love"]))[:5]
['the', 'you', 'cats', 'dogs', 'boys']
>>> round(next_word(["I", "love", "cats"])["."], 2)
0.36
>>> next_word(["cats", "that", "the", "dog", "I", "love", "chases", "sleeps"])
Traceback (most recent call last):
elman.errors.DataError: elman-sentences: word 8 must be one that may follow, got 'sleeps'.
>>> horizon()
9
>>> next(generate(1, seed=1))
'cats that I feed are old .'
"""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from elman.data.datasets.elman_sentences import beliefs
from elman.data.datasets.elman_sentences.grammar import FORMS, RULES, read_forms, read_rules
from elman.data.datasets.elman_sentences.machine import Machine, build
from elman.data.datasets.elman_sentences.text import draw
from elman.errors import DataError

__all__ = [
    "Machine",
    "entropy",
    "extra_losses",
    "generate",
    "horizon",
    "machine",
    "next_word",
    "next_word_truncated",
]


@cache
def machine() -> Machine:
    """The grammar as a machine; expanded once, in about a second.

    >>> machine().words[:3]
    ('.', '<eos>', 'I')
    """
    return build(read_forms(FORMS) | read_rules(RULES))


def generate(sentences: int, seed: int = 0) -> Iterator[str]:
    """Draw sentences, words parted by spaces; the same for the same seed.

    Args:
        sentences: how many; fewer are the beginning of more.
        seed: of every draw.

    Raises:
        ConfigError: if either is below 0.

    >>> [len(sentence.split()) for sentence in generate(3, seed=1)]
    [7, 4, 7]
    """
    return draw(machine(), sentences, seed)


def next_word(prefix: Sequence[str]) -> dict[str, float]:
    """The exact probability of each word that may follow, likeliest first.

    Args:
        prefix: all words since the start of a sentence (or of earlier ones, with ``<eos>``).

    Raises:
        DataError: if the grammar never says these words.

    >>> {word: round(p, 2) for word, p in next_word(["I", "love", "cats"]).items() if p > 0.1}
    {'.': 0.36, 'that': 0.19, 'very': 0.17, 'and': 0.12}
    """
    states = machine().walk(machine().encode(prefix))
    return _named(machine().probabilities[states[-1] if len(states) else 0])


def next_word_truncated(context: Sequence[str]) -> dict[str, float]:
    """The exact probability of each word given only the last words of a text, likeliest first.

    Args:
        context: the last n words, begun anywhere; what came before is not known.

    Raises:
        DataError: if the grammar never says these words.

    >>> whole, end = ["the", "dog", "that", "cats", "love"], ["love"]
    >>> round(next_word(whole)["chases"], 2), round(next_word_truncated(end)["chases"], 2)
    (0.06, 0.01)
    """
    belief = beliefs.believe(machine(), machine().encode(context))
    if not belief.any():
        said = " ".join(context)
        raise DataError(f"elman-sentences: `context` must be words it can say, got '{said}'.")
    return _named(belief @ machine().probabilities)


def entropy() -> float:
    """Nats per word of an endless text; exp of it is the exact perplexity.

    >>> f"{np.exp(entropy()):.2f}"
    '4.19'
    """
    return machine().entropy()


def extra_losses() -> Iterator[float]:
    """For n = 0, 1, 2, …: nats per word lost by who sees only the last n words, exactly.

    >>> [round(loss, 2) for _, loss in zip(range(4), extra_losses())]
    [1.88, 0.43, 0.26, 0.13]
    """
    return beliefs.extra_losses(machine())


def horizon(tolerance: float = 0.01) -> int:
    """How many words one must see: the smallest n whose extra loss is within `tolerance`.

    Args:
        tolerance: nats per word; 0.01 is a perplexity 1 % above that of the full context.

    Raises:
        ConfigError: if it is not above 0, or needs more than 64 words.

    >>> horizon(tolerance=0.01), horizon(tolerance=0.1)
    (9, 4)
    """
    return beliefs.horizon(machine(), tolerance)


def _named(probabilities: NDArray[np.float64]) -> dict[str, float]:
    """Each word with its probability, likeliest first, without the impossible."""
    order = np.argsort(-probabilities, kind="stable")
    return {machine().words[v]: float(probabilities[v]) for v in order if probabilities[v] > 0}
