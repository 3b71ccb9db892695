import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.jobs import Line, Recall
from tests.training.sessions import (
    OFTEN,
    assert_same,
    begin,
    options,
    stopping_after,
    without_times,
)
from torch import nn

from elman.contracts import StepLoss
from elman.errors import CheckpointError, ConfigError, DataError, DivergenceError
from elman.records import Record
from elman.runs.snapshot import read_snapshot
from elman.training.checkpointing import Cadence
from elman.training.interruption import Interrupted
from elman.training.loop import Outcome, train


def test_it_learns_known_weights() -> None:
    job = Line()
    outcome = train(job, options(epochs=20, learning_rate=0.2))
    assert outcome.reason == "all epochs"
    torch.testing.assert_close(
        job.module.weight, torch.tensor([[1.0, 2.0, 3.0]]), rtol=0, atol=1e-3
    )
    assert outcome.best is not None
    assert outcome.best < 1e-5


def test_the_carried_state_reaches_across_windows() -> None:
    outcome = train(Recall(), options(epochs=25, learning_rate=0.05))
    assert outcome.best is not None
    assert outcome.best < 0.02  # a loop that does not carry the state stays above 0.347

    class Forgetful(Recall):
        def loss(self, batch: Any, state: Any) -> StepLoss:
            result = super().loss(batch, None)
            return StepLoss(result.loss, result.items, None)

    forgetful = train(Forgetful(), options(epochs=10, learning_rate=0.05))
    assert forgetful.best is not None
    assert forgetful.best > 0.3


def test_the_same_seed_gives_the_same_bits_and_another_does_not() -> None:
    jobs = [Recall(dropout=0.5) for _ in range(3)]
    first, second, other = (
        train(job, options(seed=seed)) for job, seed in zip(jobs, (1, 1, 2), strict=True)
    )
    assert without_times(first.history) == without_times(second.history)
    assert_same(jobs[0], jobs[1])
    assert without_times(first.history) != without_times(other.history)


def test_a_run_changes_nothing_about_the_training(run_folder: Path) -> None:
    alone, kept = Recall(dropout=0.5), Recall(dropout=0.5)
    outcome = train(alone, options())
    watched: list[Record] = []
    with begin(run_folder, options()) as run:
        same = train(kept, options(), run=run, observer=watched.append, cadence=OFTEN)
    assert without_times(outcome.history) == without_times(same.history)
    assert_same(alone, kept)


def test_patience_runs_out_and_the_best_weights_are_kept(run_folder: Path) -> None:
    fields = options(epochs=9, patience=2)
    job = Line(validations=[5.0, 4.0, 4.5, float("nan"), 1.0])
    best: list[torch.Tensor] = []

    def watch(record: Record) -> None:
        if record["event"] == "epoch" and record["best"]:
            best.append(job.module.weight.detach().clone())

    with begin(run_folder, fields) as run:
        outcome = train(job, fields, run=run, observer=watch)
    assert (outcome.reason, outcome.best, outcome.best_epoch, outcome.epochs) == (
        "no improvement",
        4.0,
        2,
        4,
    )
    assert torch.equal(job.module.weight, best[-1])
    assert torch.equal(run.read_tensors("model.safetensors")[0]["weight"], best[-1])
    assert [r["validation"] for r in outcome.history if r["event"] == "epoch"] == [5, 4, 4.5, None]
    more = options(epochs=12, patience=2)
    with begin(run_folder, more) as run:  # more epochs give new patience
        outcome = train(Line(validations=[4.1, 3.0, 3.1, 3.2]), more, run=run)
    assert (outcome.best, outcome.best_epoch, outcome.epochs) == (3.0, 6, 8)


def test_without_a_finite_validation_the_last_weights_are_kept(run_folder: Path) -> None:
    job = Line(validations=[float("inf")] * 3)
    with begin(run_folder, options()) as run:
        outcome = train(job, options(), run=run)
    assert (outcome.best, outcome.best_epoch) == (None, 0)
    snapshot = read_snapshot(run_folder)
    assert torch.equal(snapshot.weights["weight"], job.module.weight.detach())


