"""Experiments that draw at the same time draw what their seeds say."""

import threading
import time

import torch

from elman.lab.experiments.seeding import seeded


def _draw(seed: int, drawn: dict[int, list[float]]) -> None:
    with seeded(seed):
        first = torch.rand(3)
        time.sleep(0.01)  # let the other one in, if it can get in
        drawn[seed] = torch.cat([first, torch.rand(3)]).tolist()


def test_two_at_once_draw_as_one_after_the_other() -> None:
    alone: dict[int, list[float]] = {}
    for seed in range(6):
        _draw(seed, alone)
    together: dict[int, list[float]] = {}
    threads = [threading.Thread(target=_draw, args=(seed, together)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_torch_s_own_draws_go_on_as_if_nothing_had_happened() -> None:
    torch.manual_seed(9)
    expected = torch.rand(2)
    torch.manual_seed(9)
    with seeded(1):
        torch.rand(5)
    assert torch.equal(torch.rand(2), expected)
