"""Gradient clipping by norm and by value, with a report of what it met and what it did."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.checks import check_range

__all__ = ["ClipReport", "clip_gradients", "layer_name"]

# torch's recurrent layers keep several layers and directions in one module
_RECURRENT_PARAMETER = re.compile(r"(?:(.*)\.)?(?:weight|bias)_(?:ih|hh|hr)_(l\d+(?:_reverse)?)")


@dataclass(frozen=True)
class ClipReport:
    """What `clip_gradients` met and did.

    Attributes:
        norm_before: Euclidean norm of all gradients together before clipping; NaN or infinity if
            any entry is not finite.
        norm_by_layer: the same for each layer alone, under its name.
        scale: what the gradients were multiplied by; 1 when they were short enough.
        clipped_values: share of all entries that clipping by value cut, 0 to 1.
    """

    norm_before: float
    norm_by_layer: dict[str, float]
    scale: float
    clipped_values: float

    @property
    def clipped_by_norm(self) -> bool:
        """Whether the gradients were longer than allowed."""
        return self.scale < 1

    @property
    def finite(self) -> bool:
        """Whether every entry of every gradient was finite."""
        return math.isfinite(self.norm_before)


def clip_gradients(
    parameters: Iterable[tuple[str, Tensor]], norm: float = 0.0, value: float = 0.0
) -> ClipReport:
    r"""Shorten the gradients of `parameters` in place, all together by norm, then each by value.

        g ← g · min(1, norm / ‖g‖)        ‖g‖ over all parameters together
        g ← max(−value, min(value, g))     entry by entry

    In this order both bounds hold afterwards. Gradients with an entry that is not finite are left
    as they are, so that the cause can be found: `report.finite` says so. Sparse gradients are
    summed by row first (and stay so), so that their norm is that of the dense gradient.

    Args:
        parameters: names and parameters, as `module.named_parameters()` gives them.
        norm: longest norm allowed; 0 for any.
        value: largest absolute value allowed; 0 for any.

    Raises:
        ConfigError: `norm` or `value` is negative.

    Source: Pascanu, Mikolov and Bengio, ICML 2013, algorithm 1 (norm); Mikolov's thesis, Brno 2012,
    section 3.3.2 (value).

    >>> layer = torch.nn.Linear(1, 1, bias=False)
    >>> layer.weight.grad = torch.tensor([[4.0]])
    >>> report = clip_gradients(layer.named_parameters(), norm=1.0)
    >>> report.norm_before, report.scale, layer.weight.grad.item()
    (4.0, 0.25, 1.0)
    """
    check_range("clip_gradients", "norm", norm, at_least=0)
    check_range("clip_gradients", "value", value, at_least=0)
    names, gradients = _gradients(parameters)
    # of a coalesced sparse gradient _values() may be changed in place; values() would be a view
    entries = [g._values() if g.is_sparse else g for g in gradients]
    norms = [_norm(entry) for entry in entries]
    total = math.hypot(*norms)
    scale, clipped = 1.0, 0.0
    if math.isfinite(total):
        if norm and total > norm:
            scale = norm / total
            torch._foreach_mul_(entries, scale)
        if value:
            cut = _clip_values(entries, value)
            clipped = cut / max(1, sum(gradient.numel() for gradient in gradients))
    return ClipReport(total, _by_layer(names, norms), scale, clipped)


def layer_name(parameter_name: str) -> str:
    """The layer that a parameter belongs to.

    >>> layer_name("stack.weight_ih_l0"), layer_name("stack.bias_hh_l1_reverse")
    ('stack.l0', 'stack.l1_reverse')
    >>> layer_name("head.weight"), layer_name("U")
    ('head', 'U')
    """
    recurrent = _RECURRENT_PARAMETER.fullmatch(parameter_name)
    if recurrent:
        return ".".join(part for part in recurrent.groups() if part)
    return parameter_name.rpartition(".")[0] or parameter_name


def _gradients(parameters: Iterable[tuple[str, Tensor]]) -> tuple[list[str], list[Tensor]]:
    """Names and gradients; sparse ones with the rows of equal index summed, in `grad` too."""
    names, gradients = [], []
    for name, parameter in parameters:
        if parameter.grad is None:
            continue
        if parameter.grad.is_sparse:
            parameter.grad = parameter.grad.coalesce()
        names.append(name)
        gradients.append(parameter.grad)
    return names, gradients


def _norm(entries: Tensor) -> float:
    """Euclidean norm: rows in the tensor's own type, which alone loses digits over millions."""
    rows = torch.linalg.vector_norm(entries, dim=-1) if entries.ndim > 1 else entries
    norm: float = torch.linalg.vector_norm(rows, dtype=torch.float64).item()
    if not math.isfinite(norm):
        # either an entry is not finite, or a square overflowed where its root would not
        norm = torch.linalg.vector_norm(entries, dtype=torch.float64).item()
    return norm


def _clip_values(entries: list[Tensor], value: float) -> int:
    """Cut entries to ±value in place; how many were cut."""
    cut = 0
    for entry in entries:
        least, most = torch.aminmax(entry) if entry.numel() else (0.0, 0.0)
        if least < -value or most > value:
            cut += int(torch.count_nonzero(entry.abs() > value))
            entry.clamp_(-value, value)
    return cut


def _by_layer(names: list[str], norms: list[float]) -> dict[str, float]:
    layers: dict[str, float] = {}
    for name, norm in zip(names, norms, strict=True):
        layer = layer_name(name)
        layers[layer] = math.hypot(layers.get(layer, 0.0), norm)
    return layers
