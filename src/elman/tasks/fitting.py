"""What fitting a model of any task takes: its baseline, its device, room in memory, an outcome.

`where` begins every message, such as "LanguageModel.fit".
"""

import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch

from elman.errors import ChoiceError, ConfigError, DivergenceError
from elman.nn.sketching import sketching
from elman.records import Record
from elman.runs import Run
from elman.runs.names import BASELINE
from elman.training.loop import Outcome
from elman.wording import NOT_FINITE, counted

__all__ = [
    "check_finite",
    "check_size",
    "device_of",
    "ignore",
    "kept_baseline",
    "weights_bytes",
]

COPIES_IN_TRAINING = 4  # weights, gradients, and two averages of the optimiser


class _Savable(Protocol):
    """What can write itself into a folder."""

    def save(self, folder: Path) -> None: ...


Baseline = TypeVar("Baseline", bound=_Savable)


def kept_baseline(
    run: Run | None, fit: Callable[[], Baseline], load: Callable[[Path], Baseline]
) -> Baseline:
    """A run's baseline if it has one, else a new one, written to the run and read from there.

    Args:
        run: open for writing; None keeps a new one in memory.
        fit: makes a new one.
        load: reads one from a folder.

    Raises:
        CheckpointError: it cannot be read or written.
    """
    if run is None:
        return fit()
    if not run.holds(BASELINE):
        run.write_folder(BASELINE, fit().save)
    return load(run.folder(BASELINE))


def device_of(where: str, name: str) -> torch.device:
    """The device that `name` means.

    Raises:
        ChoiceError: torch does not know it, this machine does not have it, or it keeps no numbers.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.zeros(1, device=name).cpu().to(name).device
    except (RuntimeError, AssertionError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ChoiceError(
            f"{where}: `device` must be 'auto' or one that torch can use here, "
            f"got '{name}': {reason}"
        ) from error


def weights_bytes(config: Any, build: Callable[[Any], torch.nn.Module]) -> int:
    """Bytes of a network's weights; at most two layers are sketched, since all further are alike.

    Args:
        config: the options, with `layers` among them.
        build: makes the network of such options.
    """
    sizes = []
    for layers in (1, 2)[: config.layers]:
        with sketching():
            sketch = build(dataclasses.replace(config, layers=layers))
        sizes.append(sum(p.numel() * p.element_size() for p in sketch.parameters()))
    further: int = config.layers - 1
    return sizes[0] + further * (sizes[-1] - sizes[0])


def check_size(where: str, config: Any, build: Callable[[Any], torch.nn.Module], more: str) -> None:
    """Raise `ConfigError` if the network could not be trained in this machine's memory.

    Args:
        where: the beginning of the message.
        config: the options, with those of `fields.StackFields` among them.
        build: makes the network of such options.
        more: what else makes it large, such as "vocabulary 20,000".
    """
    try:
        need = COPIES_IN_TRAINING * weights_bytes(config, build)
    except (RuntimeError, OverflowError):  # more than torch can count
        need = sys.maxsize
    have = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if need > have:
        raise ConfigError(
            f"{where}: the network must fit into memory ({have / 1e9:,.0f} GB), got one "
            f"that needs {need / 1e9:,.0f} GB to train: `hidden_size` {config.hidden_size:,}, "
            f"`embedding_size` {config.embedding_size:,}, `layers` {config.layers:,}, {more}. "
            "Choose a smaller one."
        )


def check_finite(where: str, figure: str, outcome: Outcome) -> None:
    """Raise `DivergenceError` if no epoch ended with weights that are worth keeping."""
    if outcome.best is None:
        raise DivergenceError(
            f"{where}: the validation {figure} must be finite after at least one epoch, "
            f"got {counted(outcome.epochs, 'epoch')} after which it was {NOT_FINITE}. "
            "Try a tenth of the learning rate (--learning-rate), or clip gradients (--clip-norm)."
        )


def ignore(record: Record) -> None:
    """Nobody watches."""
