"""What the experiments on what came after measure."""

from elman.lab.quiz.afterwards import FIRST_TO_LEARN, PRICE


def test_the_transformer_learns_and_the_others_are_still_guessing() -> None:
    curves = {curve.name: curve.values for curve in FIRST_TO_LEARN.experiment(5).figure.curves}
    assert curves["transformer"][-1] >= 0.99
    assert len(curves["transformer"]) < len(curves["lstm"]) == 11
    assert max(curves["elman"]) < 0.4


def test_what_is_carried() -> None:
    curves = {curve.name: curve.values for curve in PRICE.experiment(0).figure.curves}
    assert set(curves["LSTM"]) == {2 * 32}
    assert list(curves["transformer"]) == [2 * 2 * 32 * steps for steps in range(0, 1001, 100)]
