"""Turning torch's recurrent layers inside any model into ours, in place, and back."""

from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from elman.errors import ConfigError
from elman.kernels import native
from elman.nn.drop_in import DropIn
from elman.nn.layers import GRU, LSTM, RNN

__all__ = ["Accelerate", "Report", "Skipped", "accelerate", "restore"]

_OURS: dict[type[nn.Module], type[DropIn]] = {nn.RNN: RNN, nn.GRU: GRU, nn.LSTM: LSTM}
M = TypeVar("M", bound=nn.Module)

_TORCHS: dict[type[nn.Module], type[nn.Module]] = {ours: torchs for torchs, ours in _OURS.items()}
_NAMES = tuple(kind.__name__ for kind in _OURS)


@dataclass(frozen=True)
class Skipped:
    """A recurrent layer that was left alone.

    Attributes:
        name: its path in the model, "" for the model itself.
        kind: name of its class.
        reason: why.
    """

    name: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Report:
    """Which of a model's recurrent layers run through Elman.

    Attributes:
        accelerated: paths of layers that are Elman's; what each ran on last, its `backend` says.
        skipped: recurrent layers that are not, and why.
        core: why the native core cannot run at all on this machine; "" if it can.

    >>> import torch, elman
    >>> class Mine(torch.nn.GRU): pass
    >>> model = torch.nn.ModuleDict({"taken": torch.nn.LSTM(3, 4), "mine": Mine(3, 4)})
    >>> report = elman.accelerate.report(elman.accelerate(model))
    >>> report.accelerated, [(each.name, each.kind) for each in report.skipped]
    (('taken',), [('mine', 'Mine')])
    """

    accelerated: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    core: str

    def __str__(self) -> str:
        lines = [f"{name or '(the model)'}: accelerated" for name in self.accelerated]
        lines += [f"{s.name or '(the model)'}: {s.kind} skipped, {s.reason}" for s in self.skipped]
        if self.core:
            lines.append(f"runs on torch's operators: {self.core}")
        return "\n".join(lines) or "no recurrent layers"


class Accelerate:
    """The function `elman.accelerate`, with `elman.accelerate.report` beside it."""

    def __call__(self, model: M) -> M:
        """Make every plain `torch.nn.RNN`, `GRU` and `LSTM` in `model` one of Elman's, in place.

        Only their class changes: weights, hooks, optimisers and saved state dicts stay good.
        What is not exactly one of these three (subclasses, parametrized, quantised, scripted, …)
        is left alone; `report` says what and why. `restore` goes back.

        Args:
            model: any module; it may be such a layer itself.

        Returns:
            The same model.

        Raises:
            ConfigError: where `model` is no `torch.nn.Module`.

        >>> model = torch.nn.Sequential(torch.nn.LSTM(3, 4), torch.nn.RNNCell(4, 4))
        >>> report = accelerate.report(accelerate(model))
        >>> report.accelerated
        ('0',)
        >>> report.skipped
        (Skipped(name='1', kind='RNNCell', reason='a cell runs one step at a time'),)
        >>> accelerate(model.state_dict())
        Traceback (most recent call last):
        elman.errors.ConfigError: elman.accelerate: `model` must be a torch.nn.Module,
        got OrderedDict.
        """
        for layer in _modules("elman.accelerate", model).values():
            if type(layer) in _OURS and not _why_skipped(layer):
                layer.__class__ = _OURS[type(layer)]
        return model

    def report(self, model: nn.Module) -> Report:
        """Say which recurrent layers of `model` are Elman's, which are not, and why.

        Raises:
            ConfigError: where `model` is no `torch.nn.Module`.

        >>> model = torch.nn.Sequential(torch.nn.LSTM(2, 3), torch.nn.LSTMCell(3, 3))
        >>> accelerate.report(accelerate(model)).accelerated
        ('0',)
        """
        modules = _modules("elman.accelerate.report", model)
        reasons = {name: _why_skipped(layer) for name, layer in modules.items()}
        accelerated = tuple(
            name
            for name, layer in modules.items()
            if isinstance(layer, DropIn) and not reasons[name]
        )
        skipped = tuple(
            Skipped(name, _kind(modules[name]), reason)
            for name, reason in reasons.items()
            if reason
        )
        built, core = native.available()
        return Report(accelerated, skipped, "" if built else core)


accelerate = Accelerate()


def restore(model: M) -> M:
    """Make every `elman.nn.RNN`, `GRU` and `LSTM` in `model` torch's own, in place.

    That undoes `accelerate`, and goes further: layers that were built as Elman's become torch's as
    well. Only those with extras that torch's lack, and subclasses, stay as they are.

    Returns:
        The same model.

    Raises:
        ConfigError: where `model` is no `torch.nn.Module`.

    >>> type(restore(LSTM(3, 4)))
    <class 'torch.nn.modules.rnn.LSTM'>
    >>> type(restore(LSTM(3, 4, layer_norm=True)))
    <class 'elman.nn.layers.LSTM'>
    """
    for layer in _modules("elman.restore", model).values():
        torchs = _TORCHS.get(type(layer))
        if torchs and not getattr(layer, "has_extras", False):
            layer.__dict__.pop("_backend", None)
            layer.__class__ = torchs
    return model


def _modules(where: str, model: nn.Module) -> dict[str, nn.Module]:
    """Every module of `model` by its path, itself included."""
    if not isinstance(model, nn.Module):
        raise ConfigError(
            f"{where}: `model` must be a torch.nn.Module, got {type(model).__name__}."
        )
    return dict(model.named_modules())


def _kind(layer: nn.Module) -> str:
    return str(getattr(layer, "original_name", type(layer).__name__))


def _why_skipped(layer: nn.Module) -> str:
    """Why a recurrent layer cannot become ours; "" if it can, or is no recurrent layer."""
    if isinstance(layer, torch.jit.ScriptModule):
        return "it is scripted" if _kind(layer) in _NAMES else ""
    if type(layer).__module__.startswith("torch.ao."):
        return "it is quantised" if type(layer).__name__ in _NAMES else ""
    if isinstance(layer, nn.RNNCellBase):
        return "a cell runs one step at a time"
    if not isinstance(layer, nn.RNNBase):
        return ""
    ours = isinstance(layer, DropIn)
    if layer.proj_size and (ours or type(layer) in _OURS):
        return "proj_size is set, so that torch's operators run it"
    if ours:  # parametrized since, perhaps, or a subclass
        return ""
    if is_parametrized(layer):
        return "its weights are parametrized"
    if type(layer) not in _OURS:
        return f"{type(layer).__name__} is a subclass with code of its own"
    if "forward" in vars(layer):
        return "its forward was replaced"
    if any(name not in layer._parameters for name in layer._flat_weights_names):
        return "its weights are computed (weight_norm, spectral_norm or pruning)"
    return ""
