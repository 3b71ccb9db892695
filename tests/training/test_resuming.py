import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.jobs import Line, Recall
from tests.training.sessions import assert_same, begin, options, stopping_after, without_times

from elman.runs.snapshot import read_snapshot
from elman.training.loop import train


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"schedule": "constant", "optimizer": "sgd", "momentum": 0.9},
        {"schedule": "plateau", "optimizer": "sgd", "learning_rate": 1.0},
    ],
)
def test_a_resumed_run_ends_with_the_same_bits(run_folder: Path, changes: dict[str, Any]) -> None:
    fields = options(**changes)
    whole = Recall(dropout=0.5)
    with begin(run_folder.with_name("whole"), fields) as run:
        outcome = train(whole, fields, run=run)
    for steps in (1, 11, 13, 1, 30):  # positions in the middle of epochs, and a step at a time
        with begin(run_folder, fields) as run:
            torch.rand(steps)  # what others drew meanwhile must not matter
            paused = train(Recall(dropout=0.5), fields, run=run, should_stop=stopping_after(steps))
            assert paused.reason == "paused"
    resumed = Recall(dropout=0.5)
    with begin(run_folder, fields) as run:
        again = train(resumed, fields, run=run)
    assert_same(whole, resumed)
    assert without_times(outcome.history) == without_times(again.history)
    assert (again.best, again.best_epoch, again.steps) == (outcome.best, outcome.best_epoch, 75)
    saved, same = read_snapshot(run_folder.with_name("whole")), read_snapshot(run_folder)
    for group in ("weights", "optimizer", "random"):
        for name, tensor in getattr(saved, group).items():
            assert torch.equal(tensor, getattr(same, group)[name]), name


def test_sums_and_schedules_go_on_from_the_middle_too(run_folder: Path) -> None:
    class Long(Line):
        steps_per_epoch = 55  # a record sums over two steps

    fields = options(optimizer="sgd", schedule="plateau", patience=9)
    whole, resumed = Long(validations=[1.0, 2.0, 0.5]), Long(validations=[0.5])
    outcome = train(whole, fields)
    for steps, validations in ((7, []), (80, [1.0]), (50, [2.0])):
        with begin(run_folder, fields) as run:
            train(Long(validations), fields, run=run, should_stop=stopping_after(steps))
    with begin(run_folder, fields) as run:
        again = train(resumed, fields, run=run)
    assert without_times(again.history) == without_times(outcome.history)
    assert_same(whole, resumed)
    rates = [r["learning_rate"] for r in again.history if r["event"] == "epoch"]
    assert rates == [0.02, 0.02, 0.005]


def test_what_validation_and_samples_draw_does_not_matter(run_folder: Path) -> None:
    class Drawing(Recall):
        def validate(self) -> float:
            torch.rand(7)
            return super().validate()

        def sample(self) -> str | None:
            return None

    plain, drawing = Recall(dropout=0.5), Drawing(dropout=0.5)
    train(plain, options())
    train(drawing, options(), observer=lambda record: None)
    assert_same(plain, drawing)


def test_a_pause_at_the_end_of_an_epoch_validates_when_it_goes_on(run_folder: Path) -> None:
    whole, resumed = Line(), Line()
    outcome = train(whole, options())
    for job in (Line(), resumed):
        with begin(run_folder, options()) as run:
            again = train(job, options(), run=run, should_stop=stopping_after(10))
    with begin(run_folder, options()) as run:
        again = train(resumed, options(), run=run)
    assert without_times(again.history) == without_times(outcome.history)
    assert_same(whole, resumed)


def test_seconds_are_summed_over_sessions(run_folder: Path) -> None:
    with begin(run_folder, options()) as run:
        first = train(Recall(), options(), run=run, should_stop=stopping_after(30))
        second = train(Recall(), options(), run=run)
    seconds = [record["training_s"] for record in second.history if "training_s" in record]
    assert seconds == sorted(seconds)
    assert second.training_s > first.training_s > 0
    assert seconds[-1] == pytest.approx(second.training_s, abs=0.5)


def test_a_finished_run_trains_no_more(run_folder: Path) -> None:
    with begin(run_folder, options()) as run:
        first = train(Line(), options(), run=run)
    job = Line()
    with begin(run_folder, options()) as run:
        second = train(job, options(), run=run)
    assert job.seen == []
    assert (second.reason, second.best, second.steps) == ("all epochs", first.best, 30)
    assert second.history == first.history
    assert job.module.weight.abs().sum() > 0


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_more_epochs_are_as_if_planned_from_the_start(run_folder: Path, schedule: str) -> None:
    long, short = options(epochs=5, schedule=schedule), options(epochs=2, schedule=schedule)
    whole, resumed = Recall(dropout=0.5), Recall(dropout=0.5)
    train(whole, long)
    with begin(run_folder, short) as run:
        train(Recall(dropout=0.5), short, run=run)
    with begin(run_folder, long) as run:
        outcome = train(resumed, long, run=run)
    assert_same(whole, resumed)
    assert outcome.epochs == 5
    assert {"event": "extend", "from": 2, "epochs": 5} in outcome.history


def test_more_epochs_stretch_a_cosine_and_say_so(
    run_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with begin(run_folder, options(epochs=2)) as run:
        train(Line(), options(epochs=2), run=run)
    with caplog.at_level(logging.WARNING), begin(run_folder, options(epochs=4)) as run:
        outcome = train(Line(), options(epochs=4), run=run)
    assert "epochs grow from 2 to 4, so the cosine schedule is stretched" in caplog.text
    rates = [r["learning_rate"] for r in outcome.history if r["event"] == "step"]
    assert rates[19] < 0.001  # the end of the first plan
    assert rates[20] == pytest.approx(0.01)  # half of the longer curve
