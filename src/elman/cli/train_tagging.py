"""`elman train tagging`: from tagged text to a run folder."""

import shlex
from dataclasses import dataclass, field
from typing import Annotated

import tyro

from elman.choices import CELL_NAMES, HEADS, TAGGED_FORMATS
from elman.cli.tagging_narration import TaggingNarrator
from elman.cli.training import TrainTask
from elman.fields import TrainingFields
from elman.tasks.tagging.config import TaggedTextFields, TaggerFields, TaggingConfig

__all__ = ["TrainTagging"]


@dataclass(kw_only=True)
class Network(TaggerFields):
    """The network."""

    cell: Annotated[str, tyro.conf.arg(metavar="|".join(CELL_NAMES))] = TaggerFields.cell
    head: Annotated[str, tyro.conf.arg(metavar="|".join(HEADS))] = TaggerFields.head
    bidirectional: Annotated[
        bool,
        tyro.conf.arg(
            help="Read in one direction, so that tags come word by word.", help_behavior_hint=""
        ),
    ] = TaggerFields.bidirectional


@dataclass(kw_only=True)
class Text(TaggedTextFields):
    """How tagged text is read."""

    format: Annotated[str, tyro.conf.arg(metavar="|".join(TAGGED_FORMATS))] = (
        TaggedTextFields.format
    )
    lowercase: Annotated[
        bool,
        tyro.conf.arg(help="Tell THE, The and the apart in the vocabulary.", help_behavior_hint=""),
    ] = TaggedTextFields.lowercase


@dataclass(kw_only=True)
class TrainTagging(TrainTask):
    """Train a tagger on tagged text; the same command again goes on with what was begun.

    DATA is CoNLL-U, a word and its tag in columns, or lines of word/tag: a UTF-8 file, several, or
    the name of a data set (elman datasets lists them). Tags such as B-PER and I-PER mark entities.
    """

    network: Network = field(default_factory=Network)
    text: Text = field(default_factory=Text)
    learning: TrainingFields = field(default_factory=TrainingFields)

    def run(self) -> int:
        """Train, and show how it goes."""
        out = shlex.quote(str(self.folder("tagging")))
        config = TaggingConfig(**self.options(self.network, self.text, self.learning))
        held_out = shlex.quote(self.validation or self.data[0])
        return self.fit("tagging", config, TaggingNarrator(config, out, held_out))
