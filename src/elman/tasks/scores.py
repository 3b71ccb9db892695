"""What `score` returns: figures of a model, each beside the baseline that it must beat."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # `elman evaluate --help` answers without torch
    from elman.inspect.results import Result

__all__ = ["Score", "Scores", "percentages"]


@dataclass(frozen=True, kw_only=True)
class Score:
    """One figure.

    Attributes:
        name: the field's standard name, such as "perplexity".
        value: the model's figure.
        unit: "" where the figure has none.
        better: "lower" or "higher".
        baseline: the same figure of the baseline on the same data, the strongest if there are
            several; None without a baseline.
        baseline_name: which baseline; None without one.
        others: the same figure of further baselines, by name.
    """

    name: str
    value: float
    unit: str = ""
    better: str
    baseline: float | None = None
    baseline_name: str | None = None
    others: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def beside(
        cls, name: str, value: float, baselines: Mapping[str, float], *, better: str, unit: str = ""
    ) -> "Score":
        """A figure beside that of any number of baselines, of which the strongest stands first.

        >>> score = Score.beside("accuracy", 97.1, {"frequent": 90.2, "HMM": 96.0}, better="higher")
        >>> score.baseline_name, score.others
        ('HMM', {'frequent': 90.2})
        """
        ranked = sorted(baselines, key=lambda each: baselines[each], reverse=better == "higher")
        best = ranked[0] if ranked else None
        return cls(
            name=name,
            value=value,
            unit=unit,
            better=better,
            baseline=None if best is None else baselines[best],
            baseline_name=best,
            others={each: baselines[each] for each in ranked[1:]},
        )

    @property
    def baselines(self) -> dict[str, float]:
        """The same figure of every baseline, by name, the strongest first."""
        if self.baseline is None or self.baseline_name is None:
            return {}
        return {self.baseline_name: self.baseline, **self.others}

    def to_json(self) -> dict[str, Any]:
        """Plain values; `others` only where there are any."""
        found = asdict(self)
        return found if self.others else {k: v for k, v in found.items() if k != "others"}


def percentages(
    found: Mapping[str, float], baselines: Mapping[str, Mapping[str, float]]
) -> tuple[Score, ...]:
    """Figures in percent, of which the higher is the better, each beside that of every baseline.

    Args:
        found: the model's, by name.
        baselines: the same of each baseline, by its name.

    >>> (score,) = percentages({"accuracy": 97.1}, {"HMM": {"accuracy": 96.0}})
    >>> score.name, score.value, score.baselines
    ('accuracy', 97.1, {'HMM': 96.0})
    """
    return tuple(
        Score.beside(
            name,
            value,
            {each: figures[name] for each, figures in baselines.items()},
            unit="%",
            better="higher",
        )
        for name, value in found.items()
    )


@dataclass(frozen=True)
class Scores:
    """The figures of one model on one set of data; `scores["perplexity"]` is one of them.

    Attributes:
        task: the task's name, as on the command line.
        scores: the figures, most telling first.
        protocol: how they were taken, in words.
        warning: why they are to be read with care; "" for no reason.
        details: what else is worth a look, such as which classes are taken for which.

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
    details: "tuple[Result, ...]" = ()

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
        """The task and its scores as plain values, as `elman evaluate --json` prints them.

        `details` stand there only where there are any.
        """
        found: dict[str, Any] = {
            "task": self.task,
            "scores": [score.to_json() for score in self.scores],
        }
        if self.details:
            found["details"] = [each.to_json() for each in self.details]
        return found

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Scores":
        """The opposite of `to_json`, without details."""
        return cls(data["task"], tuple(Score(**score) for score in data["scores"]))
