import math

import pytest

from elman.data.datasets.elman_sentences import entropy
from elman.lab import starters
from elman.lab.news import News
from elman.lab.shelf import Shelf


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(starters, "SENTENCES", 6_000)
    monkeypatch.setattr(starters, "HELD_OUT", 300)


def test_all_three_learn_in_turn_and_are_shown_as_they_do(small):
    seen = []

    class Watched(Shelf):
        def put(self, exhibit):
            seen.append(exhibit)
            super().put(exhibit)

    shelf = Watched(News())
    learning = starters.Starters(shelf)
    learning.prefer("lstm")
    learning._thread.join()
    assert [each.key for each in seen[:3]] == ["elman", "gru", "lstm"]
    assert {each.stage for each in seen[:3]} == {"waiting"}
    for key in ("elman", "gru", "lstm"):
        shown = shelf.get(key)
        assert shown.stage == "ready"
        assert shown.trained.probe is not None
        assert math.exp(entropy()) < shown.perplexity < 12  # of 48 words, and after one short pass
        mine = [each for each in seen if each.key == key]
        assert [mine[1].stage, mine[-1].stage] == ["learning", "ready"]
        assert mine[0].trained.module is not mine[-1].trained.module


def test_it_stops_when_it_is_told_to(small):
    learning = starters.Starters(Shelf(News()))
    learning.stop()
    assert not learning._thread.is_alive()
