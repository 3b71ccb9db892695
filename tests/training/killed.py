"""Trains a run that is killed over and over, then to its end: the other side of test_killing.

One process imports torch and forks a child for each session, which saves seconds a session.
"""

import json
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import safetensors.torch
import torch
from tests.training.jobs import Recall

from elman.fields import TrainingFields
from elman.runs import Description, Run
from elman.training.checkpointing import Cadence
from elman.training.loop import train
from elman.training.optimizers import make_optimizer

FIELDS = TrainingFields(epochs=3, learning_rate=0.02, schedule="plateau")


def session(folder: Path) -> None:
    """Train `folder` from where it stands to its end, with a checkpoint after every step."""
    with Run.begin(folder, Description.of("toy", FIELDS)) as run:
        train(Recall(dropout=0.5), FIELDS, run=run, cadence=Cadence(first_s=0.0, every_s=0.0))


def die(*arguments: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(owner: object, name: str, call: int) -> Callable[[], None]:
    """Die in place of the `call`-th call of a function."""
    real = getattr(owner, name)
    left = [call]

    def counted(*arguments: object, **named: object) -> object:
        left[0] -= 1
        return real(*arguments, **named) if left[0] else die()

    return lambda: setattr(owner, name, counted)


def kill_in_file(call: int) -> Callable[[], None]:
    """Die when half of the `call`-th file of tensors is written."""
    left = [call]

    def half(tensors: object, path: Path, metadata: object) -> None:
        left[0] -= 1
        real(tensors, path, metadata)
        if not left[0]:
            os.truncate(path, path.stat().st_size // 2)
            die()

    real = safetensors.torch.save_file
    return lambda: setattr(safetensors.torch, "save_file", half)


def moments() -> Iterator[Callable[[], None]]:
    """What is done to each session before it starts."""
    for call in (1, 2, 3, 5, 8, 13, 21, 40):
        yield kill_at(os, "fsync", call)
    for call in (1, 2, 3, 4, 9, 18):
        yield kill_at(os, "replace", call)
    for call in (1, 2, 3, 8, 15):
        yield kill_in_file(call)
    yield kill_at(Recall, "validate", 1)
    clock = random.Random(0)
    for _ in range(8):
        delay_s = clock.uniform(0.005, 0.15)
        yield lambda delay_s=delay_s: signal.setitimer(signal.ITIMER_REAL, delay_s)


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    make_optimizer(Recall().module, FIELDS)  # torch imports seconds' worth with its first optimiser
    signal.signal(signal.SIGALRM, die)
    killed = 0
    for sabotage in (*moments(), lambda: None):
        child = os.fork()
        if not child:
            sabotage()
            session(folder / "killed")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    session(folder / "whole")
    (folder / "sessions.json").write_text(json.dumps({"killed": killed, "last_status": status}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
