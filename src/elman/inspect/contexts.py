"""How far back a model looks: its loss as a function of how many past steps it may see."""

import torch
from torch import Tensor

from elman.checks import check_range
from elman.contracts import Steppable
from elman.inspect.horizon import Horizon, summarise
from elman.inspect.rows import TextRows, cut, evaluating, losses

__all__ = ["memory_horizon"]

_ROWS = 32
_WARM_UP = 4  # times max_context: what counts as the full context
_WINDOWS = 1024  # contexts read side by side


def memory_horizon(
    model: Steppable,
    ids: Tensor,
    *,
    resets: Tensor | None = None,
    tolerance: float = 0.01,
    max_context: int = 32,
    positions: int = 4096,
    seed: int = 0,
) -> Horizon:
    r"""Measure how many past steps a model needs.

    From random places of the text the model reads on with its memory wiped; after n steps it has
    seen the last n only, and its loss there stands beside its loss with the full context:

        extra(n) = mean of [-log p(x_{t+1} | x_{t-n+1} … x_t) + log p(x_{t+1} | x_1 … x_t)]
        steps    = min {n : extra(m) ≤ tolerance for all m ≥ n measured}

    The full context is the row of text up to t, at least four times `max_context` steps. A network
    that never started from a wiped memory in mid-text takes a few steps to find its feet; they
    count, since that is what a cut context costs it.

    Shapes: N steps of text, B sequences, T steps, V outputs.

    Args:
        model: reads ids (B, T) and gives logits or log-probabilities (B, T, V).
        ids: the text, (N,), on the model's device; one that it was not trained on.
        resets: (N,) bool; where memory is wiped anyway, such as at the start of sentences.
        tolerance: nats per step.
        max_context: the longest context measured, in steps.
        positions: contexts measured; more make `errors` smaller.
        seed: of the choice of positions.

    Raises:
        ConfigError: a number is out of its range.
        ShapeError: `ids` or `resets` has another shape.
        DataError: the text is too short, or the model gives NaN.

    Source: the loss by truncated context is that of Khandelwal et al., "Sharp nearby, fuzzy far
    away", ACL 2018.

    >>> from elman.data.datasets.elman_sentences import generate, machine
    >>> from elman.data.datasets.elman_sentences.model import ExactModel
    >>> words = " <eos> ".join(generate(500, seed=7)).split()
    >>> ids = torch.tensor(machine().encode(words))
    >>> memory_horizon(ExactModel(), ids, max_context=12, positions=500, tolerance=0.2).steps
    3
    >>> memory_horizon(ExactModel(), ids[:10])
    Traceback (most recent call last):
    elman.errors.DataError: memory_horizon: the text must have at least 161 steps, got 10.
    Give more text, or look less far back.
    """
    check_range("memory_horizon", "tolerance", tolerance, above=0)
    check_range("memory_horizon", "max_context", max_context, at_least=1)
    check_range("memory_horizon", "positions", positions, at_least=2)
    warm_up = _WARM_UP * max_context
    text = cut("memory_horizon", ids, resets, _ROWS, warm_up + max_context + 1)
    with evaluating(model):
        full = _full(model, text)
        starts = _starts(text, warm_up, max_context, positions, seed)
        measured = [
            _extra(model, text, full, part, max_context) for part in torch.split(starts, _WINDOWS)
        ]
    return summarise(
        torch.cat(measured), full_loss=float(full[:, warm_up:].mean()), tolerance=tolerance
    )


def _full(model: Steppable, text: TextRows) -> Tensor:
    """Nats of every step's target with all of the row before it, (R, T-1)."""
    resets = None if text.resets is None else text.resets[:, :-1]
    return losses(model, text.ids[:, :-1], text.ids[:, 1:], resets)


def _starts(text: TextRows, warm_up: int, max_context: int, positions: int, seed: int) -> Tensor:
    """Where contexts begin, as (row, step) pairs, (P, 2): drawn without repetition."""
    R, T = text.ids.shape
    span = T - warm_up - max_context
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randperm(R * span, generator=generator)[:positions].sort().values
    return torch.stack([drawn // span, warm_up + drawn % span], dim=1)


def _extra(
    model: Steppable, text: TextRows, full: Tensor, starts: Tensor, max_context: int
) -> Tensor:
    """Loss after 1, 2, … steps from each start, less that with the full context, (P, n)."""
    rows, steps = starts[:, :1], starts[:, 1:] + torch.arange(max_context)
    resets = None if text.resets is None else text.resets[rows, steps]
    cut_off = losses(model, text.ids[rows, steps], text.ids[rows, steps + 1], resets)
    return cut_off - full[rows, steps]
