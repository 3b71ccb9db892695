import functools
from pathlib import Path

import numpy as np
import pytest

from elman.baselines.nearest_neighbour import NearestNeighbour, resampled, warped_distances
from elman.data.labelled import Labelled
from elman.errors import CheckpointError, DataError


def by_recursion(a: np.ndarray, b: np.ndarray, band: int) -> float:
    """The least sum over all paths, from the definition."""

    @functools.cache
    def least(r: int, s: int) -> float:
        if min(r, s) < 0 or abs(r - s) > band:
            return np.inf
        cost = float(((a[r] - b[s]) ** 2).sum())
        if r == s == 0:
            return cost
        return cost + min(least(r - 1, s), least(r, s - 1), least(r - 1, s - 1))

    return least(len(a) - 1, len(b) - 1)


@pytest.mark.parametrize("band", [0, 1, 2, 9])
def test_warping_agrees_with_its_definition(band: int) -> None:
    rng = np.random.default_rng(0)
    query, known = rng.normal(size=(7, 2)), rng.normal(size=(5, 7, 2))
    expected = [by_recursion(query, one, band) for one in known]
    np.testing.assert_allclose(warped_distances(query, known, band), expected)
    if band == 0:
        np.testing.assert_allclose(expected, ((known - query) ** 2).sum((1, 2)))


def test_one_step() -> None:
    assert warped_distances(np.ones((1, 1)), np.zeros((2, 1, 1)), 1).tolist() == [1, 1]


def test_resampling() -> None:
    values = np.array([[0.0], [1.0], [4.0]])
    assert resampled(values, 5)[:, 0].tolist() == [0, 0.5, 1, 2.5, 4]
    assert resampled(values, 3).tolist() == values.tolist()
    assert resampled(values[:1], 2).tolist() == [[0], [0]]
    assert resampled(values, 1).tolist() == [[0]]


def bump(at: int, size: float = 1.0) -> np.ndarray:
    values = np.zeros((20, 1))
    values[at] = size
    return values


def test_warping_forgives_a_shift() -> None:
    examples = [Labelled(bump(5), "bump", ""), Labelled(np.full((20, 1), 0.06), "flat", "")]
    query = [bump(6)]
    assert NearestNeighbour.fit(examples).predict(query) == ["bump"]
    assert NearestNeighbour.fit(examples, warping=False).predict(query) == ["flat"]


def test_saved_and_loaded(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(rng.integers(3, 9), 2)) for _ in range(12)]
    series[0][1, 1] = np.nan
    model = NearestNeighbour.fit(
        [Labelled(values, "ab"[n % 2], "") for n, values in enumerate(series[:8])]
    )
    model.save(tmp_path)
    again = NearestNeighbour.load(tmp_path)
    assert again.predict(series) == model.predict(series)
    assert model.predict(series[:8]) == list("abababab")
    assert again.name == "nearest neighbour (DTW)"


def test_what_cannot_be_fitted_or_loaded(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least two classes"):
        NearestNeighbour.fit([Labelled(bump(1), "a", "")])
    with pytest.raises(CheckpointError, match="must hold a fitted nearest neighbour"):
        NearestNeighbour.load(tmp_path)
