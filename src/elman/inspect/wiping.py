"""What a model that carries its state says after its memory was wiped in mid-text.

Letters: R rows of text, T steps, P places, N contexts, E features.
"""

import torch
from torch import Tensor

from elman.contracts import Scorable, Steppable
from elman.inspect.rows import TextRows, cut, losses, nats_of, read_features
from elman.inspect.truncation import Measured

__all__ = ["WARM_UP", "Wiping"]

_ROWS = 32
WARM_UP = 4  # times the longest cut context: the least full one
_WINDOWS = 1024  # contexts read side by side
_SCORED = 8192  # targets scored at once


class Wiping:
    """Reads on from random places with the memory wiped: one reading for all contexts from there.

    Args:
        model: in evaluation mode.
        ids: the text, (N,).
        resets: (N,) bool, or None.
        longest: steps of the longest cut context.
        positions: places at most.
        seed: of their choice.

    Attributes:
        places: how many there are.

    Raises:
        ShapeError: `ids` or `resets` has another shape.
        DataError: the text is too short, or the model gives NaN.
    """

    def __init__(
        self,
        model: Steppable,
        ids: Tensor,
        resets: Tensor | None,
        *,
        longest: int,
        positions: int,
        seed: int,
    ) -> None:
        self._model, self._longest = model, longest
        warm_up = WARM_UP * longest
        self._text = cut("memory_horizon", ids, resets, _ROWS, warm_up + longest + 1)
        self._full = _Full(model, self._text)
        self._starts = _starts(self._text, warm_up, longest, positions, seed)
        self._extra = torch.empty(0, longest, dtype=torch.float64)
        self.places = len(self._starts)

    def measure(self, places: int) -> Measured:
        """What cut contexts cost at the first so many of the places, in the order of the text."""
        read = len(self._extra)
        for part in torch.split(self._starts[read:places], _WINDOWS):
            self._extra = torch.cat([self._extra, self._read_on(part)])
        starts = self._starts[: len(self._extra)]
        order = (starts[:, 0] * self._text.ids.shape[1] + starts[:, 1]).argsort()
        whole = len(starts) == self.places
        full = self._full.all_from(WARM_UP * self._longest) if whole else self._full.so_far()
        return Measured(self._extra[order], full)

    def _read_on(self, starts: Tensor) -> Tensor:
        """Loss after 1, 2, … steps from each start, less that with the full context, (P, N)."""
        text = self._text
        rows, steps = starts[:, :1], starts[:, 1:] + torch.arange(self._longest)
        resets = None if text.resets is None else text.resets[rows, steps]
        cut_off = losses(self._model, text.ids[rows, steps], text.ids[rows, steps + 1], resets)
        return cut_off - self._full.at(rows, steps)


class _Full:
    """Nats of every step's target with all of the row before it.

    A text is read once; where targets can be scored one by one, each is when it is first wanted.

    Args:
        model: in evaluation mode.
        text: the rows, (R, T).
    """

    def __init__(self, model: Steppable, text: TextRows) -> None:
        x, self._targets = text.ids[:, :-1], text.ids[:, 1:]
        resets = None if text.resets is None else text.resets[:, :-1]
        self._model, self._features = model, None
        if isinstance(model, Scorable):
            self._features = read_features(model, x, resets).flatten(0, 1)
            self._nats = torch.full(x.shape, torch.nan, dtype=torch.float64)
        else:
            self._nats = losses(model, x, self._targets, resets)

    def at(self, rows: Tensor, steps: Tensor) -> Tensor:
        """Those of some steps."""
        self._score((rows * self._targets.shape[1] + steps).flatten())
        return self._nats[rows, steps]

    def all_from(self, step: int) -> Tensor:
        """Those from a step of every row on, flat."""
        R, T = self._targets.shape
        self._score((torch.arange(R)[:, None] * T + torch.arange(step, T)).flatten())
        return self._nats[:, step:].flatten()

    def so_far(self) -> Tensor:
        """Those known yet, flat."""
        return self._nats[~self._nats.isnan()]

    def _score(self, places: Tensor) -> None:
        """Score the targets at flat places where that was not done yet."""
        if self._features is None or not isinstance(self._model, Scorable):
            return
        nats, targets = self._nats.view(-1), self._targets.flatten()
        wanted = torch.unique(places[nats[places].isnan()])
        for part in torch.split(wanted, _SCORED):
            nats[part] = nats_of(self._model, self._features[part], targets[part])


def _starts(text: TextRows, warm_up: int, longest: int, positions: int, seed: int) -> Tensor:
    """Where contexts begin, as (row, step) pairs, (P, 2): drawn without repetition."""
    R, T = text.ids.shape
    span = T - warm_up - longest
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randperm(R * span, generator=generator)[:positions]
    return torch.stack([drawn // span, warm_up + drawn % span], dim=1)
