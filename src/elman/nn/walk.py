r"""One walk through time: input projection and recurrence of one layer in one direction.

Three ways to the same result: natively without a record (inference), natively inside autograd
(training), and in plain torch operators (`torch_walk`), which can be differentiated any number of
times. Shapes: B sequences, T steps, N rows (`kernels.reference`), I inputs, H units, G gates.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import linear

from elman.kernels import reference
from elman.kernels.reference import Gradients, Result, Scan
from elman.nn._pending import native

__all__ = ["Walk", "WalkEnd", "Weights", "native_walk", "torch_walk"]

Weights = tuple[Tensor, Tensor, Tensor | None, Tensor | None]
"""Torch's weight_ih (G·H, I), weight_hh (G·H, H), bias_ih (G·H,), bias_hh (G·H,)."""

WalkEnd = tuple[Tensor, Tensor, Tensor | None]
"""Output (…, H) shaped as the input was, the last h (B, H), the last c (B, H) or None."""

Walk = Callable[[Scan, Tensor, Weights, Tensor, Tensor | None], WalkEnd]
"""(scan, x (T, B, I) or (N, I), weights, h_0 (B, H), c_0 (B, H) or None) -> `WalkEnd`."""


def torch_walk(scan: Scan, x: Tensor, weights: Weights, h_0: Tensor, c_0: Tensor | None) -> WalkEnd:
    """Walk by `kernels.reference`: torch operators throughout, on any device."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    projected = linear(x.reshape(-1, x.shape[-1]), weight_ih, bias_ih)
    result = reference.forward(scan, projected, weight_hh, bias_hh, h_0, c_0)
    return result.output.view(*x.shape[:-1], -1), result.h_n, result.c_n


def native_walk(
    scan: Scan, x: Tensor, weights: Weights, h_0: Tensor, c_0: Tensor | None
) -> WalkEnd:
    """Walk by `kernels.native`; x must be contiguous and everything on the CPU in one dtype."""
    if torch.is_grad_enabled() and _any_requires_grad(x, *weights, h_0, c_0):
        end: WalkEnd = _Recorded.apply(scan, x, *weights, h_0, c_0)  # type: ignore[no-untyped-call]
        return end
    result = _forward(scan, x, weights, h_0, c_0, keep=False)
    return result.output.view(*x.shape[:-1], -1), result.h_n, result.c_n


def _any_requires_grad(*tensors: Tensor | None) -> bool:
    return any(tensor is not None and tensor.requires_grad for tensor in tensors)


def _forward(
    scan: Scan, x: Tensor, weights: Weights, h_0: Tensor, c_0: Tensor | None, *, keep: bool
) -> Result:
    """Project all rows in one product, then walk natively."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    if scan.cell != "gru" and bias_hh is not None:  # there r multiplies R_n h + b_hn
        bias_ih, bias_hh = bias_hh if bias_ih is None else bias_ih + bias_hh, None
    rows = x.view(-1, x.shape[-1])
    if bias_ih is None:
        projected = torch.mm(rows, weight_ih.t())
    else:
        projected = torch.addmm(bias_ih, rows, weight_ih.t())
    return native.forward(scan, projected, weight_hh, bias_hh, h_0, c_0, keep=keep)


