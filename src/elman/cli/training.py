"""What `elman train` does alike for every task: its arguments, and showing how it goes."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.console import Console

from elman.cli.narration import Narrator
from elman.cli.views import JsonView, LiveView, PlainView, QuietView, View
from elman.errors import ConfigError
from elman.records import Record

__all__ = ["TrainTask", "command_line"]


@dataclass(kw_only=True)
class TrainTask:
    """The arguments that all tasks have."""

    data: Annotated[
        tuple[str, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="DATA ...", help_behavior_hint=""),
    ] = ()
    """What to learn from."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="RUN", help_behavior_hint="")] = None
    """The run folder to write; without it, runs/TASK-DATA."""
    validation: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Held-out data that chooses the best weights; without it, a tenth is split off."""
    overwrite: bool = False
    """Start anew if the run folder holds a run already."""
    quiet: Annotated[bool, tyro.conf.arg(aliases=["-q"])] = False
    """Print nothing but errors and warnings."""
    json: bool = False
    """Print records as lines of JSON."""

    def options(self, *groups: Any) -> dict[str, Any]:
        """The options that groups of them hold, flat."""
        return {name: value for group in groups for name, value in vars(group).items()}

    def folder(self, task: str) -> Path:
        """The run folder; raises `ConfigError` where no data is named.

        Args:
            task: as in ``elman train TASK``.
        """
        if not self.data:
            raise ConfigError(
                f"elman train {task}: `DATA` must name a file or a data set, got nothing."
            )
        return self.out or Path("runs") / f"{task}-{_name(self.data[0])}"

    def fit(self, task: str, config: Any, narrator: Narrator) -> int:
        """Fit the estimator of a task, and show how it goes.

        Args:
            task: as in ``elman train TASK``.
            config: its options.
            narrator: says what the records are worth.
        """
        with self._view(narrator) as view:
            view(_STARTING)
            from elman.tasks.loading import estimator_of

            estimator_of(task)(**vars(config)).fit(
                self.data,
                validation=self.validation,
                out=self.folder(task),
                overwrite=self.overwrite,
                observer=view,
                command=command_line(sys.argv),
            )
        return 0

    def _view(self, narrator: Narrator) -> View:
        """What suits the options, and the place that standard output leads to."""
        if self.quiet:
            return QuietView()
        if self.json:
            return JsonView()
        console = Console(highlight=False)
        if console.is_terminal:
            return LiveView(narrator, console)
        return PlainView(narrator)


_STARTING: Record = {"event": "stage", "text": "starting"}


def command_line(argv: list[str]) -> str:
    r"""The command line as it may be stored; bytes of a file name that are not UTF-8 as escapes.

    >>> command_line(["/usr/bin/elman", "train", "my cats.txt", "caf\udce9.txt"])
    "elman train 'my cats.txt' 'caf\\udce9.txt'"
    """
    return shlex.join(["elman", *argv[1:]]).encode("utf-8", "backslashreplace").decode()


def _name(data: str) -> str:
    r"""What a run is called after its data.

    >>> _name("texts/corpus.txt"), _name("penn-treebank:train"), _name(".."), _name("caf\udce9.txt")
    ('corpus', 'penn-treebank', 'text', 'caf_')
    """
    stem = Path(data.partition(":")[0]).resolve().stem if data.strip("./\\") else ""
    return stem.encode("utf-8", "replace").decode().replace("?", "_") or "text"
