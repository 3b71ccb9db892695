"""What the training of a tagger tells people."""

from elman.cli.narration import Narrator
from elman.data.tagged import column_title
from elman.records import Record
from elman.tasks.tagging.config import TaggingConfig
from elman.wording import counted, figure, percent

__all__ = ["TaggingNarrator"]


class TaggingNarrator(Narrator):
    """Turns the records of a tagger's training into lines.

    Args:
        config: the options of the run.
        place: the run folder, as people would type it.
        text: what to score it on, as people would type it.
    """

    def __init__(self, config: TaggingConfig, place: str, text: str) -> None:
        super().__init__(config, place, "word", "wrong %")
        self._text = text

    def data(self, record: Record) -> list[str]:
        """How much text there is, and how much of it is known."""
        named = record["column"]
        called = f"column {named}" if named.isdecimal() else column_title(named)
        column = f" in {called}" if named else ""
        marked = ", which mark entities" if record["entities"] else ""
        vectors = record["vectors"]
        began = "" if vectors is None else f", {vectors:,} of them with vectors"
        learned = (
            f"{counted(record['tokens'], 'word')} in {counted(record['sentences'], 'sentence')}"
        )
        held_out = counted(record["validation_tokens"], "word")
        return [
            f"text        {learned} to learn from, {held_out} to validate on "
            f"({record['validation']})",
            f"tags        {record['tags']:,}{column}{marked}",
            f"vocabulary  {record['vocabulary']:,} words{began}; "
            f"{percent(record['unknown'])} of the validation text is new",
        ]

    def baseline(self, record: Record) -> list[str]:
        """What a tagger that counts is worth."""
        return [f"baseline    {record['name']}: {figure(record['wrong'])} % wrong"]

    def scores(self, record: Record) -> list[str]:
        """The scores, and the verbs of taggers."""
        said = []
        for score in record["scores"]:
            name = score["baseline_name"]
            beside = "" if name is None else f" ({name}: {figure(score['baseline'])} %)"
            title = score["name"][:1].upper() + score["name"][1:]
            said.append(f"{title} {figure(score['value'])} % on the validation text{beside}.")
        return [
            *said,
            "",
            "Next, for example:",
            f"  echo 'I love cats.' | elman predict {self.place}",
            f"  elman evaluate {self.place} {self._text} --memory off",
            f"  elman inspect {self.place}",
        ]
