"""What a model that carries its state says after its memory was wiped in mid-text.

Letters: R rows of text, T steps, P places, N contexts.
"""

import torch
from torch import Tensor

from elman.contracts import Steppable
from elman.inspect.rows import TextRows, cut, losses
from elman.inspect.truncation import Measured

__all__ = ["WARM_UP", "measure_wiped"]

_ROWS = 32
WARM_UP = 4  # times the longest cut context: the least full one
_WINDOWS = 1024  # contexts read side by side


def measure_wiped(
    model: Steppable,
    ids: Tensor,
    resets: Tensor | None,
    *,
    longest: int,
    positions: int,
    seed: int,
) -> Measured:
    """Read on from random places with the memory wiped: one reading for all contexts from there.

    Args:
        model: in evaluation mode.
        ids: the text, (N,).
        resets: (N,) bool, or None.
        longest: steps of the longest cut context.
        positions: places at most.
        seed: of their choice.

    Raises:
        ShapeError: `ids` or `resets` has another shape.
        DataError: the text is too short, or the model gives NaN.
    """
    warm_up = WARM_UP * longest
    text = cut("memory_horizon", ids, resets, _ROWS, warm_up + longest + 1)
    full = _full(model, text)
    starts = _starts(text, warm_up, longest, positions, seed)
    extra = [_extra(model, text, full, part, longest) for part in torch.split(starts, _WINDOWS)]
    return Measured(torch.cat(extra), full[:, warm_up:].flatten())


def _full(model: Steppable, text: TextRows) -> Tensor:
    """Nats of every step's target with all of the row before it, (R, T-1)."""
    resets = None if text.resets is None else text.resets[:, :-1]
    return losses(model, text.ids[:, :-1], text.ids[:, 1:], resets)


def _starts(text: TextRows, warm_up: int, longest: int, positions: int, seed: int) -> Tensor:
    """Where contexts begin, as (row, step) pairs, (P, 2): drawn without repetition."""
    R, T = text.ids.shape
    span = T - warm_up - longest
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randperm(R * span, generator=generator)[:positions].sort().values
    return torch.stack([drawn // span, warm_up + drawn % span], dim=1)


def _extra(model: Steppable, text: TextRows, full: Tensor, starts: Tensor, longest: int) -> Tensor:
    """Loss after 1, 2, … steps from each start, less that with the full context, (P, N)."""
    rows, steps = starts[:, :1], starts[:, 1:] + torch.arange(longest)
    resets = None if text.resets is None else text.resets[rows, steps]
    cut_off = losses(model, text.ids[rows, steps], text.ids[rows, steps + 1], resets)
    return cut_off - full[rows, steps]
