"""`elman inspect`: how far back a model looks, learns and remembers."""

import json
import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.console import Console
from rich.text import Text

from elman.cli.runs import choose_run
from elman.errors import ConfigError
from elman.records import Record

__all__ = ["Inspect"]

WHERE = "elman inspect"


@dataclass(kw_only=True)
class Inspect:
    """Say how far back a model looks, how far back it learns, and what its memory holds.

    RUN is a run folder; left out, the latest under runs/. DATA is a text file, several, a folder of
    *.txt, or the name of a data set, of which the test part is taken; left out, the text that the
    run was validated on. In place of RUN, MODULE.py:MODEL names any PyTorch model with recurrent
    layers, or a function that returns one; the file is run. DATA is then MODULE.py:DATA, or a .npy,
    .npz or .pt file; left out, random inputs.
    """

    words: Annotated[
        tuple[str, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="[RUN] [DATA]", help_behavior_hint=""),
    ] = ()
    """The run, and what it shall read."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Write a report here, one HTML file."""
    json: bool = False
    """Print one JSON object instead."""
    loss: Annotated[str | None, tyro.conf.arg(metavar="MODULE.py:LOSS", help_behavior_hint="")] = (
        None
    )
    """The loss that trained a PyTorch model; without it, the one that suits its targets."""

    def run(self) -> int:
        """Look at the model, say what was found, and only then write the report."""
        self._check_out()
        console = Console(highlight=False, quiet=self.json)
        with console.status("starting …") as status:

            def observe(record: Record) -> None:
                status.update(f"{record['text']} …")

            subject = self._stranger() if self._is_stranger() else self._run()
            from elman.inspect import diagnose

            found = diagnose(subject.model, subject.data, subject.loss, observer=observe)
            found = replace(found, source=subject.source or found.source)
            if self.json:
                print(json.dumps(found.to_json(), ensure_ascii=False))
            console.print(
                Text(f"{subject.title}, on {found.source}"), soft_wrap=not console.is_terminal
            )
            console.print(Text(f"\n{found}"), soft_wrap=not console.is_terminal)
            if self.out is not None:
                observe({"event": "stage", "text": "writing the report"})
                _write(self.out, subject, found)
                console.print(Text(f"\nReport: {self.out}"), soft_wrap=True)
        return 0

    def _check_out(self) -> None:
        """Refuse what no report can be written to before anything is measured."""
        if self.out is None:
            return
        if self.out.is_dir():
            fault = "which is a folder"
        elif not self.out.parent.is_dir():
            fault = "whose folder does not exist"
        elif not os.access(self.out.parent, os.W_OK):
            fault = "whose folder cannot be written to"
        else:
            return
        raise ConfigError(f"{WHERE}: `--out` must name a file, got '{self.out}', {fault}.")

    def _is_stranger(self) -> bool:
        return bool(self.words) and ".py:" in self.words[0]

    def _run(self) -> "_Subject":
        """A run of Elman's."""
        path, words = choose_run(self.words)
        if self.loss is not None:
            raise ConfigError(f"{WHERE}: `--loss` must go with MODULE.py:MODEL, got a run.")
        import elman

        return _Subject(str(path), elman.load(path), list(words) or None)

    def _stranger(self) -> "_Subject":
        """Any PyTorch model."""
        from elman.cli.strangers import load_data, load_model, load_object

        name, *data = self.words
        if len(data) > 1:
            raise ConfigError(f"{WHERE}: `DATA` must be one, got {shlex.join(data)}.")
        model = load_model(WHERE, name)
        found = load_data(WHERE, data[0]) if data else None
        loss = load_object(WHERE, self.loss) if self.loss else None
        return _Subject(name, model, found, loss, data[0] if data else "random inputs")


@dataclass(frozen=True)
class _Subject:
    """What is looked at."""

    title: str
    model: Any
    data: Any
    loss: Any = None
    source: str = ""


def _write(path: Path, subject: _Subject, found: Any) -> None:
    """Write the report."""
    from elman.inspect import write_report
    from elman.tasks.playing import play

    shown = play(subject.model, subject.data)
    write_report(path, found.report(subject.title, play=shown.sources, text=shown.text))
