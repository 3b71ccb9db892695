"""Padded batches: what they hold, and what they refuse."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import ShapeError
from elman.sequences import PaddedBatch


@given(st.lists(st.integers(0, 5), min_size=1, max_size=5))
def test_a_list_comes_back_as_it_went_in(lengths: list[int]) -> None:
    sequences = [torch.randn(length, 2) for length in lengths]
    batch = PaddedBatch.from_list(sequences)
    assert batch.values.shape == (len(lengths), max(lengths), 2)
    assert all(torch.equal(a, b) for a, b in zip(batch.to_list(), sequences, strict=True))
    assert batch.mask.sum(1).tolist() == lengths
    assert not batch.values[~batch.mask].any()
    assert batch.is_full == (len(set(lengths)) == 1)
    expected = [s[-1] if len(s) else torch.zeros(2) for s in sequences]
    assert torch.equal(batch.last(), torch.stack(expected))


def test_sequences_may_hold_numbers_or_ids() -> None:
    assert PaddedBatch.from_list([torch.tensor([1, 2]), torch.tensor([3])]).values.tolist() == [
        [1, 2],
        [3, 0],
    ]


def test_gradients_reach_the_list() -> None:
    sequences = [torch.ones(3, 1, requires_grad=True), torch.ones(1, 1, requires_grad=True)]
    PaddedBatch.from_list(sequences).last().sum().backward()
    assert sequences[0].grad.flatten().tolist() == [0, 0, 1]
    assert sequences[1].grad.flatten().tolist() == [1]


def test_other_values_keep_lengths_and_resets() -> None:
    resets = torch.zeros(2, 3, dtype=torch.bool)
    batch = PaddedBatch(torch.zeros(2, 3, dtype=torch.int64), torch.tensor([3, 1]), resets)
    other = batch.with_values(torch.ones(2, 3, 7))
    assert other.values.shape == (2, 3, 7)
    assert other.lengths is batch.lengths
    assert other.resets is resets
    assert not other.is_full
    with pytest.raises(ShapeError, match=r"with_values: `values` must have shape \(B=2, T=3, …\)"):
        batch.with_values(torch.ones(2, 4))


def test_a_batch_without_padding_is_full() -> None:
    batch = PaddedBatch.full(torch.zeros(2, 3), torch.ones(2, 3, dtype=torch.bool))
    assert batch.is_full
    assert batch.lengths.tolist() == [3, 3]
    assert PaddedBatch.full(torch.zeros(0, 3)).is_full


def test_a_batch_of_no_steps_has_a_last_step_of_zeros() -> None:
    batch = PaddedBatch(torch.zeros(2, 0, 3), torch.zeros(2, dtype=torch.int64))
    assert torch.equal(batch.last(), torch.zeros(2, 3))


@pytest.mark.parametrize(
    ("values", "lengths", "resets", "message"),
    [
        ([[1.0]], [1], None, r"`values` must be a tensor of shape \(B, T, …\), got list"),
        (torch.zeros(3), [1], None, r"`values` must be a tensor of shape \(B, T, …\), got \(3,\)"),
        (torch.zeros(2, 3), [1, 2], None, r"`lengths` must be an int64 tensor .* got list"),
        (torch.zeros(2, 3), torch.tensor([1.0, 2.0]), None, r"`lengths` .* got torch\.float32"),
        (torch.zeros(2, 3), torch.tensor([1]), None, r"`lengths` .* \(B=2,\), got .* \(1,\)"),
        (torch.zeros(2, 3), torch.tensor([1, 4]), None, r"between 0 and T=3, got 4 for sequence 1"),
        (torch.zeros(2, 3), torch.tensor([-1, 3]), None, r"between 0 and T=3, got -1 for sequence"),
        (
            torch.zeros(2, 3),
            torch.tensor([1, 3]),
            [True],
            r"`resets` must be a bool tensor .* list",
        ),
        (
            torch.zeros(2, 3),
            torch.tensor([1, 3]),
            torch.zeros(2, 3),
            r"`resets` must be a bool tensor of shape \(B=2, T=3\), got torch\.float32",
        ),
    ],
)
def test_faults_are_named(values: Any, lengths: Any, resets: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        PaddedBatch(values, lengths, resets)


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ([], r"`sequences` must hold a tensor, got none"),
        ([torch.zeros(2, 3), torch.zeros(2, 4)], r"`sequences\[1\]` must have shape \(T, 3\)"),
        ([torch.zeros(2), torch.zeros(())], r"`sequences\[1\]` must have shape \(T\), got \(\)"),
        (
            [torch.zeros(2), torch.zeros(2).double()],
            r"must be torch\.float32 on cpu like the first",
        ),
    ],
)
def test_faulty_lists_are_named(sequences: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        PaddedBatch.from_list(sequences)


def test_a_full_batch_refuses_resets_that_do_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"`resets` must be .* \(B=2, T=3\), .* \(2, 4\)"):
        PaddedBatch.full(torch.zeros(2, 3), torch.zeros(2, 4, dtype=torch.bool))
