"""What the estimators of all tasks do alike: fit, read, write, and change their options."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import (
    Any,
    ClassVar,
    Generic,
    Protocol,
    Self,
    TypeVar,
    cast,
    runtime_checkable,
)

from elman.checks import check_choice
from elman.contracts import Material
from elman.data.sources import Data
from elman.errors import ConfigError
from elman.fields import TrainingFields
from elman.records import Observer, Record
from elman.runs import Description, Run
from elman.tasks.fitted import Fitted
from elman.tasks.fitting import device_of
from elman.tasks.lesson import Opened, fit_in
from elman.tasks.notebook import notebook_bar
from elman.tasks.scores import Scores

__all__ = ["Answering", "Estimator", "Filling"]

C = TypeVar("C", bound=TrainingFields)
T = TypeVar("T", bound=Fitted)


class Estimator(ABC, Generic[C, T]):
    """A task's model: its options, which it takes from the task's Config, and the verbs of all.

    A task's class is a dataclass that inherits from this and from its Config `C`, says what `TASK`
    it is of, which classes are `CONFIG` and `TRAINED`, the `T` that `fit` leaves behind, and in
    which formats it reads data.
    """

    TASK: ClassVar[str]
    CONFIG: ClassVar[type[Any]]
    TRAINED: ClassVar[type[Any]]
    _trained: T | None = None

    def fit(
        self,
        data: Data,
        *,
        validation: Data | None = None,
        out: str | Path | None = None,
        overwrite: bool = False,
        observer: Observer | None = None,
        command: str = "",
    ) -> Self:
        """Learn from data; with `out`, keep all in a run folder and go on with one begun earlier.

        Args:
            data: a file, several, a folder, or the name of a data set; the class says which it
                reads.
            validation: what chooses the best weights; None takes the data set's own, or splits
                a tenth of the data off.
            out: the run folder; None keeps the model in memory.
            overwrite: start anew if `out` holds a run already.
            observer: told of what happens, as records; see docs/runs.md. None draws a bar in
                notebooks and is silent elsewhere.
            command: what to note in the run as the command that made it; "" for this method.

        Raises:
            DataError: a file cannot be read or used; the message says where.
            ConfigError: the network would not fit into memory.
            ChoiceError: an option names what the data have not, or `device` is none that torch can
                use here.
            CheckpointError: `out` holds something else or a run of other options or data, is
                being written by another process, or cannot be written.
            DivergenceError: training met numbers that are not finite; the message says where.
            Interrupted: Ctrl-C or SIGTERM; what was done is saved in `out`.
        """
        where = f"{type(self).__name__}.fit"
        config, observer = self._config(), observer or notebook_bar()
        device_of(where, config.device)  # before a run is begun, or overwritten
        opened = self._open(config, data, validation)
        self._trained = fit_in(
            out,
            Description.of(self.TASK, config, command=command or where, data=opened.digests),
            opened,
            observer,
            overwrite=overwrite,
        )
        return self

    @abstractmethod
    def _open(self, config: C, data: Data, validation: Data | None) -> Opened[T]:
        """Find what `fit` was given."""

    @abstractmethod
    def score(self, data: Any, *, memory: str = "on") -> Scores:
        """What the model is worth on data, beside its baselines; memory "off" wipes each step's."""

    @abstractmethod
    def material(self, data: Any = None) -> Material:
        """What `elman.inspect` looks at."""

    def save(self, path: str | Path) -> None:
        """Write the model into a new run folder, or over one of the same options and data.

        Raises:
            CheckpointError: the folder holds something else, or cannot be written.
        """
        trained = self._fitted("save")
        now = Description.of(self.TASK, trained.config, command="save", data=trained.data)
        with Run.begin(path, now) as run:
            trained.save(run)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The model in a run folder.

        Raises:
            CheckpointError: nothing is there, or it is damaged, of another task or a later format.
        """
        trained = cls.TRAINED.load(path)
        model = cls(**dataclasses.asdict(trained.config))
        model._trained = trained
        return model

    @property
    def history(self) -> list[Record]:
        """The records of training; see docs/runs.md."""
        return self._fitted("history").history

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002  (scikit-learn's signature)
        """The options by name."""
        return {each.name: getattr(self, each.name) for each in dataclasses.fields(self.CONFIG)}

    def set_params(self, **params: Any) -> Self:
        """Change options by name; what was fitted stays until `fit` is called again.

        Raises:
            ChoiceError: there is no such option.
            ConfigError: a value is out of range; nothing is changed.

        >>> from elman import LanguageModel
        >>> LanguageModel().set_params(layers=2).layers
        2
        >>> LanguageModel().set_params(layer=2)
        Traceback (most recent call last):
        elman.errors.ChoiceError: LanguageModel.set_params: `name` must be one of 'cell', ...;
        got 'layer'. Did you mean 'layers'?
        """
        options = self.get_params()
        for name in params:
            check_choice(f"{type(self).__name__}.set_params", "name", name, list(options))
        changed = self.CONFIG(**{**options, **params})  # which checks the values
        for name, value in dataclasses.asdict(changed).items():
            setattr(self, name, value)
        return self

    def _config(self) -> C:
        """The options alone, checked again, since anyone may have set them."""
        return cast("C", self.CONFIG(**self.get_params()))

    def _fitted(self, verb: str) -> T:
        """What `fit` left behind; raises `ConfigError` if there is nothing yet."""
        if self._trained is None:
            raise ConfigError(
                f"{type(self).__name__}.{verb}: the model must be fitted first, got one that is "
                "not. Call `fit`, or take a saved one by `elman.load`."
            )
        return self._trained


@runtime_checkable
class Answering(Protocol):
    """An estimator that reads examples, and says of each what it is."""

    def answers(
        self, data: Any, *, probabilities: bool = False, every_step: bool = False
    ) -> Iterator[Record]:
        """Plain values for each example, or for each of its steps, always under the same names.

        Args:
            data: a `pathlib.Path` to a file of examples, or a list of them.
            probabilities: list those of all answers, too.
            every_step: answer after every step.

        Raises:
            ConfigError: the model has no answer before the end.
            DataError: an example cannot be read.
        """
        ...


@runtime_checkable
class Filling(Protocol):
    """An estimator that reads a text piece by piece, and gives it back with its answers."""

    def fill(
        self,
        file: BufferedReader,
        name: str,
        *,
        probabilities: bool = False,
        every_step: bool = False,
        at_once: int = 1,
    ) -> Iterator[str]:
        """The text with what the model says filled in, in the same format, as soon as it is known.

        Args:
            file: opened for reading bytes; it need not end.
            name: what messages call it.
            probabilities: say how sure the model is, too.
            every_step: answer after every step, by what came before it alone.
            at_once: sequences to gather before they are read side by side, which is quicker.

        Raises:
            ConfigError: the model has no answer before the end.
            DataError: the text cannot be read; what came before the fault was given back already.
        """
        ...

    def records(
        self,
        file: BufferedReader,
        name: str,
        *,
        probabilities: bool = False,
        every_step: bool = False,
        at_once: int = 1,
    ) -> Iterator[Record]:
        """What `fill` fills in, as plain values for each sequence; the rest is as there."""
        ...
