import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from elman.errors import DataError
from elman.inspect.answers import Answer, find_answer, read_answer
from elman.sequences import PaddedBatch

O = 4


def both(make, time_first=False):
    """What is found from calls with 2 sequences of 5 steps and with 3 of 7."""
    return find_answer("inspect", (make(2, 5), 2, 5), (make(3, 7), 3, 7), time_first)


def numbered(B, T):
    """(B, T, O), each number telling its place."""
    return torch.arange(B * T * O, dtype=torch.float64).view(B, T, O)


LAYOUTS = {
    "a tensor": lambda B, T: numbered(B, T),
    "time first": lambda B, T: numbered(B, T).transpose(0, 1),
    "channels before time": lambda B, T: numbered(B, T).transpose(1, 2),
    "after a loss": lambda B, T: (torch.zeros(()), numbered(B, T)),
    "nested, after ids": lambda B, T: ([torch.zeros(B, T, dtype=torch.long), [numbered(B, T)]],),
    "logits of a dictionary": lambda B, T: {"hidden": torch.zeros(B, T), "logits": numbered(B, T)},
    "padded": lambda B, T: (PaddedBatch.full(numbered(B, T)), None),
    "packed": lambda B, T: pack_padded_sequence(numbered(B, T), torch.full((B,), T), True),
    "before a state": lambda B, T: (numbered(B, T), torch.zeros(1, B, O)),
    "flat": lambda B, T: numbered(B, T).flatten(0, 1),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_outputs_are_found_wherever_they_are(layout) -> None:
    make = LAYOUTS[layout]
    found = both(make).pick(make(6, 9), 6, 9)
    assert torch.equal(found, numbered(6, 9))


def test_flat_outputs_follow_the_networks_own_order() -> None:
    def make(B, T):
        return numbered(B, T).transpose(0, 1).flatten(0, 1)

    assert torch.equal(both(make, time_first=True).pick(make(6, 9), 6, 9), numbered(6, 9))


def test_one_output_a_sequence_has_no_time() -> None:
    answer = both(lambda B, T: torch.zeros(1, B, O))
    assert answer == Answer(0, batch=1, time=None)
    assert answer.pick(torch.ones(1, 6, O), 6, 9).shape == (6, 1, O)


def test_a_single_call_tells_where_sizes_differ() -> None:
    assert read_answer(numbered(6, 9), 6, 9, False) == Answer(0, 0, 1)
    assert read_answer(numbered(6, 9).flatten(0, 1), 6, 9, True) == Answer(0, 0, None, True, True)
    assert read_answer(numbered(6, O), 6, O, False) is None  # O or T?
    assert read_answer(numbered(5, 5), 5, 5, False) is None  # B or T?


def test_what_has_no_batch_is_refused() -> None:
    with pytest.raises(DataError, match=r"for each of the B=3 sequences .* got shapes \[\(4,\)\]"):
        both(lambda B, T: torch.zeros(O))
    with pytest.raises(DataError, match="got NoneType"):
        both(lambda B, T: None)
