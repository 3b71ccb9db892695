"""What a memory still holds: linear probes from the state to the inputs of the steps before.

Letters: R rows of text, T steps, D numbers of a state, V words, E width of a word's code, K lags.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.checks import check_range
from elman.contracts import State, Steppable
from elman.errors import DataError, ShapeError
from elman.inspect.probe import Probe, flat
from elman.inspect.rows import TextRows, cut, evaluating

__all__ = ["Recall", "recall"]

_ROWS = 32
_BINS = 20
_WIDEST = 256  # vocabularies up to here have a number of their own for each word
_CODE = 64  # width of a word's code in larger ones
_BLOCK = 32  # steps whose states are held at once


@dataclass(frozen=True)
class Recall:
    """What a model's memory still holds, by lag: 0 for the step just read, 1 for the one before.

    Attributes:
        accuracy: share of held-out steps whose input k steps back was read from the state.
        chance: the same for always naming the commonest input.
        probe: the reader.
        positions: held-out steps.
    """

    accuracy: tuple[float, ...]
    chance: float
    probe: Probe
    positions: int


def recall(
    model: Steppable,
    ids: Tensor,
    *,
    vocabulary_size: int,
    resets: Tensor | None = None,
    embedding: Tensor | None = None,
    lags: int = 8,
    penalty: float = 1e-4,
) -> Recall:
    r"""Train a linear probe for each lag and measure it on text that it was not trained on.

        W_k = argmin over W, b of sum over t of |W s_t + b - code(x_{t-k})|² + λ|W σ|²

    s_t is the whole state after step t, all layers and parts, and σ² the sum of squares of each of
    its numbers about their mean, so that units do not matter. The code of a word is one-hot for
    vocabularies up to 256, else its embedding, in the 64 directions that vary most. The first four
    fifths of the text train the probe, in closed form and in float64; the rest measures it.

    Shapes: N steps of text, V words, E width of the embedding.

    Args:
        model: reads ids (B, T); only its states are used.
        ids: the text, (N,), which the model should not have been trained on.
        vocabulary_size: V.
        resets: (N,) bool; where memory is wiped anyway, such as at the start of sentences.
        embedding: (V, E); needed for V above 256.
        lags: how many steps back to look, the present one included.
        penalty: λ.

    Raises:
        ConfigError: a number is out of its range.
        ShapeError: a tensor has another shape, or the embedding is missing.
        DataError: the text is too short, or the states are not finite.

    Source: closed-form linear probes, Alain and Bengio, arXiv:1610.01644; recall by lag, Jaeger's
    memory capacity, GMD report 152, 2001.

    >>> _ = torch.manual_seed(0)
    >>> class Shift:
    ...     '''Remembers the last two inputs, and nothing more.'''
    ...     def initial_state(self, batch_size):
    ...         return (torch.zeros(1, batch_size, 8),)
    ...     def __call__(self, x, state=None, resets=None):
    ...         memory, = state or self.initial_state(len(x))
    ...         for word in x.T:
    ...             now = torch.nn.functional.one_hot(word, 4).float()
    ...             memory = torch.cat([now[None], memory[..., :4]], dim=-1)
    ...         return memory[0, :, None], (memory,)
    >>> found = recall(Shift(), torch.randint(4, (4000,)), vocabulary_size=4, lags=3)
    >>> [round(share, 1) for share in found.accuracy]
    [1.0, 1.0, 0.2]
    """
    check_range("recall", "lags", lags, at_least=1)
    check_range("recall", "penalty", penalty, above=0)
    check_range("recall", "vocabulary_size", vocabulary_size, at_least=2)
    text = cut("recall", ids, resets, _ROWS, 10 * lags)
    codes = _codes(vocabulary_size, embedding)
    fitted = text.ids.shape[1] * 4 // 5
    with evaluating(model):
        weights, bias = _fit(_blocks(model, _columns(text, 0, fitted), lags), codes, penalty)
        held_out = _columns(text, fitted, text.ids.shape[1])
        margins, hits = _measure(_blocks(model, held_out, lags), weights, bias, codes)
    edges, precision = _calibrate(margins, hits)
    probe = Probe(weights, bias, codes, edges, precision, hits.mean(1))
    chance = float(torch.bincount(held_out.ids.flatten()).max()) / held_out.ids.numel()
    return Recall(tuple(probe.accuracy.tolist()), chance, probe, hits.shape[1])


def _codes(vocabulary_size: int, embedding: Tensor | None) -> Tensor:
    """The code of each word, (V, E): one-hot, or the embedding's directions that vary most."""
    if vocabulary_size <= _WIDEST:
        return torch.eye(vocabulary_size)
    if embedding is None or embedding.dim() != 2 or len(embedding) != vocabulary_size:
        got = None if embedding is None else tuple(embedding.shape)
        raise ShapeError(
            f"recall: `embedding` must have shape (V={vocabulary_size}, E) for more than "
            f"{_WIDEST} words, got {got}."
        )
    centred = (embedding - embedding.mean(0)).double()
    _, directions = torch.linalg.eigh(centred.T @ centred)
    codes: Tensor = (centred @ directions[:, -_CODE:]).float()
    return codes


