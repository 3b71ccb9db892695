"""What the training of a classifier tells people."""

from elman.cli.narration import Narrator
from elman.records import Record
from elman.tasks.classification.config import ClassificationConfig
from elman.wording import figure, spanned

__all__ = ["ClassificationNarrator"]

_MOST_NAMES = 12


class ClassificationNarrator(Narrator):
    """Turns the records of a classifier's training into lines.

    Args:
        config: the options of the run.
        place: the run folder, as people would type it.
        data: what to score it on, as people would type it.
    """

    def __init__(self, config: ClassificationConfig, place: str, data: str) -> None:
        super().__init__(config, place, "example", "valid loss", config.members)
        self._data = data

    def data(self, record: Record) -> list[str]:
        """How many examples there are, and of which classes."""
        classes = record["classes"]
        more = ", …" if len(classes) > _MOST_NAMES else ""
        read = "number a step" if record["inputs"] == 1 else "numbers a step"
        width = "words known" if record["kind"] == "text" else read
        return [
            f"data        {record['examples']:,} {_kind(record)} to learn from, "
            f"{record['validation_examples']:,} to validate on ({record['validation']})",
            f"length      {spanned(record['shortest'], record['longest'], record['unit'])}; "
            f"{record['inputs']:,} {width}",
            f"classes     {len(classes):,}: {', '.join(classes[:_MOST_NAMES])}{more}",
        ]

    def baseline(self, record: Record) -> list[str]:
        """What a simpler classifier is worth."""
        return [f"baseline    {record['name']}: accuracy {figure(record['accuracy'])} %"]

    def scores(self, record: Record) -> list[str]:
        """The accuracy, and the verbs of classifiers."""
        accuracy = record["scores"][0]
        name = accuracy["baseline_name"]
        beside = "" if name is None else f" ({name}: {figure(accuracy['baseline'])} %)"
        return [
            f"Accuracy {figure(accuracy['value'])} % on the validation data{beside}.",
            "",
            "Next, for example:",
            f"  elman evaluate {self.place} {self._data} --memory off",
            f"  elman predict {self.place} FILE",
            f"  elman inspect {self.place}",
        ]


def _kind(record: Record) -> str:
    return "texts" if record["kind"] == "text" else "series"
