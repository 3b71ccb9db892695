"""Rows out of padding and back: places, and what is not copied."""

import torch

from elman.nn.rows import dense_rows, ragged_rows
from elman.sequences import PaddedBatch

VALUES = torch.arange(10.0).view(2, 5, 1)


def test_a_full_batch_that_is_time_major_in_memory_is_not_copied() -> None:
    steps = torch.randn(5, 2, 3)
    rows = dense_rows(2, 5)
    gathered = rows.gather(steps.transpose(0, 1))
    assert gathered.data_ptr() == steps.data_ptr()
    assert rows.scatter(gathered, 5).data_ptr() == steps.data_ptr()


def test_longer_sequences_come_first_and_steps_stand_together() -> None:
    rows = ragged_rows(PaddedBatch(VALUES, torch.tensor([2, 4])), cut=False)
    assert rows.batch_sizes == (2, 2, 1, 1)
    assert rows.gather(VALUES).flatten().tolist() == [5, 0, 6, 1, 7, 8]
    back = rows.scatter(rows.gather(VALUES), 5)
    assert back.flatten().tolist() == [0, 1, 0, 0, 0, 5, 6, 7, 8, 0]


def test_pieces_between_resets_are_sequences_of_their_own() -> None:
    resets = torch.zeros(2, 5, dtype=torch.bool)
    resets[1, 0] = resets[1, 3] = True
    rows = ragged_rows(PaddedBatch(VALUES, torch.tensor([2, 4]), resets), cut=True)
    assert rows.batch_sizes == (3, 2, 1)
    assert rows.gather(VALUES).flatten().tolist() == [5, 0, 8, 6, 1, 7]
    assert rows.spread(torch.tensor([7, 8])).tolist() == [8, 7, 8]
    carried = torch.tensor([[[1.0], [2.0]], [[3.0], [4.0]]])  # (L·D, B, H)
    assert rows.enter(carried, None, 2)[:, :, 0].tolist() == [[0, 1, 0], [0, 3, 4]]
    fresh = torch.full((2, 1, 1), 9.0)
    assert rows.enter(carried, fresh, 2)[:, :, 0].tolist() == [[9, 1, 9], [9, 3, 4]]
    ends = torch.tensor([[[10.0], [11], [12]], [[20], [21], [22]]])
    assert rows.leave(ends, 2)[:, :, 0].tolist() == [[11, 12], [21, 20]]
