import json
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import CheckpointError, ChoiceError, ConfigError
from elman.fields import TrainingFields
from elman.training.schedules import Constant, Cosine, Plateau, make_schedule

VALIDATIONS = st.lists(st.floats(0.1, 1000) | st.just(math.nan), max_size=12)


@pytest.mark.parametrize("total", [1, 7, 100])
def test_cosine_agrees_with_torch(total):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.3)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total)
    ours = Cosine(0.3, total)
    for step in range(total + 1):
        assert math.isclose(ours.rate(step), theirs.get_last_lr()[0], abs_tol=1e-12)
        optimizer.step()
        theirs.step()


@given(st.integers(1, 1000), st.integers(0, 2000))
def test_cosine_never_rises_and_ends_at_zero(total, step):
    schedule = Cosine(2.0, total)
    assert schedule.rate(0) == 2
    assert schedule.rate(step + 1) <= schedule.rate(step)
    assert schedule.rate(total + step) == 0


@given(VALIDATIONS)
def test_plateau_divides_by_four_whenever_there_is_no_new_best(values):
    schedule, best, misses = Plateau(16.0), math.inf, 0
    for value in values:
        schedule.after_validation(value)
        if value < best:
            best = value
        else:
            misses += 1
    assert schedule.rate(step=3) == 16 / 4**misses


@given(st.sampled_from(["constant", "plateau", "cosine"]), VALIDATIONS, VALIDATIONS)
def test_a_schedule_resumed_through_json_goes_on_as_if_never_stopped(name, before, after):
    fields = TrainingFields(schedule=name, learning_rate=0.5)
    whole, resumed = (make_schedule(fields, total_steps=40) for _ in range(2))
    for value in before:
        whole.after_validation(value)
    resumed.load_state_dict(json.loads(json.dumps(whole.state_dict(), allow_nan=False)))
    for value in after:
        whole.after_validation(value)
        resumed.after_validation(value)
    assert [whole.rate(step) for step in range(50)] == [resumed.rate(step) for step in range(50)]
    assert whole.state_dict() == resumed.state_dict()


@pytest.mark.parametrize(
    ("schedule", "state"),
    [
        (Constant(1.0), {"rate": 1.0}),
        (Cosine(1.0, 5), {"rate": 1.0}),
        (Plateau(1.0), {}),
        (Plateau(1.0), {"rate": "fast"}),
        (Plateau(1.0), {"rate": True}),
        (Plateau(1.0), {"rate": 1.0, "worst": 2.0}),
    ],
)
def test_the_state_of_another_schedule_is_refused(schedule, state):
    with pytest.raises(CheckpointError, match=r"load_state_dict: `state` must hold .*, got"):
        schedule.load_state_dict(state)


def test_absurd_options_are_refused():
    with pytest.raises(ConfigError, match="`learning_rate` must be above 0, got 0"):
        Constant(0)
    with pytest.raises(ConfigError, match="`total_steps` must be at least 1, got 0"):
        Cosine(1.0, 0)
    with pytest.raises(ChoiceError, match="Did you mean 'cosine'"):
        make_schedule(TrainingFields(schedule="cosinus"), 10)
