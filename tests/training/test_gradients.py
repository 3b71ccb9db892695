"""Networks whose gradients really die and explode, beside such as learn in peace."""

import logging
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.jobs import DeepRecall, Line, Recall
from tests.training.sessions import assert_same, begin, options, stopping_after, without_times

from elman.contracts import Trainable
from elman.errors import CheckpointError
from elman.fields import TrainingFields
from elman.records import Record
from elman.training.clipping import ClipReport
from elman.training.gradients import GradientWatch, told
from elman.training.loop import train


def warnings_of(job: Trainable, **changes: Any) -> list[Record]:
    history = train(job, options(**changes)).history
    return [record for record in history if record["event"] == "warning"]


def watched(
    norms: list[dict[str, float]], losses: list[float] | None = None, clip_norm: float = 0.0
) -> list[tuple[int, str, list[str]]]:
    """Step, kind and layers of the warnings that a course of norms gives."""
    watch, found = GradientWatch(clip_norm), []
    for step, layers in enumerate(norms):
        clip = ClipReport(math.hypot(*layers.values()), layers, 1.0, 0.0)
        loss = losses[step] if losses else 1.0
        found += [(step + 1, w["what"], w["layers"]) for w in watch.look(clip, loss, lambda: 1.0)]
    return found


@pytest.mark.parametrize(
    ("job", "changes"),
    [
        (Recall(), {"epochs": 40, "learning_rate": 0.05}),  # down to a loss of 0
        (DeepRecall(), {"epochs": 20, "learning_rate": 0.01}),
        (DeepRecall(layers=3), {"epochs": 10}),
        (Line(), {"epochs": 60, "learning_rate": 0.2}),
    ],
)
def test_learning_in_peace_is_not_warned_of(job: Trainable, changes: dict[str, Any]) -> None:
    assert warnings_of(job, **changes) == []


def test_layers_that_saturate_die_against_their_own_past() -> None:
    job = DeepRecall(layers=3)
    first, *_ = warnings_of(job, epochs=4, learning_rate=0.3)
    assert (first["what"], first["against"]) == ("dying", "own past")
    assert first["layer"] in ("rnn.l0", "rnn.l1")
    assert first["norm"] < first["bound"]
    batch = next(job.batches(0, 0))
    job.loss(batch, None).loss.backward()
    assert job.module.rnn.weight_ih_l0.grad is not None
    assert job.module.rnn.weight_ih_l0.grad.norm() < first["bound"]  # and it is dead indeed
    state = job.module.rnn(batch[0][..., None])[0]
    assert (state.abs() > 0.99).float().mean() > 0.9  # because units are stuck at their ends


def test_a_layer_that_nothing_reaches_is_dead_from_the_start() -> None:
    (found,) = warnings_of(DeepRecall(layers=4, between=0.01), learning_rate=1e-4)
    assert (found["step"], found["what"], found["against"]) == (50, "dying", "other layers")
    assert found["layers"] == ["rnn.l0"]
    assert found["norm"] < found["bound"]


def test_a_chaotic_network_explodes_from_the_start_and_its_head_is_not_called_dead() -> None:
    job = DeepRecall(spread=4.0, hidden_size=64, steps=100)
    found = warnings_of(job, epochs=4, learning_rate=0.0005)
    first = found[0]
    assert (first["step"], first["layer"], first["against"]) == (10, "rnn.l0", "loss")
    assert first["norm"] > 1e9 > first["bound"]
    assert {one["what"] for one in found} == {"exploding"}


def test_a_step_that_is_far_too_long_explodes_where_nothing_clips() -> None:
    changes = {
        "epochs": 8,
        "learning_rate": 3.0,
        "optimizer": "sgd",
        "schedule": "constant",
    }
    found = warnings_of(DeepRecall(steps=20), clip_norm=0.0, **changes)
    assert {(one["what"], one["layer"], one["against"]) for one in found} == {
        ("exploding", "rnn.l0", "own past")
    }
    assert found[0]["norm"] > found[0]["bound"] > 1
    assert warnings_of(DeepRecall(steps=20), clip_norm=0.1, **changes) == []


@pytest.mark.parametrize(("clip_norm", "leap"), [(0.0, 10.0), (1.0, 100.0)])
def test_the_leap_that_counts(clip_norm: float, leap: float) -> None:
    calm = [{"l0": 1.0}] * 30
    assert watched([*calm, {"l0": leap * 0.99}], clip_norm=clip_norm) == []
    assert watched([*calm, {"l0": leap * 1.01}], clip_norm=clip_norm) == [(31, "exploding", ["l0"])]
    assert watched([{"l0": 1e-3}] * 30 + [{"l0": 0.9}], clip_norm=1.0) == []  # not too long


def test_a_surprising_batch_is_no_explosion() -> None:
    norms = [{"l0": 0.1}] * 30 + [{"l0": 2.0}]
    assert watched(norms, [0.1] * 31) == [(31, "exploding", ["l0"])]
    assert watched(norms, [2.0] + [0.1] * 29 + [2.0]) == []


def test_a_layer_that_wakes_up_is_no_explosion() -> None:
    norms = [{"l0": 1e-6, "head": 1.0}] * 40 + [{"l0": 1.0, "head": 1.0}]
    assert watched(norms) == []


