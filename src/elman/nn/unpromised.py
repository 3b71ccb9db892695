"""What Elman asks of torch that torch promises nobody: looked up once, at import.

Where one of these is gone, `MISSING` says so and every layer runs on torch's operators. The answers
that stand in for it then only have to let such a call through.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch.autograd import forward_ad

__all__ = [
    "MISSING",
    "compile_callback",
    "dispatch_modes",
    "forward_ad_level",
    "is_legacy_batched",
    "is_transformed",
    "is_wrapped",
    "tracing_state",
]

_ABSENT: list[str] = []


def _find(path: str, otherwise: Any) -> Callable[..., Any]:
    """The function at a path under torch; if there is none, one that answers `otherwise`."""
    found: Any = torch
    for name in path.split("."):
        found = getattr(found, name, None)
    if callable(found):
        return found  # type: ignore[no-any-return]
    _ABSENT.append(f"torch.{path}")
    return lambda *_: otherwise


def _find_level() -> Callable[[], int]:
    """The depth of forward-mode differentiation now, -1 for none: torch keeps it in a variable."""
    if hasattr(forward_ad, "_current_level"):
        return lambda: forward_ad._current_level
    _ABSENT.append("torch.autograd.forward_ad._current_level")
    return lambda: -1


compile_callback = _find("_C._dynamo.eval_frame.get_eval_frame_callback", None)
tracing_state = _find("_C._get_tracing_state", None)
is_transformed = _find("_C._are_functorch_transforms_active", False)
dispatch_modes = _find("_C._len_torch_dispatch_stack", 0)
is_wrapped = _find("_C._functorch.is_functorch_wrapped_tensor", False)
is_legacy_batched = _find("_C._functorch.is_legacy_batchedtensor", False)
forward_ad_level = _find_level()

MISSING = f"this torch lacks {', '.join(_ABSENT)}" if _ABSENT else ""
"""Why the native core cannot know when to stand back, or ""."""
