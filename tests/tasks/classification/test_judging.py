"""Confusion, calibration and earliness, against numbers worked out by hand."""

import json

import numpy as np
import pytest

from elman.inspect.results import Result
from elman.tasks.classification.judging import (
    calibration_error,
    confusion_of,
    early_accuracy_of,
    macro_f1,
)


def test_confusion_counts_what_was_taken_for_what() -> None:
    truth, said = np.array([0, 0, 0, 1, 2, -1]), np.array([0, 0, 1, 1, 1, 0])
    found = confusion_of(("a", "b", "c"), truth, said)
    assert found.counts == ((2, 1, 0), (0, 1, 0), (0, 1, 0))
    (a, b, c) = found.figures
    assert a == (1, pytest.approx(2 / 3), pytest.approx(0.8))
    assert b == (pytest.approx(1 / 3), 1, 0.5)
    assert c == (None, 0, 0)  # never said
    assert isinstance(found, Result)
    plain = json.loads(json.dumps(found.to_json()))
    assert plain["kind"] == "confusion" and plain["by_class"]["c"]["precision"] is None
    assert "as b" in str(found) and "<table>" in found._repr_html_()


def test_macro_f1_counts_a_class_that_is_not_known_against_the_answer() -> None:
    said = ["a", "a", "b", "b", "b"]
    assert macro_f1(["a", "a", "a", "b", "c"], said) == pytest.approx((0.8 + 0.5 + 0) / 3)
    assert macro_f1(["a", "a", "a", "b", "odd"], said) == macro_f1(["a", "a", "a", "b", "c"], said)


def test_many_classes_are_listed_without_their_matrix() -> None:
    numbers = np.arange(30)
    found = confusion_of([f"c{number}" for number in numbers], numbers, numbers)
    assert "as c1" not in str(found) and "c29" in str(found)
    mistaken = confusion_of(
        ["a", "b", "word " * 20], np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1])
    )
    lines = str(mistaken).splitlines()
    assert lines[1].split()[4:] == ["examples", "mostly", "taken", "for"]
    assert lines[2].endswith("  b (2)") and lines[3].endswith("–")


def test_calibration_error_is_the_gap_of_sureness_and_rightness() -> None:
    sure = np.log([[0.9, 0.1]] * 10 + [[0.4, 0.6]] * 10)
    truth = np.array([0] * 9 + [1] + [1] * 3 + [0] * 7)
    assert calibration_error(sure, truth) == pytest.approx((0 * 10 + 0.3 * 10) / 20)
    assert calibration_error(np.log([[1.0, 1e-30]]), np.array([0])) == 0


def test_early_accuracy_rounds_up_to_whole_steps() -> None:
    right, wrong = np.log([0.9, 0.1]), np.log([0.2, 0.8])
    answers = [(0, np.stack([wrong, right])), (1, np.stack([right] * 10))]
    found = early_accuracy_of(answers, np.array([0, 0]))
    assert found.shares == tuple(tenth / 10 for tenth in range(1, 11))
    assert found.accuracies == (0.5,) * 5 + (1.0,) * 5
    assert found.agreements == found.accuracies
    assert isinstance(found, Result) and "seen" in str(found)


def test_they_draw_themselves() -> None:
    pytest.importorskip("matplotlib").use("Agg")
    found = confusion_of(("a", "b"), np.array([0, 0, 0, 1]), np.array([0, 0, 1, 0]))
    axes = found.plot()
    shares = axes.images[0].get_array()
    np.testing.assert_allclose(shares, [[2 / 3, 1 / 3], [1, 0]])
    assert axes.images[0].get_clim() == (0, 1)
    assert [text.get_text() for text in axes.texts] == ["2", "1", "1", "0"]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["a", "b"]
    early = early_accuracy_of([(0, np.zeros((3, 2)))], np.array([0]))
    assert early.plot().get_xlabel() == "share seen"
