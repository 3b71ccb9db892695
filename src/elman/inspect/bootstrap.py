"""The paired bootstrap: how sure a figure is that was measured at many places.

Letters: P places, N figures at each, Q groups of places, R resamples.
"""

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["resampled_means", "spread"]

_GROUPS = 1000
_CHUNK = 250  # resamples drawn at once


def resampled_means(measured: Tensor, *, resamples: int = 1000, seed: int = 0) -> Tensor:
    r"""Means of what was measured, over places drawn anew with repetition, (R, N).

        mean_r = sum over q of count_rq · sum_q / sum over q of count_rq · size_q

    All N figures of a place are drawn together (paired), and more than 1,000 places are drawn in
    1,000 groups of neighbours, which are not independent of each other.

    Shapes: P places, N figures.

    Args:
        measured: (P, N), neighbouring places in neighbouring rows.
        resamples: R.
        seed: of the drawing.

    Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapters 6 and 8.

    >>> means = resampled_means(torch.tensor([[0.0, 1.0], [2.0, 3.0]]))
    >>> sorted({tuple(row) for row in means.tolist()})
    [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]
    """
    parts = torch.tensor_split(measured.double(), min(len(measured), _GROUPS))
    sums = torch.stack([part.sum(0) for part in parts])
    sizes = sums.new_tensor([len(part) for part in parts])
    generator = torch.Generator().manual_seed(seed)
    found = []
    for start in range(0, resamples, _CHUNK):
        rows = min(_CHUNK, resamples - start)
        drawn = torch.randint(len(parts), (rows, len(parts)), generator=generator)
        counts = sums.new_zeros(rows, len(parts)).scatter_add_(1, drawn, sums.new_ones(drawn.shape))
        found.append(counts @ sums / (counts @ sizes)[:, None])
    return torch.cat(found)


def spread(
    means: Tensor, figure: Callable[[list[float]], float], *, coverage: float = 0.95
) -> tuple[float, float]:
    """The interval that holds so much of a figure's values over resamples.

    Args:
        means: (R, N), as `resampled_means` gives them.
        figure: what is made of N means; it may be infinite.
        coverage: the share of resamples within the interval.

    >>> spread(torch.arange(1000.0)[:, None], lambda row: row[0], coverage=0.9)
    (50.0, 949.0)
    """
    values = sorted(figure(row) for row in means.tolist())
    outside = round(len(values) * (1 - coverage) / 2)
    return values[outside], values[-1 - outside]