def test_torch_is_left_as_it_was(run_folder: Path) -> None:
    torch.manual_seed(123)
    torch.set_num_threads(2)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    before = torch.get_rng_state()
    train(Recall(dropout=0.5), options(epochs=1, threads=1, seed=9))
    assert torch.get_num_threads() == 2
    assert torch.initial_seed() == 123
    assert torch.equal(torch.get_rng_state(), before)
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


def test_absurd_threads_are_refused() -> None:
    with pytest.raises(ConfigError, match="`threads` must be at least 0 and at most 1024"):
        train(Line(), options(threads=100_000))


def test_no_batches_are_refused() -> None:
    class Nothing(Line):
        steps_per_epoch = 0

    with pytest.raises(DataError, match="must give at least one batch an epoch, got none"):
        train(Nothing(), options())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("during", ["loss", "validate"])
def test_a_signal_saves_and_the_run_goes_on(
    run_folder: Path, number: signal.Signals, during: str
) -> None:
    whole, resumed = Recall(dropout=0.5), Recall(dropout=0.5)
    outcome = train(whole, options())

    class Stopped(Recall):
        calls = 0

        def __getattribute__(self, name: str) -> Any:
            if name == during and self.module.training == (during == "loss"):
                Stopped.calls += 1
                if Stopped.calls == (13 if during == "loss" else 2):
                    os.kill(os.getpid(), number)
            return super().__getattribute__(name)

    place = (
        rf"train: stopped by a signal after step \d+ \(epoch \d\)\. Saved in {run_folder}; the same"
    )
    with begin(run_folder, options()) as run, pytest.raises(Interrupted, match=place) as caught:
        train(Stopped(dropout=0.5), options(), run=run)
    assert caught.value.exit_code == 128 + number
    assert isinstance(caught.value, KeyboardInterrupt)
    assert read_snapshot(run_folder).steps == (13 if during == "loss" else 50)
    with begin(run_folder, options()) as run:
        again = train(resumed, options(), run=run)
    assert_same(whole, resumed)
    assert without_times(again.history) == without_times(outcome.history)


def test_a_second_signal_stops_at_once(run_folder: Path) -> None:
    class Stuck(Line):
        def loss(self, batch: Any, state: Any) -> StepLoss:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            pytest.fail("went on")

    with begin(run_folder, options()) as run, pytest.raises(Interrupted, match="stopped at once"):
        train(Stuck(), options(), run=run)


def test_it_trains_outside_the_main_thread() -> None:
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(train(Line(), options())))
    thread.start()
    thread.join()
    assert outcomes[0].steps == 30


def test_the_observer_hears_of_everything(run_folder: Path) -> None:
    heard: list[Record] = []
    with begin(run_folder, options()) as run:
        train(Recall(), options(), run=run, observer=heard.append, cadence=OFTEN)
    events = {record["event"] for record in heard}
    assert events == {"start", "progress", "step", "epoch", "sample", "checkpoint", "stop"}
    assert heard[0] == {
        "event": "start",
        "epochs": 3,
        "steps_per_epoch": 25,
        "parameters": 3 * 16 * (1 + 16 + 2) + 17,
    }
    progress = next(record for record in heard if record["event"] == "progress")
    assert (progress["epoch"], progress["step"], progress["steps"]) == (1, 1, 75)
    assert progress["left_s"] > 0
    heard.clear()
    with begin(run_folder, options()) as run:
        train(Recall(), options(), run=run, observer=heard.append)
    assert heard == [
        {
            "event": "start",
            "epochs": 3,
            "steps_per_epoch": 25,
            "parameters": 929,
            "epoch": 3,
            "step": 75,
            "resumed": True,
        }
    ]


def test_the_history_says_how_often_and_how_much_was_clipped(run_folder: Path) -> None:
    fields = options(clip_norm=0.5, epochs=1)
    with begin(run_folder, fields) as run:
        train(Line(), fields, run=run)
    lines = (run_folder / "history.jsonl").read_text().splitlines()
    records = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    first = next(record for record in records if record["event"] == "step")
    job = Line()
    job.loss(next(job.batches(0, 0)), None).loss.backward()
    norm = job.module.weight.grad.norm().item()
    assert first["gradient_norm"] == pytest.approx(norm)
    assert first["clipped_steps"] == 1
    assert first["clip_scale"] == pytest.approx(0.5 / norm)
    assert first["gradient_norms"] == {"weight": pytest.approx(norm)}
    epoch = next(record for record in records if record["event"] == "epoch")
    steps = [record for record in records if record["event"] == "step"]
    assert epoch["loss"] == pytest.approx(sum(r["loss"] for r in steps) / len(steps))
    assert epoch["clipped_steps"] == pytest.approx(sum(r["clipped_steps"] for r in steps) / 10)


