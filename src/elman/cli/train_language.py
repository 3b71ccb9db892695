"""`elman train language`: from text to a run folder."""

import shlex
from dataclasses import dataclass, field
from typing import Annotated

import tyro

from elman.choices import CELL_NAMES
from elman.cli.language_narration import LanguageNarrator
from elman.cli.training import TrainTask
from elman.data.datasets import DATASETS
from elman.fields import StreamFields
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
class Learning(StreamFields):
    """How the network learns."""

    truncation_steps: Annotated[int, tyro.conf.arg(aliases=["--bptt"])] = (
        StreamFields.truncation_steps
    )


@dataclass(kw_only=True)
class TrainLanguage(TrainTask):
    """Train a language model on text; the same command again goes on with what was begun.

    DATA is a UTF-8 text file, several, a folder of *.txt, or the name of a data set (elman datasets
    lists them).
    """

    network: Network = field(default_factory=Network)
    text: TextFields = field(default_factory=TextFields)
    learning: Learning = field(default_factory=Learning)

    def run(self) -> int:
        """Train, and show how it goes."""
        out = shlex.quote(str(self.folder("language")))
        config = LanguageConfig(**self.options(self.network, self.text, self.learning))
        name = self.data[0].partition(":")[0]
        whole = name in DATASETS  # then its test part is scored
        text = shlex.quote(self.validation or (name if whole else self.data[0]))
        seen = self.validation is None and not whole
        return self.fit("language", config, LanguageNarrator(config, out, text, seen=seen))
