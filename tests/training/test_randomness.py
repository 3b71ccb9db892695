import pytest
import torch

from elman.errors import CheckpointError
from elman.training.randomness import (
    borrowed_torch,
    fork_randomness,
    random_states,
    set_random_states,
)


def test_threads_and_generators_come_back_even_after_an_error() -> None:
    torch.set_num_threads(2)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    with pytest.raises(ZeroDivisionError), borrowed_torch(seed=1, threads=1):
        torch.rand(3 // (torch.get_num_threads() - 1))
    assert torch.get_num_threads() == 2
    assert torch.equal(torch.get_rng_state(), before)


def test_no_threads_named_leaves_them_alone() -> None:
    torch.set_num_threads(2)
    with borrowed_torch(seed=1):
        assert torch.get_num_threads() == 2


def test_a_fork_draws_the_numbers_of_its_seed() -> None:
    draws = []
    for _ in range(2):
        torch.rand(1)
        with fork_randomness(3):
            draws.append(torch.rand(4))
    assert torch.equal(*draws)


def test_states_are_put_back() -> None:
    states = random_states()
    first = torch.rand(4)
    set_random_states(states, "here")
    assert torch.equal(torch.rand(4), first)


@pytest.mark.parametrize(
    "states",
    [
        {},
        {"cpu": torch.zeros(3, dtype=torch.uint8)},
        {"cpu": torch.zeros(5056)},
        {"cpu": torch.zeros(5056, dtype=torch.uint8)},
    ],
)
def test_what_is_no_state_is_refused(states: dict[str, torch.Tensor]) -> None:
    with pytest.raises(CheckpointError, match="here: "):
        set_random_states(states, "here")