def test_one_warning_for_a_series_of_explosions() -> None:
    norms = [{"l0": 1.0}] * 20 + [{"l0": 1e3}, {"l0": 1.0}] * 10
    assert watched(norms) == [(21, "exploding", ["l0"])]


def test_death_takes_fifty_steps_in_a_row_and_is_told_once_each_time() -> None:
    alive, dead = {"l0": 1.0, "head": 1.0}, {"l0": 0.005, "head": 1.0}
    almost = [alive] * 20 + [dead] * 49 + [alive]
    assert watched(almost) == []
    assert watched([*almost, *[dead] * 200]) == [(120, "dying", ["l0"])]


def test_a_gradient_may_fall_as_far_as_the_loss() -> None:
    norms = [{"l0": 1.0}] * 20 + [{"l0": 0.002}] * 200
    assert watched(norms, [1.0] * 20 + [1e-4] * 200) == []
    assert watched(norms, [1.0] * 220) == [(70, "dying", ["l0"])]


def test_losses_below_zero_tell_nothing_of_how_near_the_end_is() -> None:
    norms = [{"l0": 1.0}] * 20 + [{"l0": 0.002}] * 200
    assert watched(norms, [2.0] * 20 + [-3.0] * 200) == []
    assert watched([{"l0": 1.0}] * 100, [-1.0] * 100) == []


def test_no_gradient_at_all_is_death_unless_nothing_is_left_to_learn() -> None:
    nothing = [{"l0": 0.0, "head": 0.0}] * 60
    assert watched(nothing) == [(50, "dying", ["l0", "head"])]
    assert watched(nothing, [0.0] * 60) == []
    assert watched([]) == []


def test_norms_at_the_ends_of_float64_are_borne() -> None:
    assert watched([{"l0": 1.7e308}] * 60, clip_norm=1.0)[0] == (3, "exploding", ["l0"])


def test_a_resumed_run_warns_with_the_same_bits(run_folder: Path) -> None:
    fields = options(epochs=4, learning_rate=0.3)
    whole = DeepRecall(layers=3)
    outcome = train(whole, fields)
    assert "warning" in {record["event"] for record in outcome.history}
    for steps in (3, 30, 25):  # the last session ends while the layers are dying
        with begin(run_folder, fields) as run:
            train(DeepRecall(layers=3), fields, run=run, should_stop=stopping_after(steps))
    resumed = DeepRecall(layers=3)
    with begin(run_folder, fields) as run:
        again = train(resumed, fields, run=run)
    assert without_times(outcome.history) == without_times(again.history)
    assert_same(whole, resumed)


def test_what_is_remembered_goes_on_or_is_refused() -> None:
    watch = GradientWatch()
    for norm in (1.0, 3.0):
        watch.look(ClipReport(norm, {"l0": norm}, 1.0, 0.0), 2.0, lambda: 1.0)
    copy = GradientWatch()
    copy.load_state_dict({"interval": {}, **watch.state_dict()}, "here")
    assert copy.state_dict() == watch.state_dict()
    old = GradientWatch()
    old.load_state_dict({"interval": {}}, "here")
    assert old.state_dict() == GradientWatch().state_dict()
    for broken in (
        {"gradients": {"loss": 1.0}},
        {**watch.state_dict(), "gradients/l0": {"steps": 1}},
        {k: v for k, v in watch.state_dict().items() if k != "gradients/"},
    ):
        with pytest.raises(CheckpointError, match="here: `meters` must hold what is known of"):
            copy.load_state_dict(broken, "here")


def test_the_log_has_the_first_of_each_kind(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = warnings_of(DeepRecall(layers=3), epochs=4, learning_rate=0.3)
    assert len(found) > 1
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("elman")]
    assert lines == [f"train: {found[0]['text']}"]
    assert f"at step {found[0]['step']} (epoch {found[0]['epoch']})" in lines[0]


@pytest.mark.parametrize(
    ("changes", "clip_norm", "said"),
    [
        ({"against": "loss"}, 0.0, "norm 30, where from 10 on a change of the weights by 1/4096"),
        ({}, 0.0, "Nothing bounds the step: try --clip-norm 1 or --learning-rate 0.0005."),
        ({}, 5.0, "Clipping cut it to 5"),
        ({"what": "dying"}, 0.0, "below 1 % of what it once was"),
        ({"what": "dying", "against": "other layers"}, 0.0, "Fewer layers let more of it through"),
        ({"what": "dying", "layers": ["l0", "l1"]}, 0.0, "the gradient of layers `l0` and `l1`"),
    ],
)
def test_a_warning_in_words(changes: Record, clip_norm: float, said: str) -> None:
    warning = {
        "what": "exploding",
        "layer": "l0",
        "layers": ["l0"],
        "norm": 30.0,
        "bound": 10.0,
        "against": "own past",
    }
    text = told({**warning, **changes}, 1234, 2, TrainingFields(clip_norm=clip_norm))
    assert said in text
    assert "at step 1,234 (epoch 2)" in text
    assert "`l0`" in text


def test_watching_draws_nothing_and_changes_no_weights() -> None:
    before = torch.get_rng_state()
    watched([{"l0": 1.0}] * 30)
    assert torch.equal(torch.get_rng_state(), before)
