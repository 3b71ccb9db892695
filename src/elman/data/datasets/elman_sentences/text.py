"""Sentences drawn from the grammar, the same for the same seed on every machine."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from elman.checks import check_range
from elman.choices import EOS
from elman.data.datasets.elman_sentences.machine import Machine

__all__ = ["draw"]

_BLOCK = 4096  # drawn side by side; the first sentences are the same however many are asked for
_ROUNDING = 1e-9


def draw(machine: Machine, sentences: int, seed: int) -> Iterator[str]:
    """Draw `sentences` sentences, words parted by spaces, without ``<eos>``.

    Raises:
        ConfigError: if `sentences` or `seed` is below 0.
    """
    check_range("generate", "sentences", sentences, at_least=0)
    check_range("generate", "seed", seed, at_least=0)
    ends = _ends(machine)
    for block in range(0, sentences, _BLOCK):
        drawn = _draw_block(machine, ends, np.random.default_rng([seed, block]))
        for row in drawn[: sentences - block].tolist():
            yield " ".join(machine.words[v] for v in row[: row.index(machine.ids[EOS])])


def _ends(machine: Machine) -> NDArray[np.float64]:
    """Where each word's share of the line from s to s + 1 ends, state after state, (S·V,)."""
    start = np.arange(len(machine.stationary))[:, None]
    ends = start + machine.probabilities.cumsum(1)
    ends = np.where(ends > start + 1 - _ROUNDING, start + 1, ends)  # no room for the impossible
    return ends.ravel()


def _draw_block(
    machine: Machine, ends: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.int64]:
    """Word ids of `_BLOCK` sentences, (B, T), each closed by ``<eos>`` and then by anything."""
    V, eos = len(machine.words), machine.ids[EOS]
    going = np.arange(_BLOCK)
    state = np.zeros(_BLOCK, dtype=np.int64)
    columns = []
    while len(going):
        points = state + random.random(len(going)) * (1 - _ROUNDING)
        word = np.searchsorted(ends, points, side="right") - state * V
        columns.append(np.full(_BLOCK, eos))
        columns[-1][going] = word
        state = machine.following[state, word][word != eos]
        going = going[word != eos]
    return np.stack(columns, axis=1)
