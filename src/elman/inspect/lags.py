"""Gradients by lag: which losses to follow, and what reaches the states before them.

Letters: B sequences, T steps, O outputs, K lags.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import torch
from torch import Tensor

from elman.errors import DataError
from elman.inspect.batches import Batch
from elman.inspect.losses import step_losses
from elman.inspect.recording import Course, Recording
from elman.inspect.subject import Subject
from elman.inspect.watching import watching

__all__ = ["Tally", "plan"]

_NUMBERS = 4_000_000  # held at once
_LONG = 4  # times K steps of a sequence are read where there is more than enough
_SHORTEST = 64  # but at least so many
_ROWS = 64  # read side by side at most


def plan(
    subject: Subject, K: int, positions: int, generator: torch.Generator
) -> Iterator[tuple[Batch, list[int]]]:
    """Batches to read, and at which steps to follow a loss; none where one a sequence is judged.

    All steps t ≥ K (before T - K too, if a layer walks in reverse) if there are no more than
    `positions`; else some at random, shared by the sequences read side by side.
    """
    if _possible(subject, subject.batches, K) <= positions:
        chunks = list(_chunks(subject, subject.batches))
    else:
        most = max(_LONG * K, _SHORTEST)
        cut = [b.steps(0, most) if subject.judges_steps else b for b in subject.batches]
        chunks = list(_chunks(subject, cut))
    if not subject.judges_steps:
        taken = 0
        for batch in chunks:
            if taken < positions:
                yield batch, []
            taken += int((batch.lengths > K).sum())
        return
    for i, times in _drawn(subject, chunks, K, positions, generator).items():
        yield chunks[i], sorted(times)


def _possible(subject: Subject, batches: tuple[Batch, ...], K: int) -> int:
    """How many losses could be followed in one direction."""
    if not subject.judges_steps:
        return sum(int((batch.lengths > K).sum()) for batch in batches)
    return sum(int((batch.lengths - K).clamp_min(0).sum()) for batch in batches)


def _chunks(subject: Subject, batches: Iterable[Batch]) -> Iterator[Batch]:
    """Batches of so few rows that what they need fits."""
    for batch in batches:
        T = batch.x.shape[1]
        with torch.no_grad():
            outputs = subject.features(batch.rows(slice(0, 1)))
        layers = subject.layers
        states = T * sum(8 * each.layers * each.directions * each.hidden_size for each in layers)
        rows = min(_ROWS, max(1, _NUMBERS // (outputs.numel() + states)))
        for begin in range(0, len(batch.x), rows):
            yield batch.rows(slice(begin, begin + rows))


def _drawn(
    subject: Subject, chunks: list[Batch], K: int, positions: int, generator: torch.Generator
) -> dict[int, list[int]]:
    """For some batches, the steps at which to follow a loss."""
    both = any(layer.directions == 2 for layer in subject.layers)
    pairs: list[tuple[int, int]] = []
    for i, batch in enumerate(chunks):
        T = int(batch.lengths.max())
        pairs += [(i, t) for t in range(T) if t >= K or (both and t < T - K)]
    pairs = [pairs[place] for place in torch.randperm(len(pairs), generator=generator).tolist()]
    if both:  # one for each direction comes first
        firsts = _firsts(pairs, chunks, K)
        pairs.sort(key=lambda pair: pair not in firsts)
    chosen: dict[int, list[int]] = {}
    taken = 0
    for i, t in pairs:
        if taken >= positions:
            break
        chosen.setdefault(i, []).append(t)
        taken += int((chunks[i].lengths > t).sum())
    return dict(sorted(chosen.items()))


def _firsts(pairs: list[tuple[int, int]], chunks: list[Batch], K: int) -> list[tuple[int, int]]:
    """The first pair whose loss is followed forward, and the first followed in reverse."""
    forward = (pair for pair in pairs if pair[1] >= K)
    reverse = (pair for pair in pairs if pair[1] < int(chunks[pair[0]].lengths.max()) - K)
    return [*islice(forward, 1), *islice(reverse, 1)]


class Tally:
    """Sums of gradient norms by lag, for every layer and direction.

    Args:
        subject: in float64, its parameters constant.
        K: the largest lag.
        generator: of the random projection.
    """

    def __init__(self, subject: Subject, K: int, generator: torch.Generator) -> None:
        self.subject, self.K, self.generator = subject, K, generator
        self._projection: Tensor | None = None
        self._sums: dict[tuple[str, int, bool], tuple[Course, Tensor, int]] = {}

    def follow(self, batch: Batch, times: list[int]) -> None:
        """Add the gradients of the losses of a batch, at some steps or, without any, one a row."""
        subject = self.subject
        with watching(subject.module, subject.layers, back=True) as seen:
            outputs = subject.features(batch) if subject.judges_steps else subject.read(batch)
        for course in seen.courses.values():
            course.check(subject.where, batch, fewer=not subject.judges_steps)
        if subject.judges_steps:
            for t in times:
                self._back(seen, self._losses(outputs, batch, t))
                self._add(seen, batch, t)
            return
        losses = self._project(outputs) if batch.targets is None else subject.losses(outputs, batch)
        self._back(seen, losses)
        self._add(seen, batch, None)

    def found(self) -> list[tuple[Course, Tensor, int]]:
        """Each course, its mean norms by lag of whole, h and c, (3, K + 1), and how many.

        Raises:
            DataError: no layer walked further than K steps.
        """
        if not any(n for _, _, n in self._sums.values()):
            steps = max(course.steps for course, _, _ in self._sums.values())
            raise DataError(
                f"{self.subject.where}: the layers must walk more than max_lag={self.K} steps, "
                f"got {steps} at most. Give longer sequences, or look less far back."
            )
        return [(course, sums / max(1, n), n) for course, sums, n in self._sums.values()]

    def _losses(self, features: Tensor, batch: Batch, t: int) -> Tensor:
        """ℓ_t of every sequence that has a step t."""
        rows = batch.lengths > t
        outputs = self.subject.outputs(features[rows, t])
        if batch.targets is None:
            return self._project(outputs)
        where, loss = self.subject.where, self.subject.loss
        return step_losses(where, outputs, batch.targets[rows, t], loss)

    def _project(self, outputs: Tensor) -> Tensor:
        """⟨u, o⟩ of n outputs, (n, …): (n,)."""
        if self._projection is None:
            u = torch.randn(outputs.shape[1:], generator=self.generator, dtype=torch.float64)
            self._projection = u.to(outputs.device)
        return (outputs * self._projection).flatten(1).sum(1)

    def _back(self, seen: Recording, losses: Tensor) -> None:
        if not losses.requires_grad:
            raise DataError(
                f"{self.subject.where}: the outputs must depend on the recurrent layers, "
                "got none that does. Does the model detach them?"
            )
        seen.walk_back(losses.sum())

    def _add(self, seen: Recording, batch: Batch, t: int | None) -> None:
        """Add what reached the states before step t; before each walk's end without one."""
        lags = torch.arange(self.K + 1, device=batch.lengths.device)
        for key, course in seen.courses.items():
            B, T = batch.x.shape[:2]
            T = course.steps if batch.is_full else T
            lengths = batch.lengths.clamp_max(T)
            end = self._end(course, lengths) if t is None else torch.full_like(lengths, t)
            at = end[:, None] + (lags if course.reverse else -lags)
            last = at[:, -1]
            whole = (last >= 0) & (last < lengths) & (end < lengths)
            squares = [grad.square().sum(2) for grad in course.gradients(B, T)]
            h, c = squares[0], squares[1] if course.layer.has_cell else torch.zeros_like(squares[0])
            norms = torch.stack([torch.stack(squares).sum(0), h, c]).sqrt()  # (3, B, T)
            mine = norms[:, whole].gather(2, at[whole].expand(3, -1, -1)).sum(1)
            _, sums, n = self._sums.get(key, (course, torch.zeros_like(mine), 0))
            self._sums[key] = (course, sums + mine, n + int(whole.sum()))

    def _end(self, course: Course, lengths: Tensor) -> Tensor:
        """Where to begin if one loss a sequence is judged: the last step, or the walk's own."""
        own = course.reverse and not self.subject.speaks_each_step
        return torch.zeros_like(lengths) if own else lengths - 1
