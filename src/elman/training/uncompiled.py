"""torch's optimisers without what torch.compile wraps around their methods.

Each wrapper imports `torch._dynamo` when it is first called, which keeps the first step of every
training waiting for some two seconds. Nothing here is compiled, so the methods are taken from
within their wrappers; what they compute is torch's own.
"""

from inspect import unwrap
from typing import Any, final

import torch
from torch.optim import Optimizer

__all__ = ["SGD", "AdamW"]

_add_param_group: Any = unwrap(Optimizer.add_param_group)
_zero_grad: Any = unwrap(Optimizer.zero_grad)
_without_gradient: Any = torch.no_grad()  # which the wrapper around `step` did


@final
class AdamW(torch.optim.AdamW):
    """`torch.optim.AdamW`, ready at once.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
    """

    add_param_group = _add_param_group
    zero_grad = _zero_grad
    step = _without_gradient(unwrap(torch.optim.AdamW.step))


@final
class SGD(torch.optim.SGD):
    """`torch.optim.SGD`, ready at once."""

    add_param_group = _add_param_group
    zero_grad = _zero_grad
    step = _without_gradient(unwrap(torch.optim.SGD.step))
