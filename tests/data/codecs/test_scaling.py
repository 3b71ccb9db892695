import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.codecs.scaling import Scaling
from elman.errors import CheckpointError, DataError

nan = np.nan
SERIES = [np.array([[1.0, 5.0], [3.0, nan]]), np.array([[8.0, 5.0]])]


def test_by_hand() -> None:
    scaling = Scaling.fit(SERIES)
    np.testing.assert_allclose(scaling.means, [4, 5])
    np.testing.assert_allclose(scaling.scales, [np.sqrt(26 / 3), 1])  # channel 1 never changes
    assert (scaling.channels, scaling.size) == (2, 4)
    encoded = scaling.encode(np.array([[nan, 6.0], [4.0, nan], [nan, nan]]))
    assert encoded.dtype == np.float32
    np.testing.assert_allclose(
        encoded, [[0, 1, 1, 0], [0, 1, 0, 1], [0, 1, 1, 1]], atol=1e-6
    )  # carried forward, and marked


def test_nothing_missing_needs_no_marks() -> None:
    scaling = Scaling.fit(SERIES[1:])
    assert scaling.size == 2
    assert scaling.encode(np.array([[nan, 5.0]])).tolist() == [[0, 0]]


@given(st.integers(1, 30), st.integers(1, 5), st.integers(0, 99))
def test_agrees_with_numpy_over_all_steps(count: int, channels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    series = [rng.normal(1000, 3, (rng.integers(1, 9), channels)) for _ in range(count)]
    for values in series:
        values[rng.random(values.shape) < 0.1] = nan
    series.append(rng.normal(0, 1, (2, channels)))
    scaling, together = Scaling.fit(series), np.concatenate(series)
    np.testing.assert_allclose(scaling.means, np.nanmean(together, 0), rtol=1e-5)
    np.testing.assert_allclose(scaling.scales, np.nanstd(together, 0), rtol=1e-5)


def test_a_stream_in_pieces_is_read_like_the_whole() -> None:
    scaling = Scaling.fit(SERIES)
    values = np.array([[nan, 1.0], [2.0, nan], [nan, nan], [nan, 3.0]])
    pieces, before = [], None
    for step in values:
        pieces.append(scaling.encode(step[None], before))
        before = scaling.filled(step[None], before)[-1]
    np.testing.assert_array_equal(np.concatenate(pieces), scaling.encode(values))


def test_as_json_and_back() -> None:
    scaling = Scaling.fit(SERIES)
    again = Scaling.from_json(json.loads(json.dumps(scaling.to_json())))
    np.testing.assert_array_equal(again.encode(SERIES[0]), scaling.encode(SERIES[0]))


@pytest.mark.parametrize(
    "content",
    [
        None,
        {},
        {"means": [1], "scales": [0], "marked": False},
        {"means": [1], "scales": [1, 2], "marked": False},
        {"means": [nan], "scales": [1], "marked": False},
        {"means": ["a"], "scales": [1], "marked": False},
        {"means": [1], "scales": [1], "marked": 1},
    ],
)
def test_json_of_something_else(content: object) -> None:
    with pytest.raises(CheckpointError, match="must hold means and scales of channels"):
        Scaling.from_json(content)


def test_what_cannot_be_scaled() -> None:
    with pytest.raises(DataError, match="must hold a series, got none"):
        Scaling.fit([])
    with pytest.raises(DataError, match="channel 2 must have a value in some series"):
        Scaling.fit([np.array([[1.0, nan]])])
    with pytest.raises(DataError, match=r"must have shape \(T, C=2\), got \(3, 1\)"):
        Scaling.fit(SERIES).encode(np.zeros((3, 1)))
