"""What the training of a language model tells people."""

import shlex

from elman.cli.narration import Narrator
from elman.records import Record
from elman.tasks.language.config import LanguageConfig
from elman.wording import figure, percent

__all__ = ["LanguageNarrator"]

_FAR_BEHIND = 1.2  # times the perplexity of the n-gram model


class LanguageNarrator(Narrator):
    """Turns the records of a language model's training into lines.

    Args:
        config: the options of the run.
        place: the run folder, as people would type it.
        text: what to score it on, as people would type it.
        seen: whether that is what it learns from.
    """

    def __init__(
        self, config: LanguageConfig, place: str, text: str, *, seen: bool = False
    ) -> None:
        super().__init__(config, place, config.unit, "perplexity")
        self._text, self._seen, self._example = text, seen, ""

    def data(self, record: Record) -> list[str]:
        """How much text there is, and how much of it is known."""
        self._example = record["example"]
        return [
            f"text        {record['tokens']:,} {self.unit}s to learn from, "
            f"{record['validation_tokens']:,} to validate on ({record['validation']})",
            f"vocabulary  {record['vocabulary']:,} {self.unit}s; "
            f"{percent(record['unknown'])} of the text is unknown",
        ]

    def baseline(self, record: Record) -> list[str]:
        """What the n-gram is worth."""
        return [f"baseline    {record['name']}: perplexity {figure(record['perplexity'])}"]

    def scores(self, record: Record) -> list[str]:
        """The perplexity, and the verbs of language models."""
        perplexity = record["scores"][0]
        beside = (
            f" ({perplexity['baseline_name']}: {figure(perplexity['baseline'])})"
            if perplexity["baseline"] is not None
            else ""
        )
        behind = perplexity["baseline"] is not None and (
            perplexity["value"] > _FAR_BEHIND * perplexity["baseline"]
        )
        advice = "The n-gram model is far ahead: more epochs, units or text would help the network."
        caution = [f"It learned from {self._text}: a text that it has not seen tells more."]
        return [
            f"Perplexity {figure(perplexity['value'])} on the validation text, read in one go"
            f"{beside}.",
            *([advice] if behind else []),
            "",
            "Next, for example:",
            f"  elman next {self.place} {shlex.quote(self._example)}",
            f"  elman generate {self.place}",
            f"  elman evaluate {self.place} {self._text} --memory off",
            *(caution if self._seen else []),
        ]
