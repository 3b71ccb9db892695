"""Large memory that is used again: lent to one tensor after another, and the system's if it asks.

A step of training keeps some hundred MB for its way back and frees them at its end. The C library
gives large blocks back to the system, and to fetch them anew, cleared page by page, takes up to a
third of a walk (`benchmarks/fresh_memory.py`). Here a freed block waits for the next tensor of
about its size. Meanwhile the system may take its pages, unasked, wherever memory runs short; and
no more is held, lent and waiting together, than was ever lent at once.
"""

import contextlib
import math
import mmap
import weakref

import torch
from torch import Tensor

__all__ = ["borrow"]

_LEAST_BYTES = 4 * 2**20
"""Below this the C library keeps what is freed."""

_HUGE_PAGE = 2**21

_POSSIBLE = all(hasattr(mmap, name) for name in ("MAP_PRIVATE", "MADV_FREE", "MADV_HUGEPAGE"))

_waiting: list[mmap.mmap] = []  # oldest first; changed by single operations, so without a lock


def borrow(like: Tensor, *shape: int) -> Tensor:
    """An empty tensor, of the type of `like` and on its device, for what is not handed to users.

    A large one's storage cannot be resized, as theirs can.
    """
    nbytes = math.prod(shape) * like.element_size()
    if nbytes < _LEAST_BYTES or not _POSSIBLE or not like.is_cpu:
        return like.new_empty(shape)
    block = _take(nbytes) or _fetch(nbytes)
    lent = memoryview(block)
    weakref.finalize(lent, _give_back, block).atexit = False
    count = nbytes // like.element_size()
    return torch.frombuffer(lent, dtype=like.dtype, count=count).view(shape)


def _take(nbytes: int) -> mmap.mmap | None:
    """The smallest block that waits and is large enough, but not twice as large."""
    fitting = (block for block in tuple(_waiting) if nbytes <= len(block) < 2 * nbytes)
    for block in sorted(fitting, key=len):
        with contextlib.suppress(ValueError):  # another thread was faster
            _waiting.remove(block)
            return block
    return None


def _fetch(nbytes: int) -> mmap.mmap:
    """A new block, in huge pages where the system has them, in place of as much that waits."""
    size = -(-nbytes // _HUGE_PAGE) * _HUGE_PAGE
    excess = size
    with contextlib.suppress(IndexError):  # no more waits
        while excess > 0:
            excess -= len(_waiting.pop(0))
    block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError):  # a kernel without them
        block.madvise(mmap.MADV_HUGEPAGE)
    return block


def _give_back(block: mmap.mmap) -> None:
    """Let a block wait, whose tensor is gone."""
    with contextlib.suppress(OSError):  # a kernel that cannot take pages unasked: it goes at once
        block.madvise(mmap.MADV_FREE)
        _waiting.append(block)
