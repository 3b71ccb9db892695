"""Large memory is lent again once it is free, and never to two at once."""

import threading

import pytest
import torch

import elman
from elman.kernels import lending
from elman.kernels.lending import borrow

LIKE = torch.ones(1)
MB = 2**18  # numbers
pytestmark = pytest.mark.skipif(
    not lending._POSSIBLE, reason="the system cannot take pages unasked"
)


@pytest.fixture(autouse=True)
def waiting(monkeypatch: pytest.MonkeyPatch) -> list:
    """What waits, at first nothing."""
    nothing: list = []
    monkeypatch.setattr(lending, "_waiting", nothing)
    return nothing


@pytest.mark.parametrize("rows", [0, 3, 10_000])  # of 1,000 numbers: none, 24 KB, 80 MB
def test_is_an_empty_tensor(rows: int) -> None:
    made = borrow(LIKE.double(), rows, 1000)
    assert (made.shape, made.dtype, made.is_contiguous()) == ((rows, 1000), torch.float64, True)
    assert bool((made.fill_(2) == 2).all())


def test_is_lent_again_once_nothing_looks_at_it() -> None:
    first = borrow(LIKE, 8, MB)
    place, view = first.data_ptr(), first[3:]
    del first
    second = borrow(LIKE, 8, MB)
    assert second.data_ptr() != place
    del view
    assert borrow(LIKE, 7, MB).data_ptr() == place


def test_no_more_is_held_than_was_lent_at_once(waiting: list) -> None:
    for size in (8, 40, 9, 5, 6, 90):
        first, second = borrow(LIKE, size, MB), borrow(LIKE, size, MB)
        assert first.data_ptr() != second.data_ptr()
        del first, second
    held = sum(map(len, waiting))
    assert held <= 2 * 90 * 2**20
    kept = [borrow(LIKE, 45, MB) for _ in range(2)]  # of 90: not twice as large
    assert sum(map(len, waiting)) <= held - 2 * 45 * 2**20
    assert len({tensor.data_ptr() for tensor in kept}) == 2


def test_threads_never_share() -> None:
    marks: list[bool] = []

    def use(number: int) -> None:
        for _ in range(50):
            mine = borrow(LIKE, 5, MB)[:, ::4096].fill_(number)
            marks.append(bool((mine == number).all()))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(marks) == 200 and all(marks)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_two_graphs_at_once_keep_what_is_theirs(name: str, waiting: list) -> None:
    torch.manual_seed(0)
    ours, theirs = (getattr(home, name)(8, 256) for home in (elman.nn, torch.nn))
    ours.load_state_dict(theirs.state_dict())
    data = [torch.randn(90, 64, 8) for _ in range(3)]
    for _ in range(2):
        found = []
        for layer in (ours, theirs):
            layer.zero_grad()
            losses = [layer(x)[0].square().mean() for x in data]
            for loss in losses[::-1]:
                loss.backward()
            found.append([parameter.grad for parameter in layer.parameters()])
            del loss, losses
        for mine, expected in zip(*found, strict=True):
            torch.testing.assert_close(mine, expected)
        assert waiting
