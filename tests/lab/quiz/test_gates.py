"""What the experiments on gates measure."""

import pytest

from elman.lab.quiz.gates import HUNDRED_STEPS, OPEN_GATE


def test_a_gate_at_99_percent_fades_by_powers() -> None:
    (curve,) = HUNDRED_STEPS.experiment(6).figure.curves
    assert curve.values == pytest.approx([0.99**k for k in range(101)])


def test_a_fresh_lstm_fades_like_elman_unless_its_gate_is_open() -> None:
    curves = {curve.name: curve.values for curve in OPEN_GATE.experiment(6).figure.curves}
    assert all(values[0] == 1 for values in curves.values())
    assert curves["LSTM as torch makes it"][30] < 1e-4
    assert curves["Elman"][30] < 1e-4
    assert curves["LSTM, forget bias 3"][30] > 0.02
