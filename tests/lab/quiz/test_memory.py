"""What the experiments on limited memory measure."""

import pytest

from elman.lab.quiz.memory import CAPACITY, LAST_FEW


def test_only_the_last_inputs_can_be_read_back() -> None:
    (curve,) = LAST_FEW.experiment(4).figure.curves
    assert curve.values[0] > 0.9
    assert max(curve.values[25:]) < 0.1


def test_a_linear_memory_holds_as_many_numbers_as_it_has_units() -> None:
    figure = CAPACITY.experiment(4).figure
    assert figure.values == pytest.approx((5, 10, 20), rel=0.05)
