"""`elman generate`: let a model write."""

import sys
from dataclasses import dataclass
from typing import Annotated

import tyro

from elman.cli.runs import choose_run, unknown_words
from elman.errors import ConfigError
from elman.wording import visible

__all__ = ["Generate"]


@dataclass(kw_only=True)
class Generate:
    """Let a model write text, from a prompt on.

    RUN is a run folder; left out, the latest under runs/.
    """

    words: Annotated[
        tuple[str, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="[RUN]", help_behavior_hint=""),
    ] = ()
    """The run."""
    prompt: str = ""
    """What the text begins with."""
    length: int = 100
    """Words (characters, subwords) to write."""
    temperature: float = 1.0
    """Above 1 bolder, below 1 safer; 0 always takes the likeliest."""
    top_k: int = 0
    """Draw among this many of the likeliest; 0 among all."""
    top_p: float = 1.0
    """Draw among the likeliest that together have this probability."""
    seed: int = 0
    """Seed of chance: the same seed writes the same text."""

    def run(self) -> int:
        """Write."""
        path, rest = choose_run(self.words, "language")
        if rest:
            raise ConfigError(
                f"elman generate: `RUN` must be a run folder, got '{rest[0]}'. "
                "A beginning is given by --prompt."
            )
        import elman

        model = elman.LanguageModel.load(path)
        unknown = model.unknown_tokens(self.prompt)
        if unknown:
            print(f"elman generate: {unknown_words(unknown)}", file=sys.stderr)
        text = model.generate(
            self.prompt,
            self.length,
            temperature=self.temperature,
            top_k=self.top_k,
            top_p=self.top_p,
            seed=self.seed,
        )
        print(visible(text) if sys.stdout.isatty() else text)
        return 0
