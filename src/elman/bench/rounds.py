"""Timing several pieces of work against each other: in turn, in one process, while it is quiet."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Rounds", "Work", "interleave"]

Work = Callable[[], object]
"""What is timed."""

QUIET = 0.05
"""How much of one processor others may use while a round counts as quiet."""

_LEAST_ROUNDS = 5
_ROUND_SECONDS = 0.3  # Linux counts processor time in hundredths: fewer would show as noise
_WARMUP = 2
_STAT = Path("/proc/stat")


@dataclass(frozen=True)
class Rounds:
    """What some pieces of work took.

    Attributes:
        seconds: of one call, by round and by piece of work.
        others: how much of one processor other processes used in each round; nothing where the
            system does not tell.
    """

    seconds: tuple[tuple[float, ...], ...]
    others: tuple[float, ...]

    @property
    def noisy(self) -> bool:
        """Whether too few rounds were quiet, so that all had to be counted."""
        return bool(self.others) and self._quiet() is None

    def median(self, work: int) -> float:
        """Seconds of one call."""
        return statistics.median(row[work] for row in self._counted())

    def ratio(self, above: int, below: int) -> float:
        """Median of the ratios of two pieces of work, round by round."""
        return statistics.median(row[above] / row[below] for row in self._counted())

    def _counted(self) -> tuple[tuple[float, ...], ...]:
        return self._quiet() or self.seconds

    def _quiet(self) -> tuple[tuple[float, ...], ...] | None:
        quiet = tuple(
            row for row, used in zip(self.seconds, self.others, strict=False) if used <= QUIET
        )
        return quiet if len(quiet) >= _LEAST_ROUNDS else None


def interleave(works: Sequence[Work], seconds: float) -> Rounds:
    """Run all pieces of work in turn, round after round.

    Args:
        works: what to run; each is called as often in a round as makes it long enough to be timed.
        seconds: how long to go on at most, though never less than a few rounds.
    """
    calls = [_calls(work, _ROUND_SECONDS / len(works)) for work in works]
    rows: list[tuple[float, ...]] = []
    others: list[float] = []
    end = time.perf_counter() + seconds
    while len(rows) < _LEAST_ROUNDS or time.perf_counter() < end:
        start, before = time.perf_counter(), _busy_elsewhere()
        rows.append(tuple(_time(work, n) for work, n in zip(works, calls, strict=True)))
        after = _busy_elsewhere()
        if before is not None and after is not None:
            others.append(max(0.0, after - before) / (time.perf_counter() - start))
    return Rounds(tuple(rows), tuple(others))


def _time(work: Work, calls: int) -> float:
    """Seconds of one of several calls."""
    start = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - start) / calls


def _calls(work: Work, seconds: float) -> int:
    """How many calls take so long."""
    taken = min(_time(work, 1) for _ in range(1 + _WARMUP))
    return max(1, round(seconds / taken))


def _busy_elsewhere() -> float | None:
    """Seconds of processor time that other processes have used so far; None if nobody knows."""
    try:
        words = _STAT.read_text().split("\n", 1)[0].split()
    except OSError:
        return None
    user, nice, system, _idle, _iowait, irq, softirq = map(int, words[1:8])
    busy = (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
    own = os.times()
    return busy - own.user - own.system
