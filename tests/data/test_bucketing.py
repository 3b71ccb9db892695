"""Batches of sequences of like length."""

import numpy as np

from elman.data.bucketing import by_length, shuffled

LENGTHS = np.random.default_rng(0).integers(1, 100, 1000)


def test_every_row_comes_once_and_beside_its_like() -> None:
    batches = shuffled(LENGTHS, 10, seed=3, epoch=1)
    assert sorted(np.concatenate(batches).tolist()) == list(range(1000))
    padding = sum(int((LENGTHS[rows].max() - LENGTHS[rows]).sum()) for rows in batches)
    assert padding < 0.1 * LENGTHS.sum()
    assert [len(rows) for rows in by_length(LENGTHS, 300)] == [300, 300, 300, 100]


def test_order_depends_on_seed_and_epoch_alone() -> None:
    once, again, other = (shuffled(LENGTHS, 10, 3, epoch) for epoch in (1, 1, 2))
    assert all(map(np.array_equal, once, again))
    assert not all(map(np.array_equal, once, other))
