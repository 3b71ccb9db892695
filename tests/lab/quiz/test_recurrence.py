"""What the experiments on recurrence measure."""

from elman.lab.quiz.recurrence import MEMORY_OFF, ORDER


def test_memory_is_worth_the_half_that_cannot_be_guessed() -> None:
    figure = MEMORY_OFF.experiment(3).figure
    assert dict(zip(figure.names, figure.values, strict=True)) == {
        "memory on": 1.0,
        "memory off": 0.5,
    }


def test_order_leaves_a_trace() -> None:
    rows = ORDER.experiment(3).figure.rows
    assert rows[0] == ("I love cats", "0")
    assert all(float(distance) > 0.01 for _, distance in rows[1:])
