"""What `score` returns: figures of a model, each beside the baseline that it must beat."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Score", "Scores"]


@dataclass(frozen=True, kw_only=True)
class Score:
    """One figure.

    Attributes:
        name: the field's standard name, such as "perplexity".
        value: the model's figure.
        unit: "" where the figure has none.
        better: "lower" or "higher".
        baseline: the same figure of the baseline on the same data; None without a baseline.
        baseline_name: which baseline; None without one.
    """

    name: str
    value: float
    unit: str = ""
    better: str
    baseline: float | None = None
    baseline_name: str | None = None


@dataclass(frozen=True)
class Scores:
    """The figures of one model on one set of data; `scores["perplexity"]` is one of them.

    Attributes:
        task: the task's name, as on the command line.
        scores: the figures, most telling first.
        protocol: how they were taken, in words.
        warning: why they are to be read with care; "" for no reason.

    >>> scores = Scores("language", (Score(name="perplexity", value=98.2, better="lower"),))
    >>> scores["perplexity"].value
    98.2
    >>> scores["accuracy"]
    Traceback (most recent call last):
    KeyError: "no score named 'accuracy'; there are: 'perplexity'"
    """

    task: str
    scores: tuple[Score, ...]
    protocol: str = ""
    warning: str = ""

    def __getitem__(self, name: str) -> Score:
        for score in self.scores:
            if score.name == name:
                return score
        known = ", ".join(f"'{score.name}'" for score in self.scores)
        raise KeyError(f"no score named '{name}'; there are: {known}")

    def __iter__(self) -> Iterator[Score]:
        return iter(self.scores)

    def __len__(self) -> int:
        return len(self.scores)

    def to_json(self) -> dict[str, Any]:
        """The task and its scores as plain values, as `elman evaluate --json` prints them."""
        return {"task": self.task, "scores": [asdict(score) for score in self.scores]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Scores":
        """The opposite of `to_json`."""
        return cls(data["task"], tuple(Score(**score) for score in data["scores"]))
