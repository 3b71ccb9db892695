"""How far back a model looks: its loss as a function of how many past steps it may see."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from elman.checks import check_range
from elman.contracts import Steppable
from elman.inspect.plots import Curve, plot_curves
from elman.inspect.results import as_html, plain
from elman.inspect.rows import TextRows, cut, evaluating, losses
from elman.inspect.tables import Column, Table

__all__ = ["Horizon", "memory_horizon"]

_ROWS = 32
_WARM_UP = 4  # times max_context: what counts as the full context
_WINDOWS = 1024  # contexts read side by side


@dataclass(frozen=True)
class Horizon:
    """How far back a model looks.

    Attributes:
        steps: the smallest n from which on every context measured stays within `tolerance` of the
            full one; None if that is more than was measured.
        tolerance: nats per step; 0.01 is a perplexity 1 % above that of the full context.
        extra: nats per step beyond the full context's, for contexts of 1, 2, 3, … steps.
        errors: standard error of each.
        full_loss: nats per step with the full context.
        positions: contexts measured.
    """

    steps: int | None
    tolerance: float
    extra: tuple[float, ...]
    errors: tuple[float, ...]
    full_loss: float
    positions: int

    @property
    def losses(self) -> tuple[float, ...]:
        """Nats per step for contexts of 1, 2, 3, … steps."""
        return tuple(self.full_loss + extra for extra in self.extra)

    def __str__(self) -> str:
        return f"more than {len(self.extra)}" if self.steps is None else str(self.steps)

    def table(self) -> Table:
        """What each context costs."""
        rows = zip(range(1, len(self.extra) + 1), self.losses, self.extra, self.errors, strict=True)
        return Table(
            f"Memory horizon: {self} steps",
            (Column("steps seen"), Column("loss"), Column("beyond full"), Column("error")),
            tuple(rows),
            (f"Nats a step, at {self.positions:,} places; full context: {self.full_loss:.3f}.",),
        )

    def plot(self, axes: Any = None) -> Any:
        """Draw the loss by context with matplotlib (extra [plot]); the axes drawn on."""
        low, high = (
            [
                extra + sign * 1.96 * error
                for extra, error in zip(self.extra, self.errors, strict=True)
            ]
            for sign in (-1, 1)
        )
        return plot_curves(
            [Curve(range(1, len(self.extra) + 1), self.extra, "", low, high)],
            axes,
            title=f"Memory horizon: {self} steps",
            x_label="steps seen",
            y_label="nats a step beyond the full context's",
            levels=[(self.tolerance, "tolerance")],
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first."""
        return plain("memory_horizon", self)

    def _repr_html_(self) -> str:
        return as_html(self.table())


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
    extra = torch.cat(measured)
    mean = extra.mean(0).tolist()
    errors = (extra.std(0) / math.sqrt(len(extra))).tolist()
    return Horizon(
        steps=_smallest(mean, tolerance),
        tolerance=tolerance,
        extra=tuple(mean),
        errors=tuple(errors),
        full_loss=float(full[:, warm_up:].mean()),
        positions=len(extra),
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
    drawn = torch.randperm(R * span, generator=generator)[:positions]
    return torch.stack([drawn // span, warm_up + drawn % span], dim=1)


def _extra(
    model: Steppable, text: TextRows, full: Tensor, starts: Tensor, max_context: int
) -> Tensor:
    """Loss after 1, 2, … steps from each start, less that with the full context, (P, n)."""
    rows, steps = starts[:, :1], starts[:, 1:] + torch.arange(max_context)
    resets = None if text.resets is None else text.resets[rows, steps]
    cut_off = losses(model, text.ids[rows, steps], text.ids[rows, steps + 1], resets)
    return cut_off - full[rows, steps]


def _smallest(extra: list[float], tolerance: float) -> int | None:
    """The smallest n from which on all of `extra`, for n = 1, 2, …, are within `tolerance`."""
    beyond = [n for n, value in enumerate(extra, 1) if value > tolerance]
    smallest = max(beyond, default=0) + 1
    return smallest if smallest <= len(extra) else None
