"""What the experiments on unfolding measure."""

from elman.lab.quiz.unfolding import SAME_NETWORK, SUM_OF_COPIES


def test_the_chain_says_what_the_loop_says() -> None:
    rows = SAME_NETWORK.experiment(5).figure.rows
    assert [row[0] for row in rows] == ["1", "4", "8", "12"]
    assert all(row[1] == row[2] for row in rows)


def test_the_sum_is_exact_and_the_mean_is_a_twelfth_of_it() -> None:
    figure = SUM_OF_COPIES.experiment(5).figure
    errors = dict(zip(figure.names, figure.values, strict=True))
    assert errors["sum"] < 1e-12
    assert abs(errors["mean"] - 11 / 12) < 1e-9
    assert errors["last"] > 0.05
