"""Backpropagation through long sequences in little memory: keep few states, compute the rest again.

A sequence of T steps is read in pieces of N; between pieces only the states are kept, and on the
way back each piece is read once more before its gradients are taken. Gates and all else that a
step leaves for its derivative take room for N steps instead of T.

Source: Chen et al., arXiv:1604.06174; for recurrent networks Gruslys et al., NIPS 2016.
"""

from collections.abc import Callable

import torch
from torch.utils.checkpoint import checkpoint

from elman.checks import as_kind, check_range
from elman.contracts import State
from elman.errors import ConfigError
from elman.sequences import PaddedBatch

__all__ = ["check_pieces", "read_in_pieces"]

Read = Callable[[PaddedBatch, State], tuple[PaddedBatch, State]]


def check_pieces(where: str, checkpoint_steps: int, rules_out: str) -> None:
    """Raise `ConfigError` where a layer cannot read pieces of so many steps.

    Args:
        where: the beginning of the message.
        checkpoint_steps: N; 0 for the whole at once, which every layer can.
        rules_out: what about the layer rules pieces out; "" for nothing.
    """
    steps = as_kind(where, "checkpoint_steps", checkpoint_steps, int)
    check_range(where, "checkpoint_steps", steps, at_least=0)
    if checkpoint_steps and rules_out:
        raise ConfigError(
            f"{where}: `checkpoint_steps` must be 0 with {rules_out}, got {checkpoint_steps}."
        )


def read_in_pieces(
    read: Read, batch: PaddedBatch, state: State, steps: int
) -> tuple[PaddedBatch, State]:
    """What `read` gives for the whole batch, keeping states every so many steps alone.

    Args:
        read: from a batch and the state before it to what comes out and the state after it.
        batch: (B, T, …).
        state: the state before, (L, B, H) each.
        steps: N; the whole is read at once where it is 0 or no gradient will be asked for.
    """
    if not 0 < steps < batch.values.shape[1] or not torch.is_grad_enabled():
        return read(batch, state)
    outputs = []
    for piece in batch.split(steps):
        output, state = checkpoint(read, piece, state, use_reentrant=False)
        outputs.append(output.values)
    return batch.with_values(torch.cat(outputs, 1)), state
