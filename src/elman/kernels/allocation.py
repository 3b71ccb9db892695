"""Memory for the results of a walk: from some size on, in huge pages where the system has them."""

import ctypes
import functools
import mmap
from collections.abc import Callable

from torch import Tensor

__all__ = ["FRESH_BYTES", "allocate"]

FRESH_BYTES = 32 * 2**20
"""From here on glibc fetches a block from the system each time, page by page as it is written."""


def allocate(like: Tensor, *shape: int) -> Tensor:
    """An empty tensor, of the type of `like` and on its device.

    To fetch a large one in pages of 4 KiB takes up to a third of the walk that writes it.
    """
    tensor = like.new_empty(shape)
    if tensor.nbytes >= FRESH_BYTES and tensor.is_cpu:
        begin, end = tensor.data_ptr(), tensor.data_ptr() + tensor.nbytes
        begin = -(-begin // mmap.PAGESIZE) * mmap.PAGESIZE
        _prefer_huge_pages()(begin, end - begin)
    return tensor


@functools.cache
def _prefer_huge_pages() -> Callable[[int, int], object]:
    """Tells the system about so many bytes from an address on; it need not listen."""
    advice = getattr(mmap, "MADV_HUGEPAGE", None)
    if advice is None:  # not Linux
        return lambda *_: None
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return lambda begin, length: madvise(begin, length, advice)
