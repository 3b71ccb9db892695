"""What the experiments on vanishing measure."""

import pytest

from elman.lab.quiz.vanishing import NINE_TENTHS, SQUASHED


def test_a_linear_memory_fades_and_explodes_by_powers() -> None:
    curves = NINE_TENTHS.experiment(8).figure.curves
    for scale, curve in zip((0.9, 1.0, 1.1), curves, strict=True):
        assert curve.values == pytest.approx([scale**k for k in range(21)])


def test_tanh_fades_at_scale_one() -> None:
    straight, squashed = SQUASHED.experiment(8).figure.curves
    assert straight.values == pytest.approx([1.0] * 21)
    assert squashed.values[20] < 0.01
    assert squashed.values[10] > squashed.values[20]
