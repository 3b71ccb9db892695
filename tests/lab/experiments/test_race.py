"""The race: who learns to recall, and what is told on the way."""

import pytest
import torch

from elman.errors import ChoiceError, ConfigError
from elman.lab.experiments.race import Entrant, Finish, Measure, RaceFields, race
from elman.lab.experiments.racers import KINDS


def _run(**fields: object) -> tuple[list[Entrant], list[Measure], dict[str, Finish]]:
    told = list(race(RaceFields(**fields)))
    entrants = [each for each in told if isinstance(each, Entrant)]
    measures = [each for each in told if isinstance(each, Measure)]
    return entrants, measures, {each.kind: each for each in told if isinstance(each, Finish)}


def test_across_a_short_gap_all_learn() -> None:
    entrants, measures, finishes = _run(gap=3, steps=300)
    assert [each.kind for each in entrants] == list(KINDS)
    assert {kind: finish.outcome for kind, finish in finishes.items()} == dict.fromkeys(
        KINDS, "learned"
    )
    starts = [each for each in measures if each.step == 0]
    assert len(starts) == 4
    assert all(each.accuracy < 0.3 for each in starts)
    last = {each.kind: each for each in measures}
    assert all(last[kind].accuracy >= 0.99 and last[kind].loss < 0.5 for kind in KINDS)
    assert all(last[kind].step == finish.step for kind, finish in finishes.items())


def test_across_a_long_gap_the_transformer_learns_and_elman_does_not() -> None:
    _, measures, finishes = _run(gap=60, steps=150, kinds=("elman", "transformer"))
    assert finishes["transformer"].outcome == "learned"
    assert finishes["elman"].outcome == "out of steps"
    assert finishes["elman"].accuracy < 0.3
    first = {each.kind: each.by_lag[-1] for each in reversed(measures)}
    assert first["elman"] < 1e-8  # the symbol's share of the gradient before any learning
    assert first["transformer"] > 1e-4


def test_shares_of_the_gradient_sum_to_one_and_reach_the_symbol() -> None:
    _, measures, _ = _run(gap=4, steps=10, kinds=("lstm",))
    for each in measures:
        assert len(each.by_lag) == 6
        assert sum(each.by_lag) == pytest.approx(1)


def test_the_gradient_by_lag_is_that_of_each_sequence_s_loss() -> None:
    from elman.lab.experiments.race import _gradient_by_lag, _Lane

    lane = _Lane("gru", RaceFields(gap=2))
    tokens, answers = lane.fields.task.draw(5, torch.Generator().manual_seed(0))
    norms = torch.zeros(4)
    for row in range(5):
        x = lane.racer.embed(tokens[row : row + 1]).detach().requires_grad_()
        loss = -torch.log_softmax(lane.racer.answer(x), -1)[0, answers[row]]
        norms += torch.autograd.grad(loss, x)[0][0].norm(dim=-1)
    expected = (norms / norms.sum()).flip(0)
    found = torch.tensor(_gradient_by_lag(lane.racer, tokens, answers))
    torch.testing.assert_close(found, expected)


def test_the_same_seed_runs_the_same_race() -> None:
    fields = RaceFields(gap=3, steps=20, kinds=("elman", "lstm"), seed=5)
    assert list(race(fields)) == list(race(fields))


def test_they_are_measured_by_turns() -> None:
    _, measures, _ = _run(gap=10, steps=30, kinds=("gru", "lstm"))
    assert [(each.kind, each.step) for each in measures[:6]] == [
        ("gru", 0),
        ("lstm", 0),
        ("gru", 10),
        ("lstm", 10),
        ("gru", 20),
        ("lstm", 20),
    ]


def test_closing_the_race_ends_it() -> None:
    running = race(RaceFields(gap=5))
    for _ in range(10):
        next(running)
    running.close()
    assert list(running) == []


def test_the_steps_are_kept_to_the_last() -> None:
    _, measures, finishes = _run(gap=30, steps=13, kinds=("elman",))
    assert [each.step for each in measures] == [0, 10, 13]
    assert finishes["elman"].step == 13


def test_a_network_that_diverges_leaves_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from elman.lab.experiments import race as module

    monkeypatch.setitem(module.LEARNING_RATES, "elman", float("inf"))
    _, measures, finishes = _run(gap=1, steps=100, kinds=("elman", "gru"))
    assert finishes["elman"].outcome == "diverged"
    assert finishes["elman"].step <= 10
    assert finishes["gru"].outcome == "learned"
    assert [each.by_lag for each in measures if each.kind == "elman"][-1] == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gap": 300}, "`gap` must be"),
        ({"kinds": ()}, "`kinds` must be at least 1, got 0"),
        ({"steps": 0}, "`steps` must be at least 1"),
        ({"budget": 5}, "`budget` must be at least 3000"),
        ({"clip_norm": -1.0}, "`clip_norm` must be at least 0"),
        ({"seed": -1}, "`seed` must be at least 0"),
    ],
)
def test_faults_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        RaceFields(**arguments)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ChoiceError, match="'transformer'; got 'mamba'"):
        RaceFields(kinds=("mamba",))
