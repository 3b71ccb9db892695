"""`elman train language`: from text to a run folder."""

import dataclasses
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console

from elman.choices import CELL_NAMES
from elman.cli.narration import Narrator
from elman.cli.views import JsonView, LiveView, PlainView, QuietView, View
from elman.errors import ConfigError
from elman.fields import TrainingFields
from elman.tasks.language.config import LanguageConfig, NetworkFields, TextFields

__all__ = ["TrainLanguage"]


@dataclass(kw_only=True)
class Network(NetworkFields):
    """The network."""

    cell: Annotated[str, tyro.conf.arg(metavar="|".join(CELL_NAMES))] = NetworkFields.cell
    tie_weights: Annotated[
        bool,
        tyro.conf.arg(
            help="Learn an output layer of its own, which without this is the input embedding.",
            help_behavior_hint="",
        ),
    ] = NetworkFields.tie_weights


@dataclass(kw_only=True)
class Learning(TrainingFields):
    """How the network learns."""

    truncation_steps: Annotated[int, tyro.conf.arg(aliases=["--bptt"])] = (
        TrainingFields.truncation_steps
    )


@dataclass(kw_only=True)
class TrainLanguage:
    """Train a language model on text; the same command again goes on with what was begun.

    DATA is a UTF-8 text file, several, a folder of *.txt, or the name of a data set (elman datasets
    lists them).
    """

    data: Annotated[
        tuple[str, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="DATA ...", help_behavior_hint=""),
    ] = ()
    """What to learn from."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="RUN", help_behavior_hint="")] = None
    """The run folder to write; without it, runs/language-DATA."""
    validation: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Held-out text that chooses the best weights; without it, the last tenth is split off."""
    overwrite: bool = False
    """Start anew if the run folder holds a run already."""
    quiet: Annotated[bool, tyro.conf.arg(aliases=["-q"])] = False
    """Print nothing but errors and warnings."""
    json: bool = False
    """Print records as lines of JSON."""
    network: Network = field(default_factory=Network)
    text: TextFields = field(default_factory=TextFields)
    learning: Learning = field(default_factory=Learning)

    def run(self) -> int:
        """Train, and show how it goes."""
        if not self.data:
            raise ConfigError("elman train language: `DATA` must name a text, got nothing.")
        groups = (self.network, self.text, self.learning)
        options = {name: value for group in groups for name, value in vars(group).items()}
        config = LanguageConfig(**options)
        out = self.out or Path("runs") / f"language-{_name(self.data[0])}"
        with self._view(config, out) as view:
            view({"event": "stage", "text": "starting"})
            from elman.tasks.language.estimator import LanguageModel

            LanguageModel(**dataclasses.asdict(config)).fit(
                self.data,
                validation=self.validation,
                out=out,
                overwrite=self.overwrite,
                observer=view,
                command=_command(sys.argv),
            )
        return 0

    def _view(self, config: LanguageConfig, out: Path) -> View:
        """What suits the options, and the place that standard output leads to."""
        if self.quiet:
            return QuietView()
        if self.json:
            return JsonView()
        text = shlex.quote(self.validation or self.data[0])
        narrator = Narrator(config, shlex.quote(str(out)), text)
        console = Console(highlight=False)
        if console.is_terminal:
            return LiveView(narrator, config.unit, console)
        return PlainView(narrator, config.unit)


def _command(argv: list[str]) -> str:
    r"""The command line as it may be stored; bytes of a file name that are not UTF-8 as escapes.

    >>> _command(["/usr/bin/elman", "train", "my cats.txt", "caf\udce9.txt"])
    "elman train 'my cats.txt' 'caf\\udce9.txt'"
    """
    return shlex.join(["elman", *argv[1:]]).encode("utf-8", "backslashreplace").decode()


def _name(data: str) -> str:
    r"""What a run is called after its text.

    >>> _name("texts/corpus.txt"), _name("penn-treebank:train"), _name(".."), _name("caf\udce9.txt")
    ('corpus', 'penn-treebank', 'text', 'caf_')
    """
    stem = Path(data.partition(":")[0]).resolve().stem if data.strip("./\\") else ""
    return stem.encode("utf-8", "replace").decode().replace("?", "_") or "text"
