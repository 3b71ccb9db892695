"""Contiguous streams: a text cut into rows that are read side by side, window after window."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from elman.checks import check_range
from elman.data.tokens import TokenFile
from elman.errors import DataError

__all__ = ["Streams", "Window"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Window:
    """T steps of B rows; the state after it is the state before the next.

    Attributes:
        inputs: (B, T) int64, the ids that are read.
        targets: (B, T) int64, the ids that follow them.
        resets: (B, T) bool, where the state is wiped before the step; None for nowhere.
        weights: (B, T) bool, False where the row has ended and nothing counts; None if all counts.
    """

    inputs: Tensor
    targets: Tensor
    resets: Tensor | None
    weights: Tensor | None

    @property
    def items(self) -> int:
        """How many targets count."""
        return self.targets.numel() if self.weights is None else int(self.weights.sum())


class Streams:
    """A text cut into rows of equal length, to be walked by windows so that state carries over.

    Every token after the first is a target exactly once: row r reads on where row r - 1 ends, and
    no end is dropped. Where sequences start (`tokens.starts`), the state is wiped before `<eos>` is
    read, the token that closes the sequence before, and which announces every beginning alike; and
    rows are cut there too, if a start is near. The first window wipes the state in all rows.

    Shapes: B rows, T steps, N tokens.

    Args:
        tokens: the text.
        rows: how many streams to read side by side; lowered where the text is too short for it.
        steps: how many steps a window has; the last one has fewer where the text ends.

    Raises:
        ConfigError: `rows` or `steps` is below 1.
        DataError: there are fewer than two tokens.

    >>> streams = Streams(TokenFile.from_ids(range(8)), rows=2, steps=2)
    >>> [window.inputs.tolist() for window in streams]
    [[[0, 1], [4, 5]], [[2, 3], [6, 7]]]
    >>> streams[1].targets.tolist(), streams[1].weights.tolist()
    ([[3, 4], [7, 7]], [[True, True], [True, False]])
    """

    def __init__(self, tokens: TokenFile, rows: int, steps: int) -> None:
        check_range("Streams", "rows", rows, at_least=1)
        check_range("Streams", "steps", steps, at_least=1)
        targets = len(tokens) - 1
        if targets < 1:
            raise DataError(f"Streams: `tokens` must hold at least two tokens, got {len(tokens)}.")
        fitting = max(1, min(rows, targets // steps))
        if fitting < rows:
            logger.info(
                "The text has %d tokens: %d rows instead of %d.", len(tokens), fitting, rows
            )
        self.tokens = tokens
        self.steps = steps
        self._resets = tokens.starts[1:] - 1
        self._edges = _cut(targets, fitting, self._resets)

    @property
    def rows(self) -> int:
        """B, how many streams there are."""
        return len(self._edges) - 1

    @property
    def targets(self) -> int:
        """How many targets all windows have together: one for each token after the first."""
        return len(self.tokens) - 1

    def __len__(self) -> int:
        return -(-int(np.diff(self._edges).max()) // self.steps)

    def __getitem__(self, index: int) -> Window:
        """Window `index`, from 0."""
        if not 0 <= index < len(self):
            raise IndexError(f"Streams: window {index} of {len(self)}")
        first, ends = self._edges[:-1, None] + index * self.steps, self._edges[1:, None]
        steps = min(self.steps, int((ends - first).max()))
        at = first + np.arange(steps + 1)
        ids = torch.from_numpy(self.tokens.ids[np.minimum(at, ends)].astype(np.int64))
        at, inside = at[:, :-1], at[:, :-1] < ends
        return Window(
            inputs=ids[:, :-1],
            targets=ids[:, 1:],
            resets=self._wiped(at, index),
            weights=None if inside.all() else torch.from_numpy(inside),
        )

    def __iter__(self) -> Iterator[Window]:
        return (self[index] for index in range(len(self)))

    def _wiped(self, at: NDArray[np.int64], index: int) -> Tensor | None:
        """Where the state is wiped, given the positions (B, T) that a window reads."""
        if index > 0 and len(self._resets) == 0:
            return None
        wiped = np.zeros(at.shape, bool)
        if len(self._resets):
            nearest = np.searchsorted(self._resets, at)
            wiped = self._resets[np.minimum(nearest, len(self._resets) - 1)] == at
        if index == 0:
            wiped[:, 0] = True
        return torch.from_numpy(wiped) if wiped.any() else None


def _cut(targets: int, rows: int, resets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each row begins, and where the last one ends: (rows + 1,) positions, equally far apart.

    An edge moves to the nearest reset if that is within an eighth of a row, so that few sequences
    are torn and no row is much longer than the others.
    """
    edges = -(-np.arange(rows + 1, dtype=np.int64) * targets // rows)
    if len(resets):
        after = np.minimum(np.searchsorted(resets, edges), len(resets) - 1)
        before = np.maximum(after - 1, 0)
        closer = np.abs(resets[after] - edges) < np.abs(resets[before] - edges)
        near = np.where(closer, resets[after], resets[before])
        moved = np.abs(near - edges) <= targets // rows // 8
        edges[1:-1] = np.where(moved, near, edges)[1:-1]
    return edges
