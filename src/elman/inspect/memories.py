"""What stands in a memory after every step, beside what was read there and before.

Letters: R rows of text, B sequences, T steps, n places, D numbers of a state, K lags.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.contracts import Scorable, State, Steppable
from elman.errors import DataError
from elman.inspect.batches import Batch
from elman.inspect.probe import flat
from elman.inspect.ridge import Block
from elman.inspect.rows import TextRows
from elman.inspect.subject import Subject
from elman.inspect.watching import watching

__all__ = ["Halves", "read_states", "split", "text_states", "watched_states"]

_BLOCK = 32  # steps whose states are held at once
_FITTED = 0.8
_FEW = 10  # sequences: fewer are split in time


@dataclass(frozen=True, eq=False)
class Halves:
    """Batches, and which of their steps a probe may learn from; it is measured on the others.

    Attributes:
        batches: what is read.
        fitted: (B, T) bool of each batch.
    """

    batches: tuple[Batch, ...]
    fitted: tuple[Tensor, ...]

    def masks(self, lags: int, *, fitted: bool) -> Iterator[tuple[Batch, Tensor]]:
        """Each batch, and the steps of one half that have all lags before them, (B, T) bool."""
        for batch, first in zip(self.batches, self.fitted, strict=True):
            here = (first if fitted else ~first) & batch.mask.cpu()
            here[:, : lags - 1] = False
            yield batch, here

    def places(self, lags: int, *, fitted: bool) -> int:
        """How many steps one half has."""
        return sum(int(here.sum()) for _, here in self.masks(lags, fitted=fitted))


def split(subject: Subject) -> Halves:
    """Take the first four fifths of the sequences to learn from; of few, of their steps."""
    total = sum(len(batch.x) for batch in subject.batches)
    fitted, before = [], 0
    for batch in subject.batches:
        B, T = batch.x.shape[:2]
        if total < _FEW:
            first = torch.arange(T) < _FITTED * batch.lengths.cpu()[:, None]
        else:
            first = (torch.arange(before, before + B) < _FITTED * total)[:, None].expand(B, T)
        fitted.append(first)
        before += B
    return Halves(subject.batches, tuple(fitted))


def text_states(model: Steppable, text: TextRows, lags: int) -> Iterator[Block]:
    """States of a model that carries them, and the ids that led to them, lag 0 first."""
    read = model.features if isinstance(model, Scorable) else model
    state: State | None = None
    states: list[Tensor] = []
    inputs: list[Tensor] = []
    T = text.ids.shape[1]
    for t in range(T):
        resets = None if text.resets is None else text.resets[:, t : t + 1]
        _, state = read(text.ids[:, t : t + 1], state, resets)
        if t >= lags - 1:
            states.append(flat(state).cpu())
            inputs.append(text.ids[:, t - lags + 1 : t + 1].flip(1).cpu())
        if states and (len(states) == _BLOCK or t == T - 1):
            yield torch.cat(states), torch.cat(inputs)
            states, inputs = [], []


def watched_states(subject: Subject, halves: Halves, lags: int, *, fitted: bool) -> Iterator[Block]:
    """States of all layers that walk forward, and the inputs that led to them, lag 0 first."""
    for batch, here in halves.masks(lags, fitted=fitted):
        if not bool(here.any()):
            continue
        states = read_states(subject, batch)
        rows, steps = here.nonzero().unbind(1)
        before = steps[:, None] - torch.arange(lags)
        yield states[rows, steps], batch.x.cpu()[rows[:, None], before]


def read_states(subject: Subject, batch: Batch) -> Tensor:
    """The whole memory after every step, (B, T, D): h and c of all layers that walk forward.

    Raises:
        DataError: no layer walks forward.
    """
    B, T = batch.x.shape[:2]
    with watching(subject.module, subject.layers) as seen:
        subject.features(batch)
    parts = [
        part
        for course in seen.courses.values()
        if not course.reverse
        for part in course.states(B, T)
    ]
    if not parts:
        raise DataError(f"{subject.where}: a layer must walk forward, got none that ran so.")
    return torch.cat([part.reshape(B, T, -1).cpu() for part in parts], dim=-1)
