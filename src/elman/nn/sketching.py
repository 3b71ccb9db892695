"""Networks without weights, to see how large they are."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.nn import init
from torch.overrides import TorchFunctionMode

__all__ = ["sketching"]


@contextlib.contextmanager
def sketching() -> Iterator[None]:
    """Build networks whose tensors have shapes and types, and no memory (torch's meta device).

    torch's first weights are not drawn, which without memory would have it import its compiler for
    more than a second; its random generator stays as it was.

    >>> with sketching():
    ...     layer = torch.nn.Linear(1_000_000, 1_000_000)
    >>> layer.weight.shape, layer.weight.is_meta
    (torch.Size([1000000, 1000000]), True)
    """
    with torch.device("meta"), _Undrawn():
        yield


class _Undrawn(TorchFunctionMode):
    """Has the functions of `torch.nn.init` give back what they were given."""

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        if getattr(function, "__module__", None) == init.__name__:
            return named.get("tensor", args[0] if args else None)
        return function(*args, **named)
