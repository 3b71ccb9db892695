"""A linear reader of states: which words of the past can be told from a memory, and how surely.

Letters: D numbers of a state, K lags, V words, E width of a word's code, Q classes of margin.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from elman.contracts import State
from elman.errors import CheckpointError, ShapeError

__all__ = ["SURE", "Probe", "Recollection", "flat"]

SURE = 0.5
"""A word counts as held where readings like this one are right more often than not."""

_SCORES = 2**24  # held at once: 64 MB


@dataclass(frozen=True)
class Recollection:
    """One word read from a memory.

    Attributes:
        lag: how many steps back it stood; 0 is the step just read.
        id: the word.
        confidence: how often, on held-out text, words read with such a margin at this lag were
            right.
    """

    lag: int
    id: int
    confidence: float

    @property
    def sure(self) -> bool:
        """Whether the memory may be said to hold the word: most such readings are right."""
        return self.confidence > SURE


@dataclass(frozen=True)
class Probe:
    """Reads the inputs of the last K steps from a state.

        guess = W_k s + b_k              for lag k
        score(v) = guess · code(v) - |code(v)|² / 2

    The word of the highest score is the one whose code is nearest to the guess; its margin over the
    second tells how sure the reading is.

    Attributes:
        weights: W, (K, D, E).
        bias: b, (K, E).
        codes: of each word, (V, E).
        edges: where classes of margin part, (K, Q - 1), rising.
        precision: share of right readings in each class, on held-out text, (K, Q).
        accuracy: share of right readings at each lag, on held-out text, (K,).
    """

    weights: Tensor
    bias: Tensor
    codes: Tensor
    edges: Tensor
    precision: Tensor
    accuracy: Tensor

    @property
    def lags(self) -> int:
        """K."""
        return len(self.weights)

    def read(self, state: State) -> tuple[Recollection, ...]:
        """What the memory of one sequence holds, lag 0 first.

        Args:
            state: of a batch of one, (L, 1, H) each. Lags from before anything was read mean
                nothing: keep as many as there were steps.

        Raises:
            ShapeError: the state is not of the kind that the probe was trained on.
        """
        states = flat(state)
        if states.shape != (1, self.weights.shape[1]):
            D, got = self.weights.shape[1], tuple(states.shape)
            raise ShapeError(f"Probe.read: `state` must hold (1, D={D}) numbers, got {got}.")
        found = []
        for lag in range(self.lags):
            words, margins = self.decode(states, lag)
            place = torch.bucketize(margins, self.edges[lag])
            found.append(Recollection(lag, int(words), float(self.precision[lag, place])))
        return tuple(found)

    def decode(self, states: Tensor, lag: int) -> tuple[Tensor, Tensor]:
        """The likeliest word `lag` steps back and its margin, (n,) each, from states (n, D).

        However many words there are, few scores are held at once.
        """
        guess = states.to(self.weights.dtype) @ self.weights[lag] + self.bias[lag]
        shorter = self.codes.square().sum(1) / -2
        words, margins = [], []
        at_once = max(1, min(len(guess), _SCORES // len(self.codes)))
        held = guess.new_empty(at_once, len(self.codes))
        for begin in range(0, max(1, len(guess)), at_once):
            part = guess[begin : begin + at_once]
            scores = torch.addmm(shorter, part, self.codes.T, out=held[: len(part)])
            first, best = scores.max(dim=1)
            second = scores.scatter_(1, best[:, None], -torch.inf).amax(dim=1)
            words.append(best)
            margins.append(first - second)
        return torch.cat(words), torch.cat(margins)

    def to_tensors(self) -> dict[str, Tensor]:
        """Its tensors by name, for a file."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor], where: str = "Probe") -> "Probe":
        """The probe that `to_tensors` gave.

        Args:
            tensors: its tensors by name.
            where: the file they came from, for messages.

        Raises:
            CheckpointError: a tensor is missing, or their shapes do not fit together.
        """
        names = [field.name for field in fields(cls)]
        if missing := [name for name in names if name not in tensors]:
            raise CheckpointError(
                f"{where}: the file must hold `{missing[0]}`, got {list(tensors)}."
            )
        probe = cls(*(tensors[name] for name in names))
        got = tuple(tuple(tensors[name].shape) for name in names)
        if not _fits(got):
            raise CheckpointError(f"{where}: tensors {names} must fit together, got shapes {got}.")
        return probe


def flat(state: State) -> Tensor:
    """All numbers of a state in one row a sequence: (L, B, H) each to (B, D)."""
    return torch.cat([part.transpose(0, 1).flatten(1) for part in state], dim=1)


def _fits(shapes: tuple[tuple[int, ...], ...]) -> bool:
    """Whether shapes are those of one probe with at least one lag, two words and one class."""
    weights, bias, codes, edges, precision, accuracy = shapes
    if len(weights) != 3 or len(codes) != 2 or len(precision) != 2:
        return False
    K, _, E = weights
    V, Q = codes[0], precision[1]
    return (
        (bias, codes, precision) == ((K, E), (V, E), (K, Q))
        and (edges, accuracy) == ((K, Q - 1), (K,))
        and K >= 1
        and V >= 2
        and Q >= 1
    )
