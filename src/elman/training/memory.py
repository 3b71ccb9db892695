"""What a process does with memory that is freed while it trains."""

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator

from elman.kernels.allocation import FRESH_BYTES

__all__ = ["freed_memory_kept"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)
_MOST = 2**31 - 1  # bytes
_USUAL_TRIM = 2 * FRESH_BYTES  # where glibc's own adjustment ends once large tensors were freed
_LOCK = threading.Lock()
_blocks = 0  # entered and not left, in all threads


@contextlib.contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Within the block, memory that is freed stays with the process, to be used again.

    Every step of a training frees some hundred MB and asks for as much again. The system library of
    most Linuxes, glibc, gives that back to the system each time, and fetching it again takes a
    sixth of a step. After the last such block of the process what is free is given back, and
    glibc's two thresholds stay where its own adjustment would have brought them. Single blocks
    above 32 MiB are given back as ever, lest the gaps they leave add up. Under other allocators,
    and where the environment sets the thresholds (``MALLOC_…``), nothing is changed.
    """
    global _blocks
    libc = _glibc()
    if libc is None or any(name.startswith("MALLOC_") for name in os.environ):
        yield
        return
    with _LOCK:
        _blocks += 1
        libc.mallopt(_MMAP_THRESHOLD, FRESH_BYTES)
        libc.mallopt(_TRIM_THRESHOLD, _MOST)
    try:
        yield
    finally:
        with _LOCK:
            _blocks -= 1
            if not _blocks:
                libc.mallopt(_TRIM_THRESHOLD, _USUAL_TRIM)
                libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """The process' own C library, if it is glibc."""
    try:
        libc = ctypes.CDLL(None)
    except (OSError, TypeError):  # as on Windows
        return None
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "gnu_get_libc_version") else None
