"""What every test shares: one thread, a fixed hypothesis profile, no colours, a private cache."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("NO_COLOR", "1")

settings.register_profile("fixed", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("fixed")


@pytest.fixture(autouse=True)
def _one_thread_and_fixed_seed() -> Iterator[None]:
    """Small tensors gain nothing from threads, and tests share the machine."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A place for a run that does not exist yet."""
    return tmp_path / "run"
