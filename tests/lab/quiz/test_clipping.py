"""What the experiments on clipping measure."""

import pytest

from elman.lab.quiz.clipping import DIRECTION, RESCUE, TOO_FAR


def test_clipping_by_norm_keeps_the_direction() -> None:
    rows = {row[0]: row[1:] for row in DIRECTION.experiment(2).figure.rows}
    assert rows["length"][1] == "1"
    assert rows["cosine with the first"] == ("1.000000", "1.000000")
    length = float(rows["length"][0].replace(",", ""))
    first, clipped = (float(cell) for cell in rows["first entry"])
    assert first / clipped == pytest.approx(length, rel=0.01)  # three digits are shown


def test_clipping_saves_the_step() -> None:
    figure = RESCUE.experiment(9).figure
    assert figure.names == ("without clipping", "clipped to 1")
    assert figure.values[0] == 1.0
    assert figure.values[1] <= 0.1


def test_clipping_does_not_bring_back_what_vanished() -> None:
    finding = TOO_FAR.experiment(3)
    (curve,) = finding.figure.curves
    assert sum(curve.values) == pytest.approx(1)
    assert curve.values[-1] < 1e-9
    assert finding.answer == "no"
