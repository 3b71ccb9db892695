"""What follows from only the last n words: beliefs over the machine's states, exactly.

A reader who joins the text at a random place holds the stationary distribution over states and
sharpens it with every word it reads. The loss of such a reader after n words, in expectation over
all texts, is found by following every belief that n words can lead to; beliefs that agree are
followed once, and those that are certain cost nothing more and need not be followed at all.

Letters: S states, V words, K beliefs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elman.checks import check_range
from elman.data.datasets.elman_sentences.machine import Machine, entropy
from elman.errors import ConfigError

__all__ = ["LONGEST", "Floats", "believe", "extra_losses", "horizon"]

LONGEST = 64

Floats = NDArray[np.float64]
"""Probabilities, or their logarithms."""


def believe(machine: Machine, words: list[int]) -> Floats:
    """The belief over states, (S,), after reading `words` from a random place of the text.

    Words that the grammar cannot say in this order leave no state possible: then all zeros.
    """
    belief = machine.stationary
    for word in words:
        after = np.zeros_like(belief)
        np.add.at(after, machine.following[:, word], belief * machine.probabilities[:, word])
        total = after.sum()
        belief = after / total if total > 0 else after
    return belief


def extra_losses(machine: Machine) -> Iterator[float]:
    """For n = 0, 1, 2, …: nats per word that the next word costs beyond what it must.

    The n-th is E[log p(w | all words before) - log p(w | the last n words)]; it never rises.
    """
    steps = _steps(machine)
    surely = machine.entropies()
    S = len(surely)
    held = [_Beliefs(np.arange(S), machine.stationary[None], np.ones(1))]
    while True:
        extra = 0.0
        for part in held:
            mixed = part.rows @ machine.probabilities[part.states]
            extra += float(part.weights @ (entropy(mixed) - part.rows @ surely[part.states]))
        yield extra
        held = [_read(step, held) for step in steps]


def horizon(machine: Machine, tolerance: float = 0.01) -> int:
    """The smallest n whose extra loss is at most `tolerance` nats per word.

    0.01 nats is a perplexity 1 % above that of the full context.

    Raises:
        ConfigError: if `tolerance` is not above 0, or so small that more than `LONGEST` words
            would be needed.
    """
    check_range("horizon", "tolerance", tolerance, above=0)
    for n, extra in enumerate(extra_losses(machine)):
        if extra <= tolerance:
            return n
        if n == LONGEST:
            break
    raise ConfigError(
        f"horizon: `tolerance` must be met within {LONGEST} words, got {tolerance!r}."
    )


@dataclass(frozen=True)
class _Beliefs:
    """Beliefs that share the states they hold possible, and the probability of each."""

    states: NDArray[np.int64]  # (R,)
    rows: Floats  # (K, R)
    weights: Floats  # (K,)


@dataclass(frozen=True)
class _Step:
    """Reading one of some words that teach the same: from any state, where to, how probably."""

    targets: NDArray[np.int64]  # (R,)
    transfer: Floats  # (S, R)


def _steps(machine: Machine) -> list[_Step]:
    """One step for each class of words with the same arcs in the same proportions."""
    classes: dict[bytes, list[int]] = {}
    for word in range(len(machine.words)):
        column = machine.probabilities[:, word]
        alike = np.stack([(column / column.sum()).round(9), machine.following[:, word]])
        classes.setdefault(alike.tobytes(), []).append(word)
    steps = []
    for words in classes.values():
        sources = np.flatnonzero(machine.probabilities[:, words[0]])
        targets, place = np.unique(machine.following[sources, words[0]], return_inverse=True)
        transfer = np.zeros((len(machine.stationary), len(targets)))
        transfer[sources, place.ravel()] = machine.probabilities[sources][:, words].sum(1)
        steps.append(_Step(targets, transfer))
    return steps


def _read(step: _Step, held: list[_Beliefs]) -> _Beliefs:
    """The beliefs, still uncertain, that reading this word leads to."""
    found, mass = [], []
    for part in held:
        moved = part.rows @ step.transfer[part.states]
        total = moved.sum(1)
        uncertain = moved.max(1) < total * (1 - 1e-12)
        found.append(moved[uncertain] / total[uncertain, None])
        mass.append(part.weights[uncertain] * total[uncertain])
    return _Beliefs(step.targets, *_unite(np.concatenate(found), np.concatenate(mass)))


def _unite(rows: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Follow rows that agree to ten digits once; two random projections tell rows apart."""
    random = np.random.default_rng(0).random((rows.shape[1], 2))
    keys = (rows @ random).round(10)
    _, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    united: Floats = np.zeros(len(first))
    np.add.at(united, place.ravel(), weights)
    return rows[first], united
