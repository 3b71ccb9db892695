"""Readers of a memory: fitted on some states, and measured on others.

Letters: B sequences, T steps, V words, E width of a word's code, K lags, Q classes of margins.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from elman.errors import DataError, ShapeError
from elman.inspect.memories import Halves
from elman.inspect.probe import Probe
from elman.inspect.recollection import Recall
from elman.inspect.ridge import Block, Code, explained, fit_ridge

__all__ = ["codes_of", "recall_ids", "recall_values"]

_BINS = 20
_WIDEST = 256  # vocabularies up to here have a number of their own for each word
_CODE = 64  # width of a word's code in larger ones
_READ = 4096  # places read back there at each lag, about: each is held against all words


def recall_ids(
    fitted: Iterable[Block],
    held_out: Iterable[Block],
    codes: Tensor,
    penalty: float,
    *,
    places: int,
) -> Recall:
    """Fit the reader of ids, and measure it.

    Args:
        fitted: states and the inputs before them, to learn from.
        held_out: the same, to be measured on.
        codes: of each word, (V, E); see `codes_of`.
        penalty: of the fit.
        places: how many there are in `held_out`; of very many words not all are read back.
    """
    weights, bias = fit_ridge(fitted, lambda inputs: codes[inputs], penalty)
    every = max(1, places // _READ) if len(codes) > _WIDEST else 1
    margins, hits, present = _measure(held_out, weights, bias, codes, every)
    edges, precision = _calibrate(margins, hits)
    probe = Probe(weights, bias, codes, edges, precision, hits.mean(1))
    chance = float(torch.bincount(present).max()) / len(present)
    return Recall("accuracy", tuple(probe.accuracy.tolist()), chance, None, hits.shape[1], probe)


def recall_values(
    fitted: Iterable[Block], held_out: Iterable[Block], halves: Halves, lags: int, penalty: float
) -> Recall:
    """Fit the reader of values and one that sees the present input only, and measure both.

    Raises:
        DataError: no number of the inputs varies.
    """
    code = _scaling(halves)
    learned, measured = list(fitted), list(held_out)
    scores = explained(measured, code, *fit_ridge(learned, code, penalty))
    now = [[(code(x)[:, 0], x) for _, x in blocks] for blocks in (learned, measured)]
    present = explained(now[1], code, *fit_ridge(now[0], code, penalty))
    return Recall("R²", scores, 0.0, present, halves.places(lags, fitted=False), None)


def _scaling(halves: Halves) -> Code:
    """Scale each number of the inputs by its mean and deviation, and leave out what never varies.

    Raises:
        DataError: none varies.
    """
    seen = [
        batch.x.cpu()[first & batch.mask.cpu()].flatten(1).double()
        for batch, first in zip(halves.batches, halves.fitted, strict=True)
    ]
    values = torch.cat(seen)
    mean, deviation = values.mean(0), values.std(0)
    varies = (deviation > 1e-6 * values.abs().amax(0)).nonzero()[:, 0]
    if not len(varies):
        raise DataError("recall: the inputs must vary, got the same numbers at every step.")
    return lambda x: ((x.flatten(2).double() - mean) / deviation)[..., varies]


def codes_of(
    module: Any, ids: Tensor, vocabulary_size: int | None, embedding: Tensor | None
) -> Tensor:
    """The code of each word, (V, E): one-hot, or the embedding's directions that vary most.

    Args:
        module: whose embedding is taken.
        ids: that are to have a code.
        vocabulary_size: V; None for that of the embedding, else the largest id and one.
        embedding: (V, E); None for the module's own.

    Raises:
        ShapeError: an id has no code, or the embedding is missing or of another shape.
    """
    parts = module.modules() if isinstance(module, torch.nn.Module) else ()
    tables = [part.weight for part in parts if isinstance(part, torch.nn.Embedding)]
    least = int(ids.max()) + 1
    V = vocabulary_size or max(2, least, *(len(table) for table in tables[:1]))
    if least > V:
        raise ShapeError(f"recall: ids must lie below V={V}, got {least - 1}.")
    if V <= _WIDEST:
        return torch.eye(V)
    if embedding is None:
        embedding = next((table.detach().cpu() for table in tables if len(table) == V), None)
    if embedding is None or embedding.dim() != 2 or len(embedding) != V:
        got = None if embedding is None else tuple(embedding.shape)
        raise ShapeError(
            f"recall: `embedding` must have shape (V={V}, E) for more than {_WIDEST} words, "
            f"got {got}."
        )
    centred = (embedding - embedding.mean(0)).double()
    _, directions = torch.linalg.eigh(centred.T @ centred)
    codes: Tensor = (centred @ directions[:, -_CODE:]).float()
    return codes


def _measure(
    blocks: Iterable[Block], weights: Tensor, bias: Tensor, codes: Tensor, every: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Margins of readings, and whether they were right, (K, n) each; and the present ids of all."""
    nothing = torch.zeros(len(weights), 0)
    reader = Probe(weights, bias, codes, nothing, nothing, nothing)
    margins, hits, present = [], [], []
    for states, inputs in blocks:
        read = [reader.decode(states[::every], lag) for lag in range(reader.lags)]
        margins.append(torch.stack([margin for _, margin in read]))
        hits.append(torch.stack([words for words, _ in read]) == inputs[::every].T)
        present.append(inputs[:, 0])
    return torch.cat(margins, dim=1), torch.cat(hits, dim=1).float(), torch.cat(present)


def _calibrate(margins: Tensor, hits: Tensor) -> tuple[Tensor, Tensor]:
    """Part margins into classes of equal size; the share of right readings in each."""
    parts = np.linspace(0, 1, _BINS + 1)[1:-1]
    found = np.quantile(margins.numpy(), parts, axis=1)  # torch's takes 16 million numbers at most
    edges = torch.from_numpy(found).to(margins).T.contiguous()  # (K, Q - 1)
    place = torch.searchsorted(edges, margins)
    right = torch.zeros(len(margins), _BINS).scatter_add(1, place, hits)
    count = torch.zeros(len(margins), _BINS).scatter_add(1, place, torch.ones_like(hits))
    return edges, right / count.clamp_min(1)
