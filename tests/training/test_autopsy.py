from typing import Any

import pytest
import torch
from tests.training.jobs import Line, Recall
from torch import Tensor, nn

from elman.contracts import State, StepLoss
from elman.errors import DivergenceError
from elman.fields import TrainingFields
from elman.training.autopsy import Circumstances, Finding, autopsy, find_cause
from elman.training.clipping import ClipReport
from elman.training.loop import train


class Spoiled(nn.Module):
    """Passes values on, but for one number at [1, 2] that it makes infinite."""

    def forward(self, x: Tensor) -> Tensor:
        spoil = torch.zeros_like(x)
        spoil[1, 2, 0] = torch.inf
        return x + spoil


class SpoilsGradients(torch.autograd.Function):
    """Passes values on; of the gradient, the number at [3, 1] becomes NaN."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        gradient = gradient.clone()
        gradient[3, 1, 0] = torch.nan
        return gradient


class Deep(nn.Module):
    """Two layers with something between them; (B, T, 1) or, turned, (T, B, 1)."""

    def __init__(self, between: Any, turned: bool = False) -> None:
        super().__init__()
        self.first, self.between, self.last = nn.Linear(1, 3), between, nn.Linear(3, 1)
        self.turned = turned

    def forward(self, x: Tensor) -> Tensor:
        x = x.transpose(0, 1) if self.turned else x
        return self.last(self.between(self.first(x)))


class DeepJob(Recall):
    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def loss(self, batch: Any, state: State | None) -> StepLoss:
        return StepLoss(self.module(batch[0][..., None]).pow(2).mean(), 32, None)


def cause(module: nn.Module) -> Finding:
    job = DeepJob(module)
    return find_cause(job, next(job.batches(0, 0)), None)


def test_the_innermost_layer_with_a_bad_output_is_named_with_row_and_step() -> None:
    found = cause(Deep(nn.Sequential(nn.Tanh(), Spoiled())))
    assert found == Finding("output", "between.1", row=2, time=3)
    assert (
        str(found) == "the output of layer `between.1`, row 2 of the batch, step 3 of its sequence"
    )


def test_time_major_outputs_are_read_the_right_way_round() -> None:
    assert cause(Deep(Spoiled(), turned=True)) == Finding("output", "between", row=3, time=2)


def test_a_bad_gradient_is_followed_to_the_layer_that_it_first_reaches() -> None:
    found = cause(Deep(SpoilsGradients.apply))
    assert found == Finding("gradient", "first", row=4, time=2)
    assert "the gradient that reaches layer `first`, row 4" in str(found)


def test_weights_that_were_bad_before_are_named() -> None:
    module = Deep(nn.Tanh())
    module.last.weight.data[0, 1] = torch.nan
    assert cause(module) == Finding("weights", "last")


def test_a_weight_outside_any_layer_is_found_by_its_gradient() -> None:
    class Bare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.zeros(1))

        def forward(self, x: Tensor) -> Tensor:
            return x.sum() + self.scale.sqrt()  # the slope of a root is infinite at 0

    assert cause(Bare()) == Finding("gradient", "scale")


def test_a_loss_that_goes_wrong_by_itself_says_so() -> None:
    class Logarithm(DeepJob):
        def loss(self, batch: Any, state: State | None) -> StepLoss:
            return StepLoss((self.module(batch[0][..., None]) * 0).log().mean(), 32, None)

    job = Logarithm(nn.Linear(1, 1))
    found = find_cause(job, next(job.batches(0, 0)), None)
    assert found == Finding("loss")
    assert "the loss itself" in str(found)


def test_a_recurrent_layer_is_found_from_its_carried_state() -> None:
    job = Recall()
    state = (torch.zeros(1, 8, 16),)
    state[0][0, 5] = torch.nan
    found = find_cause(job, next(job.batches(0, 0)), state)
    assert found == Finding("output", "rnn", row=6, time=1)


def known(**changes: Any) -> Circumstances:
    return Circumstances(
        **{
            "fields": TrainingFields(learning_rate=0.4, clip_norm=0.0),
            "epoch": 3,
            "step": 1203,
            "step_in_epoch": 204,
            "steps_per_epoch": 500,
            "learning_rate": 0.4,
            "loss": float("nan"),
            "clip": None,
            "norms": [1.0, 2.0, 3.0, 500.0],
            "place": "runs/mine",
            "saved": ["the last checkpoint", "the best weights"],
            **changes,
        }
    )


def test_the_message_names_step_place_evidence_and_what_to_try() -> None:
    job = DeepJob(Deep(Spoiled()))
    error, facts = autopsy(job, next(job.batches(0, 0)), None, lambda: None, known())
    assert str(error).splitlines() == [
        "train: the loss must be finite, got nan at step 1,204 (epoch 3, step 204 of 500).",
        "First seen in: the output of layer `between`, row 2 of the batch, step 3 of its sequence.",
        "Data: nothing wrong was found in the batch.",
        "Evidence: learning rate 0.4; clip_norm off; gradient norm 500 at the step before, "
        "median 2.5 of the last 4.",
        "Try: --clip-norm 2 or --learning-rate 0.1.",
        "Saved: runs/mine still holds the last checkpoint and the best weights.",
    ]
    assert facts == {
        "what": "output",
        "layer": "between",
        "row": 2,
        "time": 3,
        "loss": "nan",
        "data": None,
    }


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        (
            {"fields": TrainingFields(learning_rate=0.4, clip_norm=1.0)},
            "--learning-rate 0.1 or --clip-norm 0.25.",
        ),
        ({"norms": []}, "--clip-norm 1 or --learning-rate 0.1."),
    ],
)
def test_the_advice_follows_the_options(changes: dict[str, Any], advice: str) -> None:
    job = DeepJob(Deep(Spoiled()))
    error, _ = autopsy(job, next(job.batches(0, 0)), None, lambda: None, known(**changes))
    assert f"Try: {advice}" in str(error)


def test_nothing_is_claimed_to_be_saved_that_is_not() -> None:
    job = DeepJob(Deep(Spoiled()))
    for saved, said in (
        ([], "Saved: nothing yet; runs/mine holds the records alone."),
        (["the last checkpoint"], "Saved: runs/mine still holds the last checkpoint."),
    ):
        error, _ = autopsy(job, next(job.batches(0, 0)), None, lambda: None, known(saved=saved))
        assert str(error).splitlines()[-1] == said


def test_a_bad_gradient_is_the_headline_where_the_loss_was_fine() -> None:
    clip = ClipReport(float("inf"), {}, 1.0, 0.0)
    job = DeepJob(Deep(SpoilsGradients.apply))
    error, facts = autopsy(
        job, next(job.batches(0, 0)), None, lambda: None, known(loss=0.5, clip=clip, place="")
    )
    assert str(error).startswith("train: the gradient norm must be finite, got inf at step 1,204")
    assert "Saved" not in str(error)
    assert facts["gradient_norm"] == "inf"


def test_bad_data_take_the_blame() -> None:
    job = Recall()
    job.bits[4, 51] = torch.nan
    with pytest.raises(DivergenceError) as caught:
        train(job, TrainingFields(epochs=1))
    assert "at step 13 (epoch 1, step 13 of 25)" in str(caught.value)
    assert "Data: row 5, step 2 holds NaN." in str(caught.value)
    assert "the output of layer `rnn`, row 5 of the batch, step 2" in str(caught.value)
    assert "Try: mend or remove that part of the data." in str(caught.value)


def test_a_learning_rate_that_is_far_too_high_is_found() -> None:
    fields = TrainingFields(
        optimizer="sgd", schedule="constant", learning_rate=1e20, clip_norm=0.0, epochs=9
    )
    with pytest.raises(DivergenceError, match=r"Evidence: learning rate 1e\+20; clip_norm off"):
        train(Line(), fields)


def test_the_replay_sees_the_random_numbers_of_the_step() -> None:
    """Dropout drops the poisoned unit in some steps: the replay must meet the same ones."""

    class Rarely(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * (torch.nan if torch.rand(()) < 0.1 else 1.0)

    for seed in range(5):
        with pytest.raises(DivergenceError, match="output of layer `between`, row 1 of the batch"):
            train(DeepJob(Deep(Rarely())), TrainingFields(epochs=99, seed=seed))
