"""What the experiments on sharing measure."""

from elman.lab.quiz.sharing import ANYWHERE, LONGER


def test_weights_do_not_depend_on_length() -> None:
    rows = LONGER.experiment(1).figure.rows
    weights = 32 * 8 + 32 * 32 + 4 * 32 + 32 + 4
    assert [row[:3] for row in rows] == [
        (length, length, f"{weights:,}") for length in ("10", "100", "1,000")
    ]
    assert rows[-1][3] == f"{1000 * weights:,}"


def test_shared_weights_know_a_letter_in_a_new_place() -> None:
    figure = ANYWHERE.experiment(2).figure
    shared_seen, shared_new, separate_seen, separate_new = figure.values
    assert min(shared_seen, shared_new, separate_seen) > 0.95
    assert abs(separate_new - 0.5) < 0.1
