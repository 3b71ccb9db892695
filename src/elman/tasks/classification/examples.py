"""Examples as numbers, and batches of them.

Shapes: N examples, B of them side by side, T steps, I inputs.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from elman.sequences import PaddedBatch
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.corpus import Example

__all__ = ["Batch", "Examples"]


class Batch(NamedTuple):
    """Examples side by side.

    Attributes:
        x: ids (B, T), or values (B, T, I).
        classes: (B,), -1 where one is not known.
        rows: (B,), which examples they are.
    """

    x: PaddedBatch
    classes: Tensor
    rows: NDArray[np.int64]

    def to(self, module: torch.nn.Module, *, wiped: bool = False) -> "Batch":
        """The same where a network's weights are and in their type.

        Args:
            module: the network.
            wiped: whether memory is wiped before each step.
        """
        weight = next(module.parameters())
        values = self.x.values.to(weight.device)
        if values.is_floating_point():
            values = values.to(weight.dtype)
        resets = torch.ones_like(values[:, :, 0] if values.dim() == 3 else values).bool()
        x = PaddedBatch(values, self.x.lengths.to(weight.device), resets if wiped else None)
        return Batch(x, self.classes.to(weight.device), self.rows)


class Examples:
    """N examples as numbers.

    Args:
        codec: what they mean.
        examples: texts or series.

    Raises:
        DataError: one is nothing that the codec can read.
    """

    def __init__(self, codec: ClassCodec, examples: Sequence[Example]) -> None:
        self._values: list[NDArray[Any]] = [codec.encode(example) for example in examples]
        self.lengths = np.array([len(values) for values in self._values], np.int64)
        self.classes = np.array([codec.number(example.label) for example in examples], np.int64)

    def __len__(self) -> int:
        return len(self._values)

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """Some examples side by side."""
        x = PaddedBatch.from_list([torch.from_numpy(self._values[row]) for row in rows])
        return Batch(x, torch.from_numpy(self.classes[rows]), rows)

    def values(self, row: int) -> NDArray[Any]:
        """One example as the network reads it."""
        return self._values[row]
