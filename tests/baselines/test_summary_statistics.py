from pathlib import Path

import numpy as np
import pytest

from elman.baselines.summary_statistics import SummaryStatistics, summary
from elman.data.labelled import Labelled
from elman.errors import CheckpointError, DataError


def examples(count: int, seed: int = 0) -> list[Labelled]:
    """Rising and falling lines of unequal length, with noise and holes."""
    rng = np.random.default_rng(seed)
    found = []
    for n in range(count):
        line = np.linspace(0, 1, rng.integers(5, 30)) * (1 if n % 2 else -1)
        values = np.stack([line, np.zeros_like(line)], 1) + rng.normal(0, 0.2, (len(line), 2))
        values[rng.random(values.shape) < 0.1] = np.nan
        found.append(Labelled(values, "up" if n % 2 else "down", ""))
    return found


def test_numbers_by_hand() -> None:
    values = np.array([[1.0, 2.0], [2.0, 2.0], [6.0, 2.0]])
    expected = [3, 2, np.sqrt(14 / 3), 0, 1, 2, 6, 2, 5, 0, np.log(3)]
    np.testing.assert_allclose(summary(values), expected, atol=1e-12)
    np.testing.assert_allclose(summary(values[:1]), [1, 2, 0, 0, 1, 2, 1, 2, 0, 0, 0])


def test_it_tells_slopes() -> None:
    model = SummaryStatistics.fit(examples(60))
    unseen = examples(40, seed=1)
    right = [
        guess == one.label
        for guess, one in zip(model.predict([e.content for e in unseen]), unseen, strict=True)
    ]
    assert np.mean(right) > 0.9
    np.testing.assert_allclose(model.probabilities([e.content for e in unseen]).sum(1), 1)
    assert model.predict([]) == []


def test_saved_and_loaded(tmp_path: Path) -> None:
    model, unseen = SummaryStatistics.fit(examples(10)), [e.content for e in examples(4, 1)]
    model.save(tmp_path)
    np.testing.assert_array_equal(
        SummaryStatistics.load(tmp_path).probabilities(unseen), model.probabilities(unseen)
    )


def test_what_cannot_be_fitted_or_loaded(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least two classes"):
        SummaryStatistics.fit(examples(1))
    with pytest.raises(CheckpointError, match="must hold a fitted summary statistics"):
        SummaryStatistics.load(tmp_path)
