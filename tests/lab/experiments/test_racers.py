"""The networks of the race."""

import pytest
import torch

from elman.errors import ChoiceError, ConfigError
from elman.lab.experiments.racers import KINDS, make_racer, weights_of
from elman.lab.experiments.recall_task import RecallTask

TASK = RecallTask(gap=6)


def test_each_is_as_wide_as_its_budget_allows() -> None:
    sizes = {kind: weights_of(make_racer(kind, TASK, 11_000, seed=0)) for kind in KINDS}
    assert sizes["elman"] == 17 * 16 + 16 * 91 + 91 * 91 + 2 * 91 + 91 * 8 + 8
    assert all(10_500 < size <= 11_000 for size in sizes.values()), sizes


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_depends_on_the_symbol_and_the_seed_alone(kind: str) -> None:
    tokens, _ = TASK.draw(4, torch.Generator().manual_seed(0))
    torch.manual_seed(11)
    racer, same, other = (make_racer(kind, TASK, 5_000, seed) for seed in (1, 1, 2))
    said, again, otherwise = (each.answer(each.embed(tokens)) for each in (racer, same, other))
    assert torch.equal(said, again)
    assert not torch.allclose(said, otherwise)
    changed = tokens.clone()
    changed[:, 0] = (changed[:, 0] + 1) % TASK.symbols
    assert (racer.answer(racer.embed(changed)) != said).any(-1).all()


def test_making_one_leaves_torch_s_random_numbers_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(2)
    torch.manual_seed(7)
    make_racer("lstm", TASK, 4_000, seed=1)
    assert torch.equal(torch.rand(2), expected)


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_keeping_gates_start_open(kind: str) -> None:
    layer = make_racer(kind, TASK, 5_000, seed=0).layer
    H = layer.hidden_size
    bias = (layer.bias_hh_l0 + layer.bias_ih_l0).detach()
    assert bias[H : 2 * H].mean() > 0.9
    assert bias[:H].abs().mean() < 0.2


def test_faults_are_named() -> None:
    with pytest.raises(ChoiceError, match="`kind` must be one of 'elman'"):
        make_racer("rnn", TASK, 5_000, seed=0)
    with pytest.raises(ConfigError, match="`budget` must be larger"):
        make_racer("transformer", TASK, 10, seed=0)
