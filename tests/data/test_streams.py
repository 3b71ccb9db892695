import itertools
import logging

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from elman.data.streams import Streams
from elman.data.tokens import TokenFile
from elman.errors import ConfigError, DataError

SIZES = st.integers(2, 200)
STARTS = st.sets(st.integers(1, 199), max_size=40)


def numbered(size: int, starts: set[int] = frozenset()) -> TokenFile:  # type: ignore[assignment]
    """Tokens that are their own positions."""
    return TokenFile.from_ids(range(size), [0, *sorted(s for s in starts if s < size)])


@given(size=SIZES, rows=st.integers(1, 12), steps=st.integers(1, 50), starts=STARTS)
def test_every_token_after_the_first_is_a_target_exactly_once(
    size: int, rows: int, steps: int, starts: set[int]
) -> None:
    streams = Streams(numbered(size, starts), rows, steps)
    seen: list[int] = []
    for window in streams:
        everywhere = torch.ones_like(window.targets, dtype=torch.bool)
        counted = everywhere if window.weights is None else window.weights
        assert torch.equal(window.targets[counted], window.inputs[counted] + 1)
        assert window.items == int(counted.sum())
        seen += window.targets[counted].tolist()
    assert sorted(seen) == list(range(1, size))
    assert streams.targets == size - 1


@given(size=SIZES, rows=st.integers(1, 12), steps=st.integers(1, 50), starts=STARTS)
def test_each_row_goes_on_from_window_to_window(
    size: int, rows: int, steps: int, starts: set[int]
) -> None:
    windows = list(Streams(numbered(size, starts), rows, steps))
    for before, after in itertools.pairwise(windows):
        assert before.inputs.shape[1] == steps
        goes_on = torch.ones(len(after.inputs), dtype=torch.bool)
        if after.weights is not None:
            goes_on = after.weights[:, 0]
        assert torch.equal(after.inputs[goes_on, 0], before.inputs[goes_on, -1] + 1)


@given(size=SIZES, rows=st.integers(1, 12), steps=st.integers(1, 50), starts=STARTS)
def test_memory_is_wiped_before_the_token_that_announces_a_sequence(
    size: int, rows: int, steps: int, starts: set[int]
) -> None:
    for number, window in enumerate(Streams(numbered(size, starts), rows, steps)):
        expected = torch.isin(window.inputs, torch.tensor(sorted(starts), dtype=torch.int64) - 1)
        if number == 0:
            expected[:, 0] = True
        got = torch.zeros_like(expected) if window.resets is None else window.resets
        counted = torch.ones_like(expected) if window.weights is None else window.weights
        assert torch.equal(got & counted, expected & counted)


def test_windows_may_be_read_in_any_order_and_again() -> None:
    streams = Streams(numbered(100, {10, 55}), rows=4, steps=7)
    forward = [streams[k] for k in range(len(streams))]
    for k in reversed(range(len(streams))):
        assert torch.equal(streams[k].inputs, forward[k].inputs)
        assert torch.equal(streams[k].targets, forward[k].targets)


def test_a_plain_stream_has_nothing_to_wipe_after_the_first_window() -> None:
    first, *others = Streams(numbered(101), rows=4, steps=5)
    assert first.resets is not None
    assert first.resets.sum() == 4
    assert all(window.resets is None for window in others)
    assert all(window.weights is None for window in [first, *others])


def test_rows_begin_with_a_sequence_if_one_is_near() -> None:
    starts = set(range(0, 1000, 7)) - {0}
    streams = Streams(numbered(1000, starts), rows=4, steps=10)
    assert all(int(begin) + 1 in starts for begin in streams[0].inputs[1:, 0])


def test_a_text_shorter_than_one_window_is_one_short_window() -> None:
    (window,) = Streams(numbered(5), rows=32, steps=35)
    assert window.inputs.tolist() == [[0, 1, 2, 3]]
    assert window.targets.tolist() == [[1, 2, 3, 4]]
    assert window.weights is None


def test_fewer_rows_are_announced(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="elman"):
        streams = Streams(numbered(101), rows=20, steps=25)
    assert streams.rows == 4
    assert "101 tokens: 4 rows instead of 20" in caplog.text


def test_shapes_and_types() -> None:
    window = Streams(numbered(101, {50}), rows=3, steps=10)[0]
    assert window.inputs.shape == window.targets.shape == (3, 10)
    assert window.inputs.dtype == window.targets.dtype == torch.int64
    assert window.resets is not None
    assert window.resets.dtype == torch.bool


@pytest.mark.parametrize("size", [0, 1])
def test_too_few_tokens(size: int) -> None:
    with pytest.raises(DataError, match=rf"must hold at least two tokens, got {size}\."):
        Streams(numbered(size), rows=1, steps=1)


@pytest.mark.parametrize("name", ["rows", "steps"])
def test_rows_and_steps_are_at_least_one(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"Streams: `{name}` must be at least 1, got 0\."):
        Streams(numbered(10), **{"rows": 1, "steps": 1, name: 0})


def test_no_window_beyond_the_last() -> None:
    streams = Streams(numbered(10), rows=1, steps=4)
    with pytest.raises(IndexError, match=r"window 3 of 3"):
        streams[3]
