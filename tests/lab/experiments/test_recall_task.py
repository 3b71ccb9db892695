"""The task of the race."""

import pytest
import torch

from elman.errors import ConfigError
from elman.lab.experiments.recall_task import RecallTask


def test_a_sequence_is_a_symbol_noise_and_the_question() -> None:
    task = RecallTask(gap=4, symbols=3, noises=2)
    tokens, answers = task.draw(500, torch.Generator().manual_seed(1))
    assert tokens.shape == (500, task.steps)
    assert tokens[:, 0].tolist() == answers.tolist()
    assert set(answers.tolist()) == {0, 1, 2}
    assert set(tokens[:, 1:-1].flatten().tolist()) == {3, 4}
    assert set(tokens[:, -1].tolist()) == {task.vocabulary_size - 1} == {5}


def test_noise_says_nothing_of_the_symbol() -> None:
    task = RecallTask(gap=1, symbols=2, noises=2)
    tokens, answers = task.draw(20_000, torch.Generator().manual_seed(1))
    together = ((tokens[:, 1] == 2) & (answers == 0)).float().mean().item()
    assert together == pytest.approx(0.25, abs=0.015)  # 5 standard errors of √(0.19/20,000)


def test_without_a_gap_the_question_follows_at_once() -> None:
    tokens, answers = RecallTask(gap=0).draw(3, torch.Generator().manual_seed(0))
    assert tokens.tolist() == [[answer, 16] for answer in answers.tolist()]


def test_the_same_seed_draws_the_same() -> None:
    first, second = (
        RecallTask(gap=9).draw(4, torch.Generator().manual_seed(3))[0].tolist() for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gap": 201}, "`gap` must be at least 0 and at most 200, got 201"),
        ({"gap": 1, "symbols": 1}, "`symbols` must be at least 2, got 1"),
        ({"gap": 1, "noises": 0}, "`noises` must be at least 1, got 0"),
    ],
)
def test_faults_are_named(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        RecallTask(**arguments)
