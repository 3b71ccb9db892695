import logging
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.jobs import Recall

from elman.errors import CheckpointError
from elman.fields import TrainingFields
from elman.runs.snapshot import Snapshot
from elman.training.clipping import ClipReport
from elman.training.state import ALL_EPOCHS, NO_IMPROVEMENT, TrainingState

FIELDS = TrainingFields(epochs=3, patience=1, schedule="plateau")


def stepped(fields: TrainingFields = FIELDS) -> TrainingState:
    """A state two steps into the second epoch."""
    job = Recall()
    state = TrainingState(job, fields)
    state.end_epoch(2.0)
    for batch in list(job.batches(1, 0))[:2]:
        result = job.loss(batch, state.carried)
        result.loss.backward()
        state.optimizer.step()
        state.carry(result.state)
        state.steps, state.step = state.steps + 1, state.step + 1
        state.interval.add(result.loss.item(), result.items, ClipReport(1.0, {}, 1.0, 0.0), 0.5)
    return state


def test_what_was_captured_is_restored() -> None:
    state = stepped()
    torch.rand(5)
    snapshot = state.capture(history_bytes=77)
    drawn = torch.rand(5)
    other = TrainingState(Recall(seed=1), FIELDS)
    other.restore(snapshot, "here")
    assert torch.equal(torch.rand(5), drawn)
    again = other.capture(history_bytes=77)
    for group in ("weights", "optimizer"):
        for name, tensor in getattr(snapshot, group).items():
            assert torch.equal(tensor, getattr(again, group)[name]), name
    assert torch.equal(snapshot.state[0], again.state[0])
    for name in ("epoch", "step", "steps", "schedule", "stopping", "meters", "history_bytes"):
        assert getattr(snapshot, name) == getattr(again, name), name
    assert again.training_s >= snapshot.training_s


def test_the_carried_state_is_cut_off_from_its_gradients() -> None:
    carried = stepped().carried
    assert carried is not None
    assert not carried[0].requires_grad


def changed(**changes: Any) -> Snapshot:
    return replace(stepped().capture(0), **changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": {}}, "must hold the tensor `"),
        ({"optimizer": {"moon/exp_avg": torch.zeros(1)}}, "moon"),
        ({"optimizer": {"head.bias/exp_avg": torch.zeros(7)}}, "must have shape"),
        ({"optimizer": {"head.bias/exp_avg": torch.zeros(1)}}, "must have the slots"),
        ({"step": 26}, "`step` must be at most 25, the steps of an epoch, got 26"),
        ({"random": {}}, "`random/cpu`, which is missing"),
        ({"state": (torch.zeros(1, 8, 5),)}, r"`state` must have shapes \[\(1, 8, 16\)\], got"),
        ({"state": (torch.zeros(1, 8, 16),) * 2}, "`state` must have shapes"),
        ({"schedule": {}}, "`state` must hold 'rate'"),
        ({"stopping": {}}, "`stopping` must hold"),
        ({"meters": {}}, "`meters` must hold"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        TrainingState(Recall(), FIELDS).restore(changed(**changes), "here")


def test_it_ends_after_the_planned_epochs_or_when_patience_runs_out() -> None:
    state = TrainingState(Recall(), FIELDS)
    assert [state.end_epoch(value) for value in (3.0, 2.0)] == [True, True]
    assert state.finished == ""
    state.end_epoch(9.0)
    assert state.finished == ALL_EPOCHS
    state = TrainingState(Recall(), FIELDS)
    assert [state.end_epoch(value) for value in (3.0, 4.0)] == [True, False]
    assert state.finished == NO_IMPROVEMENT


@pytest.mark.parametrize(
    ("finished", "epochs", "goes_on"),
    [
        (ALL_EPOCHS, 3, False),
        (ALL_EPOCHS, 4, True),
        (NO_IMPROVEMENT, 3, False),
        (NO_IMPROVEMENT, 4, True),
        ("", 3, True),
    ],
)
def test_only_more_epochs_let_a_finished_training_go_on(
    finished: str, epochs: int, goes_on: bool, caplog: pytest.LogCaptureFixture
) -> None:
    snapshot = changed(epochs=3, epoch=3 if finished == ALL_EPOCHS else 2, finished=finished)
    state = TrainingState(Recall(), replace(FIELDS, epochs=epochs))
    with caplog.at_level(logging.WARNING):
        state.restore(snapshot, "here")
    assert (state.finished == "") == goes_on


def test_the_specification_names_all_that_a_checkpoint_remembers() -> None:
    state = stepped()
    clip = ClipReport(1.0, {"stack": 1.0}, 1.0, 0.0)
    state.interval.add(1.0, 1, clip, 0.5)
    state.gradients.look(clip, 1.0, lambda: 1.0)
    snapshot = state.capture(0)
    names = {field.name for field in fields(Snapshot)} - {"weights", "optimizer", "random", "state"}
    for numbers in (snapshot.schedule, snapshot.stopping, *snapshot.meters.values()):
        names |= {name.replace("stack", "LAYER") for name in numbers}
    text = (Path(__file__).parents[2] / "docs/runs.md").read_text(encoding="utf-8")
    section = text.partition("## resume.safetensors")[2].partition("\n## ")[0]
    assert names <= set(re.findall(r"`([\w/]+)`", section))