class _Recorded(torch.autograd.Function):
    """`native_walk` as one node of autograd's graph."""

    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any, scan: Scan, x: Tensor, *others: Tensor | None
    ) -> WalkEnd:
        """Walk, and keep what the way back needs; others: the weights, h_0, c_0."""
        weights, (h_0, c_0) = others[:4], others[4:]
        result = _forward(scan, x, weights, h_0, c_0, keep=True)  # type: ignore[arg-type]
        # A slice of the kernel's buffer would forbid in-place changes that torch allows; `.data`
        # makes it a tensor of its own, with its own version.
        output = result.output.view(*x.shape[:-1], -1).data
        ctx.scan = scan
        ctx.watch = _share_version(output)
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x, *others, *_kept(result, h_0, c_0))
        return output, result.h_n, result.c_n

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        """Walk back from the gradients of output, h_n and c_n."""
        inputs, kept = ctx.saved_tensors[:7], ctx.saved_tensors[7:]
        needs = ctx.needs_input_grad[1:]
        if torch.is_grad_enabled():
            return (None, *_gradients_with_graph(ctx.scan, inputs, grads, needs))
        if ctx.watch._version:  # the caller changed the output in place, and with it what was kept
            x, *weights, h_0, c_0 = inputs
            result = _forward(ctx.scan, x, tuple(weights), h_0, c_0, keep=True)  # type: ignore[arg-type]
        else:
            result = Result(*kept)
        return (
            None,
            *_gradients(_walk_back(ctx.scan, inputs[2], result, grads), result, inputs, needs),
        )


def _share_version(tensor: Tensor) -> Tensor:
    """An empty tensor that counts the in-place changes of `tensor` without holding its memory."""
    watch = tensor.detach()
    watch.data = tensor.new_empty(0)
    return watch


def _kept(result: Result, h_0: Tensor, c_0: Tensor | None) -> list[Tensor | None]:
    """The fields of `result`; the last states, of which only shapes matter, yield to the first."""
    stand_ins = {"h_n": h_0, "c_n": c_0}
    return [
        stand_ins[field.name] if field.name in stand_ins else getattr(result, field.name)
        for field in fields(Result)
    ]


def _walk_back(
    scan: Scan, weight: Tensor, result: Result, grads: tuple[Tensor | None, ...]
) -> Gradients:
    """Walk back natively, or in torch operators where gradients are no plain tensors (vmap)."""
    if grads[0] is not None and grads[0].dim() == 3:
        grads = (grads[0].reshape(-1, grads[0].shape[-1]), *grads[1:])
    if torch._C._are_functorch_transforms_active():
        return reference.backward(scan, weight, result, *grads)
    return native.backward(scan, weight, result, *grads)


def _gradients(
    walked: Gradients,
    result: Result,
    inputs: tuple[Tensor, ...],
    needs: tuple[bool, ...],
) -> tuple[Tensor | None, ...]:
    """The gradients of x, the four weights, h_0 and c_0, each only if needed."""
    x, weight_ih = inputs[:2]
    into_x, into_h = walked.projected, walked.recurrent
    return (
        (into_x @ weight_ih).view(x.shape) if needs[0] else None,
        into_x.t() @ x.view(-1, x.shape[-1]) if needs[1] else None,
        into_h.t() @ result.previous if needs[2] else None,
        into_x.sum(0) if needs[3] else None,
        into_h.sum(0) if needs[4] else None,
        walked.h_0 if needs[5] else None,
        walked.c_0 if needs[6] else None,
    )


def _gradients_with_graph(
    scan: Scan,
    inputs: tuple[Tensor | None, ...],
    grads: tuple[Tensor | None, ...],
    needs: tuple[bool, ...],
) -> list[Tensor | None]:
    """The same gradients through torch operators, so that they can be differentiated again."""
    # Aliases cut the paths from one input to another, such as from an h_0 computed from x.
    x, *weights, h_0, c_0 = (None if t is None else t.view_as(t) for t in inputs)
    aliases = (x, *weights, h_0, c_0)
    end = torch_walk(scan, x, tuple(weights), h_0, c_0)  # type: ignore[arg-type]
    reached = [(o, g) for o, g in zip(end, grads, strict=True) if o is not None and g is not None]
    wanted = [alias for alias, need in zip(aliases, needs, strict=True) if need]
    outputs, grad_outputs = zip(*reached, strict=True)
    found = iter(
        torch.autograd.grad(outputs, wanted, grad_outputs, create_graph=True, allow_unused=True)  # type: ignore[arg-type]
    )
    return [next(found) if need else None for need in needs]
