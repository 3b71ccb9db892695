"""What any network says when it may see the last few steps only: every context is read anew.

Letters: B sequences, T steps, P places, N contexts, O outputs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.errors import DataError, ShapeError
from elman.inspect.batches import Batch
from elman.inspect.losses import step_losses
from elman.inspect.subject import Subject

__all__ = ["Measured", "Places", "choose_places", "is_causal", "judges_ends", "measure_truncated"]

_CELLS = 4_000_000  # numbers that a network returns at once
_WARM_UP = 4  # times the longest cut context: the least full one, where sequences are that long


@dataclass(frozen=True, eq=False)
class Places:
    """Where a network is judged, in one batch.

    Attributes:
        batch: the sequences.
        rows: (P,), which sequence.
        steps: (P,), which step of it.
    """

    batch: Batch
    rows: Tensor
    steps: Tensor

    @property
    def targets(self) -> Tensor | None:
        """What should be said there, (P, …)."""
        targets, (B, T) = self.batch.targets, self.batch.x.shape[:2]
        if targets is None:
            return None
        return targets[self.rows, self.steps] if targets.shape[:2] == (B, T) else targets[self.rows]


@dataclass(frozen=True, eq=False)
class Measured:
    """What cut contexts cost.

    Attributes:
        extra: (P, N), for contexts of 1, 2, 3, … steps beyond the full one.
        full: (P,), with the full context; zeros where the change of the output is measured.
    """

    extra: Tensor
    full: Tensor


def choose_places(subject: Subject, longest: int, positions: int, seed: int) -> tuple[Places, ...]:
    """Choose steps that have more steps before them than the longest cut context.

    They lie four times as far in as that where sequences are long enough, and are the last steps of
    sequences where there is one output or one target a sequence.

    Args:
        subject: the network and its data.
        longest: steps of the longest cut context.
        positions: how many to choose at most.
        seed: of the choice.

    Raises:
        DataError: no sequence has that many steps.
    """
    least = longest if judges_ends(subject) else _least(subject.longest, longest)
    found = [_eligible(batch, least, judges_ends(subject)) for batch in subject.batches]
    total = sum(len(places) for places in found)
    if not total:
        raise DataError(
            f"{subject.where}: a sequence must have at least {longest + 1} steps to look {longest} "
            f"back, got {subject.longest}. Give longer sequences, or look less far back."
        )
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randperm(total, generator=generator)[:positions].sort().values
    chosen, begin = [], 0
    for batch, places in zip(subject.batches, found, strict=True):
        here = drawn[(drawn >= begin) & (drawn < begin + len(places))] - begin
        begin += len(places)
        if len(here):
            rows, steps = places[here].unbind(1)
            chosen.append(Places(batch, rows, steps))
    return tuple(chosen)


def is_causal(subject: Subject) -> bool:
    """Whether outputs depend on no later step; found by leaving the later half of some out."""
    if not subject.speaks_each_step:
        return True  # the one output stands after all steps
    some = subject.batches[0].rows(slice(0, 4))
    half = max(1, int(some.lengths.min()) // 2)
    whole, part = subject.read(some), subject.read(some.steps(0, half))
    return torch.allclose(whole[:, :half], part, rtol=1e-3, atol=1e-4 * float(whole.abs().max()))


def measure_truncated(subject: Subject, places: tuple[Places, ...], longest: int) -> Measured:
    r"""Read every cut context anew, and hold what is said against the full context.

        extra(n) = ℓ(o_t | x_{t-n+1} … ) - ℓ(o_t | x_1 … )            with targets
        extra(n) = |o_t(n) - o_t|² / mean over places of |o_t - ō|²     without

    A network that looks ahead, as a bidirectional one, keeps all steps after t in both readings.

    Args:
        subject: the network and its data.
        places: where.
        longest: N.

    Raises:
        ShapeError: the network takes sequences of one length only.
        DataError: it says NaN or infinity.
    """
    causal = is_causal(subject)
    said = [_full(subject, where) for where in places]
    cost = _cost(subject, torch.cat(said))
    extra, full = [], []
    for where, whole in zip(places, said, strict=True):
        reference = cost(whole, whole, where.targets)
        cut = [
            cost(_cut(subject, where, n, causal, whole), whole, where.targets) - reference
            for n in range(1, longest + 1)
        ]
        extra.append(torch.stack(cut, dim=1))
        full.append(reference)
    return Measured(torch.cat(extra), torch.cat(full))


def judges_ends(subject: Subject) -> bool:
    """Whether each sequence is judged once, at its end."""
    if not subject.speaks_each_step:
        return True
    batch = subject.batches[0]
    return batch.targets is not None and batch.targets.shape[:2] != batch.x.shape[:2]


def _least(steps: int, longest: int) -> int:
    """How many steps stand before a place at least."""
    return min(_WARM_UP * longest, max(longest, (steps - 1) // 2))


def _eligible(batch: Batch, least: int, ends: bool) -> Tensor:
    """(row, step) pairs with so many steps before them, (n, 2)."""
    steps = torch.arange(batch.x.shape[1])
    lengths = batch.lengths.cpu()[:, None]
    real = steps == lengths - 1 if ends else steps < lengths
    return (real & (steps >= least)).nonzero()


def _cost(subject: Subject, full: Tensor) -> Callable[[Tensor, Tensor, Tensor | None], Tensor]:
    """What one kind of saying costs at each place: the loss, or the change of what is said."""
    _check_finite(subject, full)
    scale = (full.flatten(1) - full.flatten(1).mean(0)).square().sum(1).mean().clamp_min(1e-30)

    def cost(said: Tensor, whole: Tensor, targets: Tensor | None) -> Tensor:
        if targets is None:
            found = (said - whole).flatten(1).square().sum(1) / scale
        else:
            found = step_losses(subject.where, said, targets.to(said.device), subject.loss)
        _check_finite(subject, found)
        return found.double().cpu()

    return cost


def _check_finite(subject: Subject, said: Tensor) -> None:
    if not bool(said.isfinite().all()):
        raise DataError(
            f"{subject.where}: the model must give finite numbers, got NaN or infinity."
        )


def _full(subject: Subject, places: Places) -> Tensor:
    """What is said with the full context, (P, O)."""
    batch, found = places.batch, []
    rows, which = torch.unique(places.rows, return_inverse=True)
    for part in _parts(len(rows), batch.x.shape[1] * _width(subject, batch)):
        outputs = subject.read(batch.rows(rows[part].to(batch.x.device)))
        here = (which >= part.start) & (which < part.stop)
        if subject.speaks_each_step:
            outputs = outputs[which[here] - part.start, places.steps[here]]
        else:
            outputs = outputs[which[here] - part.start]
        found.append(outputs)
    return torch.cat(found)  # rows rise, so the order is that of the places


def _cut(subject: Subject, places: Places, n: int, causal: bool, like: Tensor) -> Tensor:
    """What is said at every place with n steps to see up to there, (P, O)."""
    begins = places.steps - n + 1
    ends = places.steps + 1 if causal else places.batch.lengths.cpu()[places.rows]
    said = torch.empty_like(like)
    for length in sorted(set((ends - begins).tolist())):
        same = (ends - begins == length).nonzero()[:, 0]
        for part in _parts(len(same), length * like[0].numel()):
            at = same[part]
            window = _window(places.batch, places.rows[at], begins[at], length)
            said[at] = _last(subject, window, n - 1)
    return said


def _last(subject: Subject, window: Batch, step: int) -> Tensor:
    """What is said at a step of every row of a window."""
    try:
        outputs = subject.read(window)
    except (RuntimeError, ValueError, IndexError) as error:
        raise ShapeError(
            f"{subject.where}: the model must take sequences of any length, got one that refuses "
            f"{window.x.shape[1]} steps: {str(error).partition(chr(10))[0]}"
        ) from error
    return outputs[:, step] if subject.speaks_each_step else outputs


def _window(batch: Batch, rows: Tensor, begins: Tensor, length: int) -> Batch:
    """The same number of steps of several sequences, each from a step of its own on."""
    device = batch.x.device
    rows = rows.to(device)[:, None]
    steps = begins.to(device)[:, None] + torch.arange(length, device=device)
    return Batch(
        batch.x[rows, steps],
        torch.full((len(rows),), length, device=device),
        None,
        None if batch.resets is None else batch.resets[rows, steps],
    )


def _width(subject: Subject, batch: Batch) -> int:
    """Numbers that the network says a step."""
    outputs = subject.read(batch.rows(slice(0, 1)))
    return max(1, outputs[0, 0].numel() if subject.speaks_each_step else outputs[0].numel())


def _parts(count: int, cells: int) -> Iterator[slice]:
    """Slices of `count` rows, of so many cells each, that may be read at once."""
    rows = max(1, _CELLS // max(1, cells))
    for start in range(0, count, rows):
        yield slice(start, min(count, start + rows))
