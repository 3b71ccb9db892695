"""The loss at every step, whatever the loss: ours by the kind of the targets, or the user's own.

Letters: B sequences, T steps, O outputs; n of them, anywhere.
"""

import copy
import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from elman.errors import ConfigError, ShapeError

__all__ = ["Loss", "are_probabilities", "step_losses"]

Loss = Callable[[Tensor, Tensor], Tensor]
"""(outputs (n, O), targets (n,) or (n, …)) -> a scalar, or one number for each; as in torch."""

_CLOSE = 1e-4


def are_probabilities(outputs: Tensor) -> bool:
    """Whether outputs (…, O) are distributions already, as after a softmax."""
    if outputs.dim() < 2 or outputs.shape[-1] < 2 or not outputs.numel():
        return False
    within = bool((outputs >= 0).all()) and bool((outputs <= 1 + _CLOSE).all())
    return within and bool(((outputs.sum(-1) - 1).abs() < _CLOSE).all())


def step_losses(where: str, outputs: Tensor, targets: Tensor, loss: Loss | None) -> Tensor:
    """The loss of each of n outputs, (n,).

        integers and a row of outputs each     cross entropy, in nats
        numbers of the outputs' own shape      mean of squared errors

    Outputs that are distributions already count as such, else as logits or log-probabilities.

    Args:
        where: the beginning of messages.
        outputs: (n, O), or (n,).
        targets: (n,) or (n, …).
        loss: what to take instead; called without reduction where it has one, else once for each.

    Raises:
        ConfigError: there is no loss for such targets, and none is given.
        ShapeError: what `loss` returns is not one number for each.

    >>> step_losses("inspect", torch.zeros(2, 4), torch.tensor([0, 3]), None)
    tensor([1.3863, 1.3863])
    >>> step_losses("inspect", torch.zeros(2, 4), torch.zeros(2, 3), None)
    Traceback (most recent call last):
    elman.errors.ConfigError: inspect: `loss` must be given for outputs (n, 4) and targets
    torch.float32 (n, 3), got None. Pass what trained the network, such as torch.nn.MSELoss().
    """
    found = _judge(where, outputs, targets, loss)
    if found.shape[:1] != outputs.shape[:1]:
        raise ShapeError(
            f"{where}: `loss` must return one number for each of n={len(outputs)} outputs, "
            f"or their mean or sum, got shape {tuple(found.shape)}."
        )
    return found if found.dim() == 1 else found.flatten(1).mean(1)


def _judge(where: str, outputs: Tensor, targets: Tensor, loss: Loss | None) -> Tensor:
    if loss is None:
        return _default(where, outputs, targets)
    return _given(loss, outputs, targets)


def _default(where: str, outputs: Tensor, targets: Tensor) -> Tensor:
    whole = not targets.is_floating_point() and targets.dtype != torch.bool
    if whole and outputs.dim() == 2 and targets.dim() == 1:
        if are_probabilities(outputs.detach()):
            return F.nll_loss(outputs.clamp_min(1e-300).log(), targets.long(), reduction="none")
        return F.cross_entropy(outputs, targets.long(), reduction="none")
    if targets.is_floating_point() and targets.numel() == outputs.numel():
        errors = outputs.flatten(1) if outputs.dim() > 1 else outputs[:, None]
        return (errors - targets.reshape(errors.shape).to(errors.dtype)).square().mean(1)
    tail = "".join(f", {size}" for size in outputs.shape[1:])
    other = "".join(f", {size}" for size in targets.shape[1:])
    raise ConfigError(
        f"{where}: `loss` must be given for outputs (n{tail}) and targets {targets.dtype} "
        f"(n{other}), got None. Pass what trained the network, such as torch.nn.MSELoss()."
    )


def _given(loss: Loss, outputs: Tensor, targets: Tensor) -> Tensor:
    """The user's loss, for each of n outputs."""
    targets = targets.to(outputs.dtype) if targets.is_floating_point() else targets
    unreduced = _unreduced(loss)
    if unreduced is not None:
        return unreduced(outputs, targets)
    n = len(outputs)
    return torch.stack([loss(outputs[k : k + 1], targets[k : k + 1]).sum() for k in range(n)])


def _unreduced(loss: Any) -> Loss | None:
    """The same loss without reduction, if it has one."""
    if isinstance(loss, torch.nn.Module) and hasattr(loss, "reduction"):
        each: Loss = copy.copy(loss)
        each.reduction = "none"  # type: ignore[attr-defined]
        return each
    try:
        parameters = inspect.signature(loss).parameters
    except (TypeError, ValueError):  # built in
        return None
    if "reduction" in parameters:
        return lambda outputs, targets: loss(outputs, targets, reduction="none")
    return None