def _columns(text: TextRows, begin: int, end: int) -> TextRows:
    """Some steps of every row."""
    resets = None if text.resets is None else text.resets[:, begin:end]
    return TextRows(text.ids[:, begin:end], resets)


def _blocks(model: Steppable, text: TextRows, lags: int) -> Iterator[tuple[Tensor, Tensor]]:
    """States and the inputs that led to them, lag 0 first: (n, D) and (n, K), block by block."""
    state: State | None = None
    states: list[Tensor] = []
    inputs: list[Tensor] = []
    T = text.ids.shape[1]
    for t in range(T):
        resets = None if text.resets is None else text.resets[:, t : t + 1]
        _, state = model(text.ids[:, t : t + 1], state, resets)
        if t >= lags - 1:
            states.append(flat(state).cpu())
            inputs.append(text.ids[:, t - lags + 1 : t + 1].flip(1).cpu())
        if states and (len(states) == _BLOCK or t == T - 1):
            yield torch.cat(states), torch.cat(inputs)
            states, inputs = [], []


def _fit(
    blocks: Iterator[tuple[Tensor, Tensor]], codes: Tensor, penalty: float
) -> tuple[Tensor, Tensor]:
    """The ridge regression of all lags at once: W (K, D, E) and b (K, E)."""
    targets = codes.double()
    gram: Tensor | float = 0.0
    cross: Tensor | float = 0.0
    for states, inputs in blocks:
        x = torch.cat([states.double(), states.new_ones(len(states), 1).double()], dim=1)
        gram = gram + x.T @ x  # (D + 1, D + 1)
        cross = cross + x.T @ targets[inputs].flatten(1)  # (D + 1, K·E)
    gram, cross = torch.as_tensor(gram), torch.as_tensor(cross)
    if not bool(gram.isfinite().all()):
        raise DataError("recall: the states must be finite, got NaN or infinity in them.")
    ridge = penalty * (gram.diagonal() - gram[-1].square() / gram[-1, -1]).clamp_min(1e-9)
    ridge[-1] = 0.0  # the intercept is free
    solution = torch.linalg.solve(gram + ridge.diag(), cross)
    solution = solution.unflatten(1, (-1, codes.shape[1])).transpose(0, 1).float()
    return solution[:, :-1].contiguous(), solution[:, -1].contiguous()


def _measure(
    blocks: Iterator[tuple[Tensor, Tensor]], weights: Tensor, bias: Tensor, codes: Tensor
) -> tuple[Tensor, Tensor]:
    """Margins of all readings, and whether they were right: (K, n) each."""
    nothing = torch.zeros(len(weights), 0)
    reader = Probe(weights, bias, codes, nothing, nothing, nothing)
    margins, hits = [], []
    for states, inputs in blocks:
        read = [reader.decode(states, lag) for lag in range(reader.lags)]
        margins.append(torch.stack([margin for _, margin in read]))
        hits.append(torch.stack([words for words, _ in read]) == inputs.T)
    return torch.cat(margins, dim=1), torch.cat(hits, dim=1).float()


def _calibrate(margins: Tensor, hits: Tensor) -> tuple[Tensor, Tensor]:
    """Part margins into classes of equal size; the share of right readings in each."""
    parts = torch.linspace(0, 1, _BINS + 1)[1:-1]
    edges = torch.quantile(margins, parts, dim=1).T.contiguous()  # (K, Q - 1)
    place = torch.searchsorted(edges, margins)
    right = torch.zeros(len(margins), _BINS).scatter_add(1, place, hits)
    count = torch.zeros(len(margins), _BINS).scatter_add(1, place, torch.ones_like(hits))
    return edges, right / count.clamp_min(1)
