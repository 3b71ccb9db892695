"""`elman predict`: what a model says of a text given back, or of each example of a file."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Annotated, Any, cast

import tyro

from elman.cli.runs import choose_run
from elman.data.lines import lines_of, opened
from elman.errors import ConfigError
from elman.records import Record
from elman.wording import visible

__all__ = ["Predict"]

AT_ONCE = 64
WHERE = "elman predict"


@dataclass(kw_only=True)
class Predict:
    """Say what a model takes a text or a series for.

    RUN is a run folder; left out, the latest under runs/. FILE is what the run's task reads, and
    need not hold the answers. Left out, standard input is read: of a tagger's text each sentence
    is answered as soon as it is whole, of a classifier's each line, which is a text.

    A tagger fills its tags in, so that the text comes back in its own format; a classifier gives a
    table with a line for each example.
    """

    words: Annotated[
        tuple[str, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="[RUN] [FILE]", help_behavior_hint=""),
    ] = ()
    """The run, and the text or the examples; without FILE, standard input."""
    probabilities: bool = False
    """Say how sure the model is; of a classifier, of each of its classes."""
    every_step: bool = False
    """Answer after every step, a tagger word by word; for models in one direction."""
    json: bool = False
    """Print a JSON object a line: of a tagger's sentence, or in place of a classifier's table."""

    def run(self) -> int:
        """Read, and print as answers come."""
        path, words = choose_run(self.words)
        if len(words) > 1:
            raise ConfigError(f"{WHERE}: `FILE` must be one, got {len(words)}.")
        import elman
        from elman.tasks.estimator import Answering, Filling

        model = elman.load(path)
        if isinstance(model, Answering):
            found = self._answers(model, words)
            objects = (json.dumps(each, ensure_ascii=False) for each in found)
            for line in objects if self.json else _table(found):
                print(line, flush=not words)
        elif isinstance(model, Filling):
            self._fill(model, words)
        else:
            raise ConfigError(
                f"{WHERE}: `RUN` must be a model that gives answers, got {path}, "
                f"a {type(model).__name__}. See elman next, and elman generate."
            )
        return 0

    def _answers(self, model: Any, words: tuple[str, ...]) -> Iterator[Record]:
        """Of a file all at once; of standard input of each line as soon as it is there."""
        options = {"probabilities": self.probabilities, "every_step": self.every_step}
        if words:
            yield from model.answers(Path(words[0]), **options)
            return
        for number, line in enumerate(_lines(), 1):
            for answer in model.answers(line, **options):
                yield {**answer, "example": number}

    def _fill(self, model: Any, words: tuple[str, ...]) -> None:
        """Print a text with its answers filled in, or these alone."""
        name = words[0] if words else "standard input"
        with _opened(words) as file:
            found = (model.records if self.json else model.fill)(
                file,
                name,
                probabilities=self.probabilities,
                every_step=self.every_step,
                at_once=AT_ONCE if words else 1,
            )
            for each in found:
                text = f"{json.dumps(each, ensure_ascii=False)}\n" if self.json else each
                print(text, end="", flush=True)


def _standard_input() -> BufferedReader:
    """Where no file is named; raises `ConfigError` if it is closed."""
    if sys.stdin is None:
        raise ConfigError(
            f"{WHERE}: `FILE` must be named where standard input is closed, got nothing."
        )
    return cast("BufferedReader", sys.stdin.buffer)


def _lines() -> Iterator[str]:
    """The lines of standard input that are not blank, as they come."""
    read = lines_of(_standard_input(), "standard input")
    return (line.rstrip("\r\n") for line in read if line.strip())


def _table(records: Iterator[Record]) -> Iterator[str]:
    """A line of names, then one for each record, parted by tabs."""
    header: list[str] = []
    for record in records:
        cells = {name: value for name, value in record.items() if name != "probabilities"}
        cells |= {f"p({name})": p for name, p in record.get("probabilities", {}).items()}
        if not header:
            header = list(cells)
            yield "\t".join(map(_cell, header))
        yield "\t".join(map(_cell, cells.values()))


def _cell(value: object) -> str:
    """A number, or a name, whose tabs and line ends would break the table."""
    if isinstance(value, float):
        return f"{value:.4f}"
    return visible(str(value)).replace("\t", "\\t").replace("\n", "\\n")


def _opened(words: tuple[str, ...]) -> AbstractContextManager[BufferedReader]:
    """The file that is named, or standard input, which stays open."""
    if not words:
        return nullcontext(_standard_input())
    return opened(Path(words[0]))
