"""The call that `Elman` and `Recurrent` share: what goes in comes out in the same form."""

import pytest
import torch
from torch import Tensor

from elman.contracts import State
from elman.errors import ShapeError
from elman.nn.sequence_layer import SequenceLayer
from elman.sequences import PaddedBatch


class Doubling(SequenceLayer):
    """Twice every step, zero where a reset stands; the state counts the calls."""

    def initial_state(self, batch_size: int) -> State:
        return (torch.zeros(1, batch_size),)

    def _read(
        self, where: str, batch: PaddedBatch, state: State | None
    ) -> tuple[PaddedBatch, State]:
        (count,) = self.initial_state(len(batch.values)) if state is None else state
        values = 2 * batch.values
        if batch.resets is not None:
            values = values.masked_fill(batch.resets, 0)
        return batch.with_values(values), (count + 1,)


X = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
RESETS = torch.tensor([[False, True], [False, False]])


def test_a_tensor_comes_back_as_a_tensor() -> None:
    y, state = Doubling()(X)
    assert isinstance(y, Tensor)
    assert y.tolist() == [[2, 4], [6, 8]]
    y, (count,) = Doubling()(X, state, RESETS)
    assert y.tolist() == [[2, 0], [6, 8]]
    assert count.tolist() == [[2, 2]]


def test_a_batch_comes_back_as_a_batch_with_its_lengths_and_resets() -> None:
    batch = PaddedBatch(X, torch.tensor([2, 1]), RESETS)
    y, _ = Doubling()(batch)
    assert y.lengths is batch.lengths
    assert y.resets is batch.resets
    assert y.values.tolist() == [[2, 0], [6, 8]]


def test_resets_beside_a_batch_are_refused_in_the_layer_s_name() -> None:
    with pytest.raises(
        ShapeError, match=r"Doubling\.forward: `resets` must be None beside a PaddedBatch, got a"
    ):
        Doubling()(PaddedBatch.full(X), resets=RESETS)


def test_a_wrong_call_is_told_without_names_that_callers_did_not_use() -> None:
    with pytest.raises(TypeError, match=r"^Doubling\.forward\(\) missing 1 required .* 'x'$"):
        Doubling()()
    with pytest.raises(ShapeError, match=r"Doubling\.forward: `x` must be a tensor .* got \(3,\)"):
        Doubling()(torch.zeros(3))


def test_a_layer_must_say_how_it_reads() -> None:
    with pytest.raises(TypeError, match="abstract"):
        SequenceLayer()