def test_a_step_is_recorded_fifty_times_an_epoch_at_most() -> None:
    class Long(Line):
        steps_per_epoch = 120

    outcome = train(Long(), options(epochs=2))
    steps = [r["step"] for r in outcome.history if r["event"] == "step"]
    assert steps[:3] == [3, 6, 9]
    assert len(steps) == 80


def test_divergence_loses_nothing_that_was_saved(run_folder: Path) -> None:
    class Poisoned(Line):
        def batches(self, epoch: int, start: int):
            for step, (x, y) in enumerate(super().batches(epoch, start), start):
                yield (x * float("nan") if (epoch, step) == (1, 4) else x), y

        def blame(self, batch: Any) -> str | None:
            return "every row holds NaN." if batch[0].isnan().all() else None

    with begin(run_folder, options()) as run:
        with pytest.raises(
            DivergenceError, match=r"at step 15 \(epoch 2, step 5 of 10\)"
        ) as caught:
            train(Poisoned(), options(), run=run)
        assert "Data: every row holds NaN." in str(caught.value)
        assert f"Saved: {run_folder} still holds" in str(caught.value)
        assert run.history()[-1]["event"] == "divergence"
    assert read_snapshot(run_folder).steps == 10
    clean, reference = Line(), Line()
    train(reference, options())
    with begin(run_folder, options()) as run:
        history = train(clean, options(), run=run).history
    assert_same(reference, clean)
    assert "divergence" not in {record["event"] for record in history}


def test_divergence_before_any_checkpoint_claims_none(run_folder: Path) -> None:
    class Poisoned(Line):
        def batches(self, epoch: int, start: int):
            return ((x * float("nan"), y) for x, y in super().batches(epoch, start))

    with begin(run_folder, options()) as run:
        with pytest.raises(DivergenceError, match="Saved: nothing yet"):
            train(Poisoned(), options(), run=run)
        assert not run.holds("resume.safetensors")


def test_weights_that_validate_as_nan_are_never_kept(run_folder: Path) -> None:
    nan = float("nan")
    with begin(run_folder, options()) as run:
        train(Line([nan, nan, nan]), options(), run=run, cadence=Cadence(60.0, 60.0))
        assert run.holds("resume.safetensors")
        assert not run.holds("model.safetensors")


def test_a_full_disk_in_mid_training_loses_nothing(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from elman.runs import writing

    with begin(run_folder, options()) as run:
        train(Line(), options(), run=run, should_stop=stopping_after(15))
        before = {p.name: p.read_bytes() for p in run_folder.glob("*.safetensors")}

        def full(*arguments: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(writing.os, "fsync", full)
            with pytest.raises(CheckpointError, match="No space left on device"):
                train(Line(), options(), run=run)
    assert before == {p.name: p.read_bytes() for p in run_folder.glob("*.safetensors")}
    clean, reference = Line(), Line()
    train(reference, options())
    with begin(run_folder, options()) as run:
        train(clean, options(), run=run)
    assert_same(reference, clean)


def test_a_run_of_another_network_is_refused(run_folder: Path) -> None:
    with begin(run_folder, options()) as run:
        train(Line(), options(), run=run, should_stop=stopping_after(2))
        other = Line()
        other.module = nn.Linear(4, 1, bias=False)
        with pytest.raises(CheckpointError, match=r"`weight` must have shape \(1, 4\), got"):
            train(other, options(), run=run)


def test_fewer_epochs_than_a_run_began_with_change_nothing(run_folder: Path) -> None:
    planned, fewer = options(epochs=5), options(epochs=3)
    alone, kept = Recall(dropout=0.5), Recall(dropout=0.5)
    train(alone, planned)
    steps = iter(range(100))
    with begin(run_folder, planned) as run:
        train(kept, planned, run=run, should_stop=lambda: next(steps) > kept.steps_per_epoch)
    with begin(run_folder, planned) as run:
        outcome = train(kept, fewer, run=run)
    assert outcome.epochs == 5
    assert_same(alone, kept)
