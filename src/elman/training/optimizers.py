"""Optimisers from options, and their state as named tensors."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from elman.checks import check_choice
from elman.choices import OPTIMIZERS
from elman.errors import CheckpointError
from elman.fields import TrainingFields
from elman.training.uncompiled import SGD, AdamW

__all__ = [
    "allows_sparse_rows",
    "load_optimizer_tensors",
    "make_optimizer",
    "optimizer_tensors",
    "set_learning_rate",
]

_SEPARATOR = "/"  # no parameter name holds one
_FUSED_DEVICES = ("cpu", "cuda")
_SLOTS: dict[type[torch.optim.Optimizer], set[str]] = {
    SGD: {"momentum_buffer"},
    AdamW: {"exp_avg", "exp_avg_sq", "step"},
}


def allows_sparse_rows(fields: TrainingFields) -> bool:
    """Whether a gradient that names only the rows that occurred trains exactly as a dense one.

    True for SGD without momentum and weight decay: rows without gradient stay as they are. Momentum
    and AdamW's averages go on moving such rows, and weight decay shrinks them, so there every row
    must be visited. An untied embedding may then be `torch.nn.Embedding(..., sparse=True)`.

    >>> allows_sparse_rows(TrainingFields(optimizer="sgd"))
    True
    >>> allows_sparse_rows(TrainingFields(optimizer="sgd", momentum=0.9))
    False
    """
    return fields.optimizer == "sgd" and fields.momentum == 0 and fields.weight_decay == 0


def make_optimizer(module: torch.nn.Module, fields: TrainingFields) -> torch.optim.Optimizer:
    """The optimiser that `fields.optimizer` names, over the parameters of `module` that learn.

    Weight decay falls on parameters of two or more dimensions; biases and gains are spared. For
    'sgd' it is added to the gradient, for 'adamw' it acts on the weights alone.

    Args:
        module: the network; its parameters' names become the names of `optimizer_tensors`.
        fields: `optimizer`, `learning_rate`, `momentum` and `weight_decay` are read.

    Raises:
        ChoiceError: `fields.optimizer` names none.

    Source: AdamW, Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.

    >>> layer = torch.nn.Linear(2, 3)
    >>> optimizer = make_optimizer(layer, TrainingFields(weight_decay=0.1))
    >>> [(group["param_names"], group["weight_decay"]) for group in optimizer.param_groups]
    [(['weight'], 0.1), (['bias'], 0.0)]
    """
    check_choice("make_optimizer", "optimizer", fields.optimizer, OPTIMIZERS)
    learning = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
    decayed = [(name, p) for name, p in learning if p.ndim >= 2]
    spared = [(name, p) for name, p in learning if p.ndim < 2]
    groups = [
        {"params": named, "weight_decay": decay}
        for named, decay in ((decayed, fields.weight_decay), (spared, 0.0))
        if named
    ]
    if fields.optimizer == "sgd":
        return SGD(groups, lr=fields.learning_rate, momentum=fields.momentum, foreach=True)
    fused = all(p.device.type in _FUSED_DEVICES for _, p in learning)
    return AdamW(groups, lr=fields.learning_rate, fused=fused)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Let every group of `optimizer` step with `rate` from now on."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The state of an optimiser as named tensors, ready for safetensors.

    Returns:
        '<parameter>/<slot>' → tensor, for example 'head.weight/exp_avg'. Not copies. All else
        (rates, betas) follows from the options and the schedule.
    """
    return {
        f"{name}{_SEPARATOR}{slot}": value
        for name, parameter in _named_parameters(optimizer)
        for slot, value in optimizer.state.get(parameter, {}).items()
        if isinstance(value, Tensor)
    }


def load_optimizer_tensors(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Take up what `optimizer_tensors` gave, in an optimiser made with the same options.

    Raises:
        CheckpointError: a name is of no parameter, a tensor does not fit its parameter, or a
            parameter has not what its optimiser needs.
    """
    parameters = dict(_named_parameters(optimizer))
    state: dict[Tensor, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        name, _, slot = key.rpartition(_SEPARATOR)
        parameter = parameters.get(name)
        if parameter is None:
            raise CheckpointError(
                f"load_optimizer_tensors: '{key}' must name a parameter of the network and a slot"
                f" of its optimiser, got no parameter '{name}'."
            )
        if value.ndim and value.shape != parameter.shape:
            raise CheckpointError(
                f"load_optimizer_tensors: '{key}' must have shape {tuple(parameter.shape)},"
                f" got {tuple(value.shape)}."
            )
        device = parameter.device if value.ndim else _counter_device(optimizer, parameter)
        state.setdefault(parameter, {})[slot] = value.detach().to(device, copy=True)
    slots = _SLOTS[type(optimizer)]
    for found in map(set, state.values()):
        if found != slots:
            raise CheckpointError(
                f"load_optimizer_tensors: a parameter must have the slots {sorted(slots)},"
                f" got {sorted(found)}."
            )
    optimizer.state.clear()
    optimizer.state.update(state)


def _named_parameters(optimizer: torch.optim.Optimizer) -> Iterator[tuple[str, Tensor]]:
    for group in optimizer.param_groups:
        yield from zip(group["param_names"], group["params"], strict=True)


def _counter_device(optimizer: torch.optim.Optimizer, parameter: Tensor) -> torch.device:
    """Where torch keeps the count of steps: beside the parameter only when steps are fused."""
    return parameter.device if optimizer.defaults.get("fused") else torch.device("cpu")
