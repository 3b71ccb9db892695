r"""One walk through time: input projection and recurrence of one layer in one direction.

Three ways to the same result: natively without a record (inference), natively inside autograd
(training), and in plain torch operators (`torch_walk`), which can be differentiated any number of
times. Shapes: B sequences, T steps, N rows (`kernels.reference`), I inputs, H units, G gates.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import linear

from elman.kernels import native, reference
from elman.kernels.products import multiply
from elman.kernels.reference import Gradients, Result, Scan, Weights
from elman.nn import unpromised

__all__ = ["Walk", "WalkEnd", "Weights", "native_walk", "needs_gradients", "torch_walk"]

WalkEnd = tuple[Tensor, Tensor, Tensor | None]
"""Output (…, H) shaped as the input was, the last h (B, H), the last c (B, H) or None."""

Walk = Callable[[Scan, Tensor, Weights, Tensor, Tensor | None], WalkEnd]
"""(scan, x (T, B, I) or (N, I), weights, h_0 (B, H), c_0 (B, H) or None) -> `WalkEnd`."""

_CHANGED_BIAS = (
    "one of the variables needed for gradient computation has been modified by an inplace "
    "operation: a bias of a recurrent layer, between forward and a backward that walks again."
)

_Inputs = tuple[
    Tensor, Tensor, Tensor, Tensor | None, Tensor | None, Tensor, Tensor | None
]  # x, the weights, h_0, c_0


def torch_walk(scan: Scan, x: Tensor, weights: Weights, h_0: Tensor, c_0: Tensor | None) -> WalkEnd:
    """Walk by `kernels.reference`: torch operators throughout, on any device."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    projected = linear(x.reshape(-1, x.shape[-1]), weight_ih, bias_ih)
    result = reference.forward(scan, projected, weight_hh, bias_hh, h_0, c_0)
    return result.output.view(*x.shape[:-1], -1), result.h_n, result.c_n


def needs_gradients(tensors: tuple[Tensor | None, ...]) -> bool:
    """Whether autograd would record what is computed from these tensors now."""
    return torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in tensors)


def native_walk(
    scan: Scan, x: Tensor, weights: Weights, h_0: Tensor, c_0: Tensor | None
) -> WalkEnd:
    """Walk by `kernels.native`; x must be contiguous and everything on the CPU in one dtype."""
    inputs = (x, *weights, h_0, c_0)
    if needs_gradients(inputs):
        end: WalkEnd = _Recorded.apply(scan, *inputs)  # type: ignore[no-untyped-call]
        return end
    result = native.read(scan, x, weights, h_0, c_0, keep=False)
    return result.output.view(*x.shape[:-1], -1), result.h_n, result.c_n


def _read(scan: Scan, inputs: _Inputs) -> Result:
    """Walk natively, and keep what the way back needs."""
    x, *weights, h_0, c_0 = inputs
    return native.read(scan, x, tuple(weights), h_0, c_0)  # type: ignore[arg-type]


class _Recorded(torch.autograd.Function):
    """`native_walk` as one node of autograd's graph."""

    @staticmethod
    def forward(ctx: Any, scan: Scan, *inputs: *_Inputs) -> WalkEnd:
        """Walk, and keep what the way back needs."""
        result, x = _read(scan, inputs), inputs[0]
        # A slice of the kernel's buffer would forbid in-place changes that torch allows; `.data`
        # makes it a tensor of its own, with its own version.
        output = result.output.view(*x.shape[:-1], -1).data
        ctx.scan = scan
        ctx.watch = _share_version(output)
        ctx.set_materialize_grads(False)
        # The way back needs no biases. Saved, they would forbid in-place changes that torch allows.
        ctx.save_for_backward(*inputs[:3], *inputs[5:], *_kept(result, *inputs[5:]))
        ctx.biases = inputs[3:5]
        ctx.bias_versions = _versions(ctx.biases)
        return output, result.h_n, result.c_n

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        """Walk back from the gradients of output, h_n and c_n."""
        saved, needs = ctx.saved_tensors, ctx.needs_input_grad[1:]
        if all(grad is None for grad in grads):  # what came after had no gradient to give
            return (None,) * (1 + len(needs))
        inputs, result = (*saved[:3], *ctx.biases, *saved[3:5]), Result(*saved[5:])
        again = torch.is_grad_enabled() or ctx.watch._version
        if again and _versions(ctx.biases) != ctx.bias_versions:
            raise RuntimeError(_CHANGED_BIAS)
        if torch.is_grad_enabled():
            return (None, *_gradients_with_graph(ctx.scan, inputs, grads, needs))
        if ctx.watch._version:  # the caller changed the output in place, and so what was kept
            result = _read(ctx.scan, inputs)
        walked = _walk_back(ctx.scan, inputs[2], result, grads)
        return (None, *_gradients(ctx.scan, walked, result, inputs, needs))


def _versions(tensors: tuple[Tensor | None, ...]) -> list[int]:
    """How often each tensor was changed in place; 0 for those of inference, which do not count."""
    return [0 if tensor is None or tensor.is_inference() else tensor._version for tensor in tensors]


def _share_version(tensor: Tensor) -> Tensor:
    """An empty tensor that counts the in-place changes of `tensor` without holding its memory."""
    watch = tensor.detach()
    watch.data = tensor.new_empty(0)
    return watch


def _kept(result: Result, h_0: Tensor, c_0: Tensor | None) -> tuple[Tensor | None, ...]:
    """The fields of `result`; the last states, of which only shapes matter, yield to the first."""
    return (
        result.output,
        h_0,
        c_0,
        result.gates,
        result.cells,
        result.previous,
        result.previous_cells,
        result.candidates,
    )


def _walk_back(
    scan: Scan, weight: Tensor, result: Result, grads: tuple[Tensor | None, ...]
) -> Gradients | native.Gradients:
    """Walk back natively, or in torch operators where a gradient has no memory of its own."""
    grad_output, grad_h_n, grad_c_n = grads
    if grad_output is not None:
        grad_output = grad_output.reshape(-1, grad_output.shape[-1])
    if all(grad is None or _is_plain(grad) for grad in grads):
        return native.backward(scan, weight, result, grad_output, grad_h_n, grad_c_n)
    return reference.backward(scan, weight, result, grad_output, grad_h_n, grad_c_n)


def _is_plain(grad: Tensor) -> bool:
    """Whether `grad` is neither a subclass nor wrapped by a vmap, old (in autograd) or new."""
    wrapped = unpromised.is_wrapped(grad) or unpromised.is_legacy_batched(grad)
    return type(grad) is Tensor and not wrapped


def _gradients(
    scan: Scan,
    walked: Gradients | native.Gradients,
    result: Result,
    inputs: _Inputs,
    needs: tuple[bool, ...],
) -> tuple[Tensor | None, ...]:
    """The gradients of x, the four weights, h_0 and c_0, each only if needed."""
    x, weight_ih = inputs[:2]
    into_x = walked.projected
    bias = into_x.sum(0) if needs[3] or needs[4] else None
    return (
        multiply(into_x, weight_ih).view(x.shape) if needs[0] else None,
        walked.input_weight(x.view(-1, x.shape[-1])) if needs[1] else None,
        walked.weight(result.previous) if needs[2] else None,
        bias if needs[3] else None,
        (walked.bias() if scan.cell == "gru" else bias) if needs[4] else None,
        walked.h_0 if needs[5] else None,
        walked.c_0 if needs[6] else None,
    )


def _gradients_with_graph(
    scan: Scan,
    inputs: _Inputs,
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
