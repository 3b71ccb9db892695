"""Figures that a test draws are closed when it ends."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_figures_left() -> Iterator[None]:
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
