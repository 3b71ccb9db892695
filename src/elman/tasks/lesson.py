"""How a model of any task is fitted: one frame, and what a task puts into it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from torch.nn import Module

from elman.contracts import Trainable
from elman.fields import TrainingFields
from elman.records import Observer, Record
from elman.runs import Description, Run, names
from elman.runs.claiming import refuse_foreign
from elman.runs.history import strict
from elman.tasks.fitted import Fitted
from elman.tasks.fitting import check_finite, device_of, ignore
from elman.tasks.scores import Scores
from elman.training.loop import train
from elman.training.randomness import fork_randomness

__all__ = ["Lesson", "Opened", "fit_in"]

M = TypeVar("M", bound=Module)
B = TypeVar("B")
T = TypeVar("T", bound=Fitted)


class Lesson(ABC, Generic[M, B, T]):
    """What a model is to learn, found to be usable, and what its task makes of it.

    A task's class has an attribute `config`, its options, and `codec`, what its numbers mean, and
    says which network `M` learns, beside which baselines `B`, and what `T` is left of it all.
    """

    WHERE: ClassVar[str]
    """How messages begin, such as "Tagger.fit"."""
    FIGURE: ClassVar[str]
    """What `Trainable.validate` measures."""
    STAGE: ClassVar[str]
    """What is said while the baselines are fitted."""
    CODEC: ClassVar[str] = names.CODEC
    """The run's file of the codec."""

    config: Any
    codec: Any

    @abstractmethod
    def facts(self) -> Record:
        """What was found in the data, for those who watch."""

    @abstractmethod
    def network(self) -> M:
        """The network with its first weights, on the processor."""

    @abstractmethod
    def baselines(self, run: Run | None) -> B:
        """What stands beside the network: the run's if it has some, else new ones, kept there."""

    @abstractmethod
    def compare(self, baselines: B) -> Iterator[Record]:
        """The name of each baseline, and its figure on the validation data."""

    @abstractmethod
    def job(self, module: M) -> Trainable:
        """What trains the network."""

    def keep(self, run: Run) -> None:
        """Write what numbers mean into a run, unless it is there."""
        if not run.holds(self.CODEC):
            run.write_json(self.CODEC, self.codec.to_json())

    def learning(self, job: Trainable) -> TrainingFields:  # noqa: ARG002  (for those who override)
        """The options of training, with what is left to the data."""
        fields: TrainingFields = self.config
        return fields

    @abstractmethod
    def score(self, module: M, baselines: B) -> Scores:
        """Figures of both on the validation data."""

    @abstractmethod
    def trained(self, module: M, baselines: B, tell: Observer, run: Run | None) -> T:
        """What is left; whatever else it takes is fitted now, told of, and written to the run."""


@dataclass(frozen=True)
class Opened(Generic[T]):
    """Data that were found, of which a lesson is made.

    Attributes:
        digests: SHA-256 by role, as a run folder records them.
        read: makes the lesson, given who is told what is found, and the run that may hold what was
            chosen before.
    """

    digests: Mapping[str, str]
    read: Callable[[Observer, Run | None], AbstractContextManager[Lesson[Any, Any, T]]]


def fit_in(
    out: str | Path | None,
    now: Description,
    opened: Opened[T],
    observer: Observer | None,
    *,
    overwrite: bool = False,
) -> T:
    """Fit a model in a run folder or in memory alone, or go on with a run that was begun earlier.

    Args:
        out: the run folder; None for memory alone.
        now: what the run is to be.
        opened: the data.
        observer: told of all that `elman.training` tells, and what else is found.
        overwrite: start anew if `out` holds a run already; it goes only once the data are known to
            make another.

    Raises:
        CheckpointError: `out` holds something else or a run of other options or data, is being
            written by another process, or cannot be written.
        Interrupted, DivergenceError: as `elman.training.loop.train`.
    """
    read = partial(opened.read, observer or ignore)
    if out is None:
        with read(None) as lesson:
            return _learn(lesson, observer, None)
    if overwrite:
        refuse_foreign(Path(out))
        with read(None) as lesson, Run.begin(out, now, overwrite=True) as run:
            return _learn(lesson, observer, run)
    with Run.begin(out, now) as run, read(run) as lesson:
        return _learn(lesson, observer, run)


def _learn(lesson: Lesson[M, B, T], observer: Observer | None, run: Run | None) -> T:
    """Baselines, training, scores; all of it kept in a run that is open for writing, if any."""
    tell = observer or ignore
    tell({"event": "data", **lesson.facts()})
    if run is not None:
        lesson.keep(run)
    module = _on_its_device(lesson)
    tell({"event": "stage", "text": lesson.STAGE})
    baselines = lesson.baselines(run)
    for record in lesson.compare(baselines):
        tell({"event": "baseline", **record})
    job = lesson.job(module)
    outcome = train(job, lesson.learning(job), run=run, observer=observer)
    check_finite(lesson.WHERE, lesson.FIGURE, outcome)
    tell({"event": "stage", "text": "scoring"})
    scores = lesson.score(module, baselines).to_json()
    trained = lesson.trained(module, baselines, tell, run)
    trained.run, trained.recorded = run, outcome.history
    if run is not None:
        run.write_json(names.SCORES, strict(scores))
    tell({"event": "scores", "scores": scores["scores"], "reason": outcome.reason})
    return trained


def _on_its_device(lesson: Lesson[M, Any, Any]) -> M:
    """The network with its first weights, where it is to learn."""
    device = device_of(lesson.WHERE, lesson.config.device)
    with fork_randomness(lesson.config.seed):
        return lesson.network().to(device)
