"""What a layer reads while it is timed: sequences of one length, or packed ones of many.

Shapes: T steps, B sequences, I inputs, N real steps of all sequences together.
"""

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from elman.bench.shapes import Shape

__all__ = ["Input", "fresh", "random_input", "steps_of", "values"]

Input = Tensor | PackedSequence
"""(T, B, I), or packed, of N rows."""

_MEAN_SHARE = 1 / 3  # of the longest, that a ragged sequence has


def random_input(shape: Shape, *, ragged: bool) -> Input:
    """Normal values; ragged sequences have geometric lengths, on average a third of the longest."""
    x = torch.randn(shape.steps, shape.batch, shape.inputs)
    if not ragged:
        return x
    chance = 1 / max(_MEAN_SHARE * shape.steps, 1 + 1e-6)  # certainty, torch refuses
    lengths = torch.empty(shape.batch).geometric_(chance).clamp_(max=shape.steps).long()
    lengths[0] = shape.steps
    return pack_padded_sequence(x, lengths.sort(descending=True).values)


def values(x: Input) -> Tensor:
    """All numbers of an input or output, those of padding left out."""
    return x.data if isinstance(x, PackedSequence) else x


def steps_of(x: Input) -> int:
    """N, how many real steps all sequences have together.

    >>> steps_of(torch.zeros(5, 2, 3))
    10
    """
    return values(x).numel() // values(x).shape[-1]


def fresh(x: Input) -> Input:
    """A copy down to which gradients flow."""
    leaf = values(x).clone().requires_grad_()
    return x._replace(data=leaf) if isinstance(x, PackedSequence) else leaf
