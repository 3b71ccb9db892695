import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.page.ticks import linear_ticks, log_ticks, written


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 10))
def test_linear_ticks_are_few_even_and_inside(low: float, width: float, most: int) -> None:
    ticks = linear_ticks(low, low + width, most)
    assert len(ticks) <= most + 1
    slack = 1e-6 * max(width, abs(low) * 1e-6)
    assert all(low - slack <= tick <= low + width + slack for tick in ticks)


@given(st.integers(-12, 3), st.integers(1, 12), st.integers(2, 8))
def test_log_ticks_are_powers_of_ten_and_hold_the_top(low: int, decades: int, most: int) -> None:
    ticks = log_ticks(10.0**low, 10.0 ** (low + decades), most)
    assert len(ticks) <= most
    assert ticks[-1] == 10.0 ** (low + decades)
    assert all(round(upper / lower, 6) >= 10 for lower, upper in itertools.pairwise(ticks))


def test_an_empty_range_has_its_one_mark() -> None:
    assert linear_ticks(3, 3) == [3.0]


@pytest.mark.parametrize(("value", "said"), [(-2.0, "−2"), (1e-12, "10⁻¹²"), (0.05, "0.05")])
def test_numbers_are_short(value: float, said: str) -> None:
    assert written(value) == said
