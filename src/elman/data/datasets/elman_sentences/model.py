"""The grammar as a model that reads word by word: what any network can be held against."""

from collections.abc import Sequence

import torch
from torch import Tensor

from elman.contracts import State
from elman.data.datasets.elman_sentences import machine
from elman.errors import DataError

__all__ = ["ExactModel"]


class ExactModel:
    """Exact log-probabilities of the next word; a `Steppable` whose state is a belief.

        b_t(s') ∝ sum over s of b_{t-1}(s) p(word_t | s) [s leads to s' by word_t]
        o_t = log sum over s of b_t(s) p(· | s)

    Before anything is read, b is the stationary distribution: a reader joining at a random place.
    A wiped state therefore gives the exact distribution of the truncated context. Float64.

    Shapes: B sequences, T steps, V words, S states of the machine; the state is (b,), (1, B, S).

    Args:
        tokens: the vocabulary in whose ids it reads and answers, such as a codec's; words that the
            grammar lacks get probability zero. None takes the machine's own.

    Raises:
        DataError: `tokens` lacks a word of the grammar.

    >>> model = ExactModel()
    >>> ids = torch.tensor([machine().encode(["I", "love", "cats"])])
    >>> log_probabilities, state = model(ids)
    >>> round(float(log_probabilities[0, -1].exp().sum()), 6), state[0].shape[:2]
    (1.0, torch.Size([1, 1]))
    >>> ExactModel(["cats", "dogs"])
    Traceback (most recent call last):
    elman.errors.DataError: ExactModel: `tokens` must hold all words of the grammar, lacks '.', …
    """

    def __init__(self, tokens: Sequence[str] | None = None) -> None:
        words = machine().words
        self.tokens = tuple(words if tokens is None else tokens)
        place = {token: index for index, token in enumerate(self.tokens)}
        missing = [word for word in words if word not in place]
        if missing:
            raise DataError(
                f"ExactModel: `tokens` must hold all words of the grammar, lacks '{missing[0]}', …"
            )
        columns = [place[word] for word in words]
        shape = (len(self.tokens), len(machine().stationary))  # (V, S): a word's row is read whole
        self._probabilities = torch.zeros(shape, dtype=torch.float64)
        self._following = torch.zeros(shape, dtype=torch.int64)
        self._probabilities[columns] = torch.from_numpy(machine().probabilities.T)
        self._following[columns] = torch.from_numpy(machine().following.T)
        self._stationary = torch.from_numpy(machine().stationary)

    def initial_state(self, batch_size: int) -> State:
        """The stationary distribution for every row, ((1, B, S),)."""
        return (self._stationary.expand(1, batch_size, -1),)

    def __call__(
        self, x: Tensor, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read T more words; as `elman.contracts.Steppable`.

        Args:
            x: ids, (B, T).
            state: what the last call returned.
            resets: (B, T) bool; True forgets all before that word.

        Returns:
            Log-probabilities (B, T, V) and the belief after the last word.

        Raises:
            DataError: words that the grammar never says in this order.
        """
        (belief,) = state or self.initial_state(len(x))
        belief, outputs = belief[0], []
        for t in range(x.shape[1]):
            if resets is not None:
                belief = torch.where(resets[:, t, None], self._stationary, belief)
            belief = self._read(belief, x[:, t])
            outputs.append((belief @ self._probabilities.T).log())
        return torch.stack(outputs, dim=1), (belief[None],)

    def _read(self, belief: Tensor, word: Tensor) -> Tensor:
        """The belief after one word more, (B, S)."""
        moved = belief * self._probabilities[word]
        after = torch.zeros_like(belief).scatter_add(1, self._following[word], moved)
        total = after.sum(1, keepdim=True)
        if not bool((total > 0).all()):
            row = int((total[:, 0] > 0).int().argmin())
            token = self.tokens[int(word[row])]
            raise DataError(
                f"ExactModel: `x` must be words the grammar can say, got '{token}' in row {row}."
            )
        return after / total
