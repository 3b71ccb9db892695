"""Large results lie in memory whose pages may be huge."""

import mmap
from pathlib import Path

import pytest
import torch

from elman.kernels.allocation import allocate

MAPS = Path("/proc/self/smaps")


@pytest.mark.parametrize("size", [0, 3, 10_000])  # times 1,000 numbers: none, 24 KB, 80 MB
def test_is_an_empty_tensor(size: int) -> None:
    made = allocate(torch.ones(1, dtype=torch.float64), size, 1000)
    assert (made.shape, made.dtype) == ((size, 1000), torch.float64)
    assert bool((made.fill_(2) == 2).all())


@pytest.mark.skipif(
    not hasattr(mmap, "MADV_HUGEPAGE") or not MAPS.exists() or "VmFlags" not in MAPS.read_text(),
    reason="the system has no huge pages, or does not tell",
)
@pytest.mark.skipif(
    not Path("/sys/kernel/mm/transparent_hugepage").exists(), reason="no huge pages here"
)
def test_a_large_one_may_have_huge_pages() -> None:
    made = allocate(torch.ones(1), 10_000, 1000)
    middle = made.data_ptr() + made.nbytes // 2
    assert "hg" in flags_at(middle)


def flags_at(address: int) -> list[str]:
    """What /proc tells of the mapping that holds an address."""
    here = False
    for line in MAPS.read_text().splitlines():
        head = line.split()[0]
        if "-" in head and not head.endswith(":"):
            first, end = (int(number, 16) for number in head.split("-"))
            here = first <= address < end
        elif here and head == "VmFlags:":
            return line.split()[1:]
    raise AssertionError(f"no mapping at {address:x}")
