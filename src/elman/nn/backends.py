"""Which code ran a layer, why, and how to demand one of the two."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from elman.checks import check_choice
from elman.errors import BackendError

__all__ = ["MALFORMED", "NATIVE", "NOT_RUN", "Backend", "backend", "demanded", "fall_back"]


@dataclass(frozen=True)
class Backend:
    """What ran a layer last.

    Attributes:
        name: "native" for the fused recurrence, "torch" for torch's operators, "" before any run.
        reason: why it was not the native one; "" if it was.

    >>> import torch, elman.nn
    >>> layer = elman.nn.GRU(3, 5)
    >>> layer.backend
    Backend(name='', reason='has not run yet')
    >>> with elman.nn.backend("torch"):
    ...     _ = layer(torch.zeros(7, 1, 3))
    >>> layer.backend.name
    'torch'
    """

    name: str
    reason: str


NATIVE = Backend("native", "")
NOT_RUN = Backend("", "has not run yet")
MALFORMED = "the call is malformed"
"""How a reason begins when torch's own layer must say what is wrong."""

_DEMANDED: ContextVar[str] = ContextVar("elman.nn.backend", default="auto")


@contextmanager
def backend(name: str) -> Iterator[None]:
    """Demand a backend from every layer run inside the `with` block, in this thread or task.

    Args:
        name: "native" turns every fallback into a `BackendError`; "torch" keeps to torch's own
            operators; "auto" takes the native recurrence wherever it can do the work.

    Raises:
        ChoiceError: on any other name.

    >>> import torch, elman.nn
    >>> layer = elman.nn.LSTM(3, 5, proj_size=2)
    >>> with elman.nn.backend("native"):
    ...     layer(torch.zeros(7, 1, 3))
    Traceback (most recent call last):
    elman.errors.BackendError: LSTM.forward: must run natively inside backend("native"),
    got a call that cannot: proj_size is set.
    """
    check_choice("elman.nn.backend", "name", name, ("auto", "native", "torch"))
    token = _DEMANDED.set(name)
    try:
        yield
    finally:
        _DEMANDED.reset(token)


def demanded() -> str:
    """The name given to the innermost `backend`, or "auto"."""
    return _DEMANDED.get()


def fall_back(where: str, reason: str) -> Backend:
    """The backend of a call that cannot run natively.

    Raises:
        BackendError: where the native one was demanded.
    """
    if demanded() == "native":
        raise BackendError(
            f'{where}: must run natively inside backend("native"), '
            f"got a call that cannot: {reason}."
        )
    return _torch(reason)


@lru_cache(maxsize=64)
def _torch(reason: str) -> Backend:
    """The same object for the same reason, which a training loop gives at every step."""
    return Backend("torch", reason)
