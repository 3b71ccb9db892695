"""The machine of the grammar: in each state the words that may come, and where each leads.

Letters: S states, V words of the vocabulary, N words of a text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elman.checks import suggest
from elman.data.datasets.elman_sentences.grammar import Rules, Stack, next_words
from elman.errors import DataError

__all__ = ["Machine", "build", "entropy"]

_GRID = 1e9 * np.pi  # sums in another order differ in the sixteenth digit; shares are round
# numbers, whose products often stand in the middle between two steps of a decimal grid

_Mixture = dict[Stack, float]
"""What may still be to be said, with probabilities: a state before states alike are merged."""


@dataclass(frozen=True)
class Machine:
    """A machine whose state after a word is certain once its state before it is.

    Attributes:
        words: the vocabulary, id -> word.
        probabilities: of each word in each state, (S, V) float64; rows add to one.
        following: the state after that word, (S, V) int64; 0 where the word cannot come.
        stationary: share of time spent in each state in the long run, (S,) float64.

    State 0 is the start of a sentence.
    """

    words: tuple[str, ...]
    probabilities: NDArray[np.float64]
    following: NDArray[np.int64]
    stationary: NDArray[np.float64]

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each word."""
        return {word: v for v, word in enumerate(self.words)}

    @cached_property
    def _arcs(self) -> list[list[int]]:
        """For each state the one after each word; -1 where the word cannot come."""
        arcs: list[list[int]] = np.where(self.probabilities > 0, self.following, -1).tolist()
        return arcs

    def encode(self, words: Iterable[str]) -> list[int]:
        """The ids of words.

        Raises:
            DataError: if a word is not of the vocabulary.
        """
        found = [(word, self.ids.get(word)) for word in words]
        for position, (word, v) in enumerate(found, 1):
            if v is None:
                near = suggest(word, self.words)
                raise DataError(
                    f"elman-sentences: word {position} must be in the grammar's vocabulary, "
                    f"got '{word}'.{near}"
                )
        return [v for _, v in found if v is not None]

    def walk(self, ids: Iterable[int], start: int = 0) -> NDArray[np.int64]:
        """The state after each word, (N,), read from state `start` on.

        Raises:
            DataError: if the grammar never says these words in this order.
        """
        states, state = [], start
        for position, v in enumerate(ids, 1):
            state = self._arcs[state][v]
            if state < 0:
                raise DataError(
                    f"elman-sentences: word {position} must be one that may follow, "
                    f"got '{self.words[v]}'."
                )
            states.append(state)
        return np.asarray(states, dtype=np.int64)

    def entropies(self) -> NDArray[np.float64]:
        """Nats of the next word in each state, (S,)."""
        return entropy(self.probabilities)

    def entropy(self) -> float:
        """Nats per word of an endless text, the least that any model can lose."""
        return float(self.stationary @ self.entropies())


def entropy(distributions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nats of each row."""
    possible = distributions > 0
    logs = np.log(distributions, where=possible, out=np.zeros_like(distributions))
    nats: NDArray[np.float64] = -(distributions * logs).sum(1)
    return nats


def build(rules: Rules) -> Machine:
    """Expand the rules into the smallest machine that says the same with the same probabilities."""
    arcs = _explore(rules)
    words = tuple(sorted({word for state in arcs for word in state}))
    column = {word: v for v, word in enumerate(words)}
    probabilities = np.zeros((len(arcs), len(words)))
    following = np.zeros((len(arcs), len(words)), dtype=np.int64)
    for s, state in enumerate(arcs):
        for word, (probability, target) in state.items():
            probabilities[s, column[word]] = probability
            following[s, column[word]] = target
    probabilities, following = _merge(probabilities, following)
    return Machine(words, probabilities, following, _stationary(probabilities, following))


def _explore(rules: Rules) -> list[dict[str, tuple[float, int]]]:
    """Every state reached from the start, with its arcs: word -> (probability, state after it)."""
    start: _Mixture = {(): 1.0}
    index = {_key(start): 0}
    waiting = [start]
    arcs: list[dict[str, tuple[float, int]]] = []
    for state in waiting:  # grows as it is read
        arcs.append({})
        for word, stacks in _mixed_next(rules, state).items():
            total = sum(stacks.values())
            after = {stack: probability / total for stack, probability in stacks.items()}
            if _key(after) not in index:
                index[_key(after)] = len(waiting)
                waiting.append(after)
            arcs[-1][word] = (total, index[_key(after)])
    return arcs


def _key(state: _Mixture) -> tuple[tuple[Stack, int], ...]:
    """What tells mixtures apart."""
    return tuple(sorted((stack, round(share * _GRID)) for stack, share in state.items()))


def _mixed_next(rules: Rules, state: _Mixture) -> dict[str, dict[Stack, float]]:
    """`next_words` of a mixture of stacks."""
    found: dict[str, dict[Stack, float]] = {}
    for stack, share in state.items():
        for word, stacks in next_words(rules, stack).items():
            into = found.setdefault(word, {})
            for after, probability in stacks.items():
                into[after] = into.get(after, 0.0) + share * probability
    return found


def _merge(
    probabilities: NDArray[np.float64], following: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Merge states that no future text tells apart (Moore's partition refinement)."""
    possible = probabilities > 0
    group = np.unique((probabilities * _GRID).round(), axis=0, return_inverse=True)[1].ravel()
    while True:
        seen = np.column_stack([group, np.where(possible, group[following], -1)])
        finer = np.unique(seen, axis=0, return_inverse=True)[1].ravel()
        if finer.max() == group.max():
            break
        group = finer
    _, first = np.unique(group, return_index=True)
    order = np.argsort(first)  # keep the order of discovery: the start stays state 0
    renamed = np.empty_like(order)
    renamed[order] = np.arange(len(order))
    kept = first[order]
    return probabilities[kept], np.where(possible[kept], renamed[group[following[kept]]], 0)


def _stationary(
    probabilities: NDArray[np.float64], following: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Solve π = π P for the chain of states."""
    S = len(probabilities)
    chain = np.zeros((S, S))
    np.add.at(chain, (np.arange(S)[:, None], following), probabilities)
    system = chain.T - np.eye(S)
    system[-1] = 1.0  # one equation follows from the others; the shares add to one
    shares: NDArray[np.float64] = np.linalg.solve(system, np.eye(S)[-1])
    return shares
