"""Freed memory stays with a process while it trains, and no longer."""

import mmap
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
COUNT = """
import resource

import torch

from elman.training.memory import freed_memory_kept


def new_pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        blocks = [torch.empty(20 << 18).fill_(1) for _ in range(6)]  # 20 MiB each
        del blocks
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


with freed_memory_kept():
    new_pages()
    within = new_pages()
print(within, new_pages())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
@pytest.mark.skipif(
    HUGE_PAGES.exists() and "[always]" in HUGE_PAGES.read_text(), reason="pages are huge here"
)
def test_freed_memory_is_used_again() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    printed = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=True, env=environment
    ).stdout
    within, after = map(int, printed.split())
    assert within < 1_000
    assert after * mmap.PAGESIZE > 40 << 20  # of 600 MiB
