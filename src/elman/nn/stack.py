"""Layers above layers, in one direction or both: where walks become a network.

Shapes: B rows of the batch, S sequences, T steps, N rows of the walk (`kernels.reference`),
L layers, D directions, H units.
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from elman.kernels.reference import Scan
from elman.nn.rows import Rows
from elman.nn.walk import Walk, Weights

__all__ = ["Stack", "StackEnd", "run_stack"]

StackEnd = tuple[Tensor, tuple[Tensor, ...]]
"""Output (T, S, D·H) or (N, D·H), and the last states, (L·D, S, H) each."""


class Stack(NamedTuple):
    """What a stack of layers is made of; a tuple, since making it must cost next to nothing.

    Attributes:
        cell: a key of `kernels.layout.CELLS`.
        activation: f of the Elman cell.
        directions: D, 1 or 2.
        weights: of every layer and direction, in torch's order, L·D of them.
        dropout: share of every layer's output, save the last's, that is dropped now.
        same_mask: whether a row of the batch keeps its dropout mask from step to step.
    """

    cell: str
    activation: str
    directions: Literal[1, 2]
    weights: tuple[Weights, ...]
    dropout: float = 0.0
    same_mask: bool = False


def run_stack(
    stack: Stack,
    walks: tuple[Walk, ...],
    x: Tensor,
    rows: Rows,
    resets: Tensor | None,
    states: tuple[Tensor, ...],
) -> StackEnd:
    """Walk every layer and direction.

    Args:
        stack: the layers.
        walks: how to walk each of them, L·D.
        x: (T, S, I) where all sequences are equally long, else (N, I); contiguous.
        rows: how x lies, and which row of the batch each sequence is of.
        resets: (N,) bool or None; see `kernels.reference.Scan`.
        states: h and, for an LSTM, c: (L·D, S, H) each.
    """
    D = stack.directions
    sizes = rows.batch_sizes
    scans = [Scan(stack.cell, sizes, stack.activation, bool(d), resets) for d in range(D)]
    h_0 = states[0].unbind(0)
    c_0 = states[1].unbind(0) if len(states) > 1 else (None,) * len(h_0)
    h_n: list[Tensor] = []
    c_n: list[Tensor] = []
    for layer in range(0, len(h_0), D):
        if layer and stack.dropout:
            x = _drop(stack, x, rows)
        outputs = []
        for d in range(D):
            k = layer + d
            output, h, c = walks[k](scans[d], x, stack.weights[k], h_0[k], c_0[k])
            outputs.append(output)
            h_n.append(h)
            if c is not None:
                c_n.append(c)
        x = outputs[0] if D == 1 else torch.cat(outputs, -1)
    return x, tuple(torch.stack(s) if len(s) > 1 else s[0].unsqueeze(0) for s in (h_n, c_n) if s)


def _drop(stack: Stack, x: Tensor, rows: Rows) -> Tensor:
    """Dropout as torch draws it, or one mask for all steps of a row, however it is cut."""
    if not stack.same_mask:
        return torch.dropout(x, stack.dropout, True)
    mask = torch.dropout(x.new_ones(rows.batch_size, x.shape[-1]), stack.dropout, True)
    mask = rows.spread(mask)
    if x.dim() == 3:
        return x * mask
    return x * torch.cat([mask[:b] for b in rows.batch_sizes])
