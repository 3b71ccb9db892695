"""What was seen while a network read a batch: the course of every layer in every direction.

Letters: B sequences, T steps, N rows of a walk, I inputs, H units, P units of h, G gates.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from elman.errors import DataError
from elman.inspect.batches import Batch
from elman.inspect.layers import RecurrentLayer
from elman.inspect.walks import Walked
from elman.kernels.layout import CELLS

__all__ = ["Course", "Recording"]


@dataclass(eq=False)
class Course:
    """One layer in one direction, over a whole forward pass: one walk, or one for each call.

    Attributes:
        layer: the module that it belongs to.
        level: which of the module's L layers, from 0.
        reverse: whether it walks from the last step to the first.
        walks: in the order of time.
    """

    layer: RecurrentLayer
    level: int
    reverse: bool
    walks: list[Walked] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The layer's dotted name; with .l0, .l1, … as torch counts them if there are several."""
        return self.layer.name + (f".l{self.level}" if self.layer.layers > 1 else "")

    @property
    def direction(self) -> str:
        """'forward' or 'reverse'."""
        return "reverse" if self.reverse else "forward"

    @property
    def steps(self) -> int:
        """How many steps were walked."""
        return sum(walked.steps for walked in self.walks)

    @property
    def gate_letters(self) -> tuple[str, ...]:
        """Letters of the gates, in the order of `kernels.layout`; none for a custom cell."""
        return CELLS[self.layer.kind].gates if self.layer.kind in CELLS else ()

    def check(self, where: str, batch: Batch, *, fewer: bool = False) -> None:
        """Raise `DataError` unless it walked the steps of the batch's sequences, once.

        Args:
            where: the beginning of messages.
            batch: what was read.
            fewer: whether fewer steps than the data's will do, where no sequence is padded.
        """
        B, T = batch.x.shape[:2]
        rows = max(walked.rows.batch_size for walked in self.walks)
        fits = self.steps == T or self.steps == int(batch.lengths.max())
        if rows != B or not (fits or (fewer and self.steps < T and batch.is_full)):
            raise DataError(
                f"{where}: layer '{self.name}' must walk the data's steps one by one, but walked "
                f"{self.steps} steps of {rows} sequences where the data has {T} of {B}."
            )

    def states(self, B: int, T: int) -> tuple[Tensor, ...]:
        """The state after each step: h (B, T, P), and c (B, T, H) of an LSTM; zeros at padding."""
        return self._parts([walked.states for walked in self.walks], B, T)

    def entered(self, B: int, T: int) -> tuple[Tensor, ...]:
        """The state that entered each step, after resets."""
        return self._parts([walked.entered for walked in self.walks], B, T)

    def inputs(self, B: int, T: int) -> Tensor:
        """What was read, (B, T, I)."""
        rows = [walked.x.detach().reshape(len(walked.states[0]), -1) for walked in self.walks]
        return self._laid(rows, B, T)

    def gates(self, B: int, T: int) -> dict[str, Tensor]:
        """The activated gates by letter, (B, T, H) each."""
        if not self.walks or any(walked.gates is None for walked in self.walks):
            return {}
        rows = [walked.gates for walked in self.walks if walked.gates is not None]
        parts = self._laid(rows, B, T).chunk(len(self.gate_letters), -1)
        return dict(zip(self.gate_letters, parts, strict=True))

    def gradients(self, B: int, T: int) -> tuple[Tensor, ...]:
        """The gradient by each state, shaped as `states`; zeros where there is none."""
        found = []
        for walked in self.walks:
            given = walked.gradients or (None,) * len(walked.states)
            found.append(
                tuple(
                    torch.zeros_like(state) if grad is None else grad
                    for grad, state in zip(given, walked.states, strict=True)
                )
            )
        return self._parts(found, B, T)

    def _parts(self, walks: list[tuple[Tensor, ...]], B: int, T: int) -> tuple[Tensor, ...]:
        return tuple(self._laid(list(part), B, T) for part in zip(*walks, strict=True))

    def _laid(self, rows: list[Tensor], B: int, T: int) -> Tensor:
        """Rows of all walks, (N, F) each, as (B, T, F)."""
        only = self.walks[0]
        if len(self.walks) == 1 and _is_dense(only, B, T):
            return rows[0].view(T, B, -1).transpose(0, 1)
        laid = rows[0].new_zeros(B, T, rows[0].shape[1])
        begin = 0
        for walked, part in zip(self.walks, rows, strict=True):
            sequence, time = _places(walked)
            laid[sequence, time + begin] = part
            begin += walked.steps
        return laid


@dataclass(eq=False)
class Recording:
    """All that was seen in one forward pass.

    Attributes:
        back: whether gradients of states are watched.
        courses: by layer, level and direction, in the order in which they ran.
        roots: leaves of autograd's graph that every state depends on or has for a neighbour.
    """

    back: bool = False
    courses: dict[tuple[str, int, bool], Course] = field(default_factory=dict)
    roots: list[Tensor] = field(default_factory=list)

    def add(self, layer: RecurrentLayer, level: int, walked: Walked) -> None:
        """Note a walk."""
        key = (layer.name, level, walked.scan.reverse)
        course = self.courses.setdefault(key, Course(layer, level, walked.scan.reverse))
        course.walks.append(walked)

    def root(self, state: Tensor) -> Tensor:
        """A state to begin with, from which a way back is watched to its end."""
        if not self.back or state.requires_grad:
            return state
        state = state.detach().clone().requires_grad_()
        self.roots.append(state)
        return state

    def walk_back(self, loss: Tensor) -> None:
        """Differentiate a scalar; afterwards `Course.gradients` tells what came to every state."""
        walks = [walked for course in self.courses.values() for walked in course.walks]
        for walked in walks:
            walked.gradients = None
        probes = [probe for walked in walks for probe in walked.probes]
        found = torch.autograd.grad(
            loss, self.roots + probes, retain_graph=True, allow_unused=True
        )[len(self.roots) :]
        for walked in walks:
            if walked.probes:
                mine, found = found[: len(walked.probes)], found[len(walked.probes) :]
                walked.gradients = _by_part(mine, walked)


def _by_part(found: tuple[Tensor | None, ...], walked: Walked) -> tuple[Tensor, ...]:
    """Gradients of all rows, (N, F) for each part of the state, from those of every step."""
    filled = [
        torch.zeros_like(probe) if grad is None else grad
        for grad, probe in zip(found, walked.probes, strict=True)
    ]
    parts = len(walked.states)
    return tuple(
        torch.cat([step.flatten(1) for step in filled[part::parts]]) for part in range(parts)
    )


def _is_dense(walked: Walked, B: int, T: int) -> bool:
    """Whether the rows are simply time-major."""
    rows = walked.rows
    plain = rows.places is None and rows.sequence is None
    return plain and rows.batch_sizes == (B,) * T


def _places(walked: Walked) -> tuple[Tensor, Tensor]:
    """Sequence and step of every row, (N,) each."""
    rows = walked.rows
    if rows.places is not None:
        return rows.places // walked.steps, rows.places % walked.steps
    sizes = torch.tensor(rows.batch_sizes)
    time = torch.repeat_interleave(torch.arange(len(sizes)), sizes)
    sequence = torch.cat([torch.arange(size) for size in rows.batch_sizes])
    return (sequence if rows.sequence is None else rows.sequence[sequence]), time
