"""What several visitors see does not depend on who else is there."""

import threading
import time

import torch

from elman.lab import starters
from elman.lab.draws import Draws
from elman.lab.news import News
from elman.lab.shelf import Shelf
from elman.training.randomness import fork_randomness


def _draw(seed: int, drawn: dict[int, list[float]]) -> None:
    with fork_randomness(seed):
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
    with Draws(1).drawing():
        torch.rand(5)
    assert torch.equal(torch.rand(2), expected)


def test_starters_learn_the_same_beside_experiments_which_draw_the_same(monkeypatch) -> None:
    monkeypatch.setattr(starters, "SENTENCES", 1_500)
    monkeypatch.setattr(starters, "HELD_OUT", 300)

    def learned(beside) -> list[float]:
        shelf = Shelf(News())
        learning = starters.Starters(shelf)
        while learning._thread.is_alive():
            beside()
        return [shelf.get(key).perplexity for key in ("elman", "gru", "lstm")]

    expected: dict[int, list[float]] = {}
    _draw(5, expected)
    found: list[dict[int, list[float]]] = []

    def experiment() -> None:
        time.sleep(0.05)  # let the lesson in
        found.append({})
        _draw(5, found[-1])

    assert learned(experiment) == learned(lambda: time.sleep(0.01))
    assert len(found) > 5
    assert all(each == expected for each in found)
