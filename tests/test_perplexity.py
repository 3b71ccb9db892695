import math

import pytest

from elman.perplexity import perplexity


def test_a_fair_die_has_six_sides() -> None:
    assert perplexity(-math.log(1 / 6)) == pytest.approx(6)


def test_what_no_float_can_hold_is_infinite_and_nan_stays_nan() -> None:
    assert perplexity(710.0) == perplexity(math.inf) == math.inf
    assert math.isnan(perplexity(math.nan))
