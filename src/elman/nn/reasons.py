"""Why a call cannot run natively, in words; an empty reason means that it can."""

import torch
from torch import Tensor
from torch.nn import Parameter

from elman.kernels import native
from elman.nn import unpromised
from elman.nn.backends import MALFORMED, demanded

__all__ = ["compiling", "why_not_here", "why_not_these"]

_DTYPES = (torch.float32, torch.float64)


def compiling() -> bool:
    """Whether torch.compile or torch.export reads this call, or the frames below it."""
    if torch.compiler.is_compiling():
        return True
    # Frames that dynamo refuses to read, as it does torch's recurrent layers, run with its hook on.
    return callable(unpromised.compile_callback())


def why_not_here() -> str:
    """What about this moment (modes, transforms, the machine) rules the native core out."""
    if compiling():
        return "torch.compile is reading"
    if demanded() == "torch":
        return 'asked for by backend("torch")'
    built, reason = native.available()
    if not built:
        return reason
    if unpromised.MISSING:
        return unpromised.MISSING
    if unpromised.tracing_state() is not None:
        return "torch.jit is tracing"
    if unpromised.is_transformed():
        return "a torch.func transform is active"
    if unpromised.dispatch_modes():
        return "a torch dispatch mode is active"
    if torch.is_autocast_enabled("cpu"):
        return "autocast is on"
    if unpromised.forward_ad_level() >= 0:
        return "forward-mode differentiation is active"
    return ""


def why_not_these(tensors: tuple[Tensor, ...]) -> str:
    """What about these tensors, which meet in one walk, rules the native core out."""
    dtype = tensors[0].dtype
    for tensor in tensors:
        kind = type(tensor)
        if kind is not Tensor and kind is not Parameter:
            return f"{kind.__name__} is no plain tensor"  # a subclass, or a weight set to None
        if not tensor.is_cpu:
            return f"device is {tensor.device.type}"
        if tensor.layout is not torch.strided:
            return f"layout is {str(tensor.layout).removeprefix('torch.')}"
        if tensor.dtype is not dtype:
            return f"{MALFORMED} (dtypes differ)"
        if tensor.is_neg():
            return "a negation is pending"
    return "" if dtype in _DTYPES else f"dtype is {str(dtype).removeprefix('torch.')}"
