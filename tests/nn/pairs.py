"""Pairs of layers, ours and torch's, with the same weights, and how to compare them."""

from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

import elman.nn
from elman.kernels import native
from elman.nn import Backend

KINDS = ("rnn_tanh", "rnn_relu", "gru", "lstm")

BUILT, WHY_NOT_BUILT = native.available()
NATIVE = Backend("native", "") if BUILT else Backend("torch", WHY_NOT_BUILT)
"""What a call that can run natively reports on this machine."""


def on_torch(reason: str) -> Backend:
    """What a call reports that cannot run natively for this reason, on this machine."""
    return Backend("torch", reason if BUILT else WHY_NOT_BUILT)


def make_pair(
    kind: str, *sizes: int, dtype: torch.dtype = torch.float64, **options: Any
) -> tuple[Any, Any]:
    """Our layer of a kind, and torch's with the same weights."""
    name, _, nonlinearity = kind.partition("_")
    if nonlinearity:
        options["nonlinearity"] = nonlinearity
    ours = getattr(elman.nn, name.upper())(*sizes, **options).to(dtype)
    theirs = getattr(torch.nn, name.upper())(*sizes, **options).to(dtype)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def make_state(layer: Any, B: int, unbatched: bool = False) -> Any:
    """A random hx for torch's conventions, wanting gradients."""
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    dtype = layer.weight_hh_l0.dtype

    def state(width: int) -> Tensor:
        shape = (rows, width) if unbatched else (rows, B, width)
        return torch.randn(shape, dtype=dtype, requires_grad=True)

    if isinstance(layer, torch.nn.LSTM):
        return state(layer.proj_size or layer.hidden_size), state(layer.hidden_size)
    return state(layer.hidden_size)


def tensors_of(thing: Any) -> list[Tensor]:
    """All tensors in what a layer takes or returns, in order."""
    if thing is None:
        return []
    if isinstance(thing, PackedSequence):
        return [thing.data]
    if isinstance(thing, Tensor):
        return [thing]
    return [tensor for part in thing for tensor in tensors_of(part)]


def gradients(layer: Any, x: Any, hx: Any, seed: int = 0) -> dict[str, Tensor]:
    """Everything a call gives: outputs, states, and every gradient, by name."""
    torch.manual_seed(seed)
    results = tensors_of(layer(x, hx))
    found = {f"result {k}": result for k, result in enumerate(results)}
    loss = sum(
        (r * torch.cos(torch.arange(r.numel(), dtype=r.dtype)).view_as(r)).sum() for r in results
    )
    wanted = {f"d input {k}": t for k, t in enumerate(tensors_of(x))}
    wanted |= {f"d hx {k}": t for k, t in enumerate(tensors_of(hx))}
    wanted |= {f"d {name}": parameter for name, parameter in layer.named_parameters()}
    wanted = {name: tensor for name, tensor in wanted.items() if tensor.requires_grad}
    found |= dict(zip(wanted, torch.autograd.grad(loss, list(wanted.values())), strict=True))
    return found


def assert_same(ours: Any, theirs: Any, x: Any, hx: Any = None, **tolerances: float) -> None:
    """Hold every value and every gradient of one call against torch's, by name."""
    expected = gradients(theirs, x, hx)
    for name, value in gradients(ours, x, hx).items():
        torch.testing.assert_close(
            value, expected[name], msg=lambda text, name=name: f"{name}: {text}", **tolerances
        )
