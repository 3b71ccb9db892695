import pytest

from elman.records import Record
from elman.training import progress
from elman.training.clipping import ClipReport
from elman.training.progress import Progress

CLIP = ClipReport(2.0, {}, 1.0, 0.0)


class Clock:
    now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def test_it_tells_a_few_times_a_second_at_most(clock: Clock) -> None:
    told: list[Record] = []
    bar = Progress(told.append, every_s=0.1)
    for step in range(100):
        clock.now_s += 0.01
        bar.add(1.0, 5, 0.01)
        bar.tell({"step": step}, CLIP, 100 - step, 0)
    assert len(told) in (9, 10, 11)  # 0.01 ten times is not quite 0.1
    assert told[0]["step"] == 0


def test_it_says_how_fast_and_how_long_still(clock: Clock) -> None:
    told: list[Record] = []
    bar = Progress(told.append)
    bar.validation_s = 3.0
    bar.add(4.0, 10, 0.5)
    bar.add(2.0, 10, 1.5)
    bar.tell({"epoch": 1}, CLIP, steps_left=10, epochs_left=2)
    assert told == [
        {
            "event": "progress",
            "epoch": 1,
            "loss": pytest.approx(0.98 * 4 + 0.02 * 2),
            "gradient_norm": 2.0,
            "items_per_s": 10.0,
            "left_s": 16.0,
        }
    ]


def test_samples_are_due_soon_and_then_every_few_seconds(clock: Clock) -> None:
    bar = Progress(lambda record: None, sample_every_s=5.0)
    due = []
    for _ in range(20):
        clock.now_s += 1.0
        due.append(bar.claim_sample())
    assert [second for second, is_due in enumerate(due, 1) if is_due] == [1, 2, 4, 8, 13, 18]
