"""`elman predict`: a text given back with what a model says of it."""

import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Annotated, cast

import tyro

from elman.cli.runs import choose_run
from elman.data.lines import opened
from elman.errors import ConfigError

__all__ = ["Predict"]

AT_ONCE = 64


@dataclass(kw_only=True)
class Predict:
    """Fill in what a model says of a text: the text comes back in its own format.

    RUN is a run folder; left out, the latest under runs/. FILE is what the run's task reads; left
    out, standard input is read, and each sentence is answered as soon as it is whole.
    """

    words: Annotated[
        tuple[str, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="[RUN] [FILE]", help_behavior_hint=""),
    ] = ()
    """The run, and the text; without FILE, standard input."""
    probabilities: bool = False
    """Say how sure the model is, too."""

    def run(self) -> int:
        """Read, and print as answers come."""
        path, words = choose_run(self.words)
        if len(words) > 1:
            raise ConfigError(f"elman predict: `FILE` must be one, got {len(words)}.")
        import elman
        from elman.tasks.estimator import Filling

        model = elman.load(path)
        if not isinstance(model, Filling):
            raise ConfigError(
                f"elman predict: `RUN` must be a model that fills in answers, got {path}, "
                f"a {type(model).__name__}. See elman next, and elman generate."
            )
        name = words[0] if words else "standard input"
        with _opened(words) as file:
            filled = model.fill(
                file, name, probabilities=self.probabilities, at_once=AT_ONCE if words else 1
            )
            for text in filled:
                print(text, end="", flush=True)
        return 0


def _opened(words: tuple[str, ...]) -> AbstractContextManager[BufferedReader]:
    """The file that is named, or standard input, which stays open."""
    if not words:
        return nullcontext(cast("BufferedReader", sys.stdin.buffer))
    return opened(Path(words[0]))
