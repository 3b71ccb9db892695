"""`elman.Classifier`: fit, score, predict."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from elman.checks import check_choice
from elman.choices import MEMORY
from elman.contracts import Material
from elman.data.sources import Data, expand
from elman.records import Record
from elman.tasks.classification import answering, inspecting, reading, scoring
from elman.tasks.classification.committee import Judge
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.classification.corpus import TASK, Example, open_corpus
from elman.tasks.classification.examples import Examples
from elman.tasks.classification.fitting import read_examples
from elman.tasks.classification.given import Contents, examples_of
from elman.tasks.classification.judging import (
    Confusion,
    EarlyAccuracy,
    confusion_of,
    early_accuracy_of,
)
from elman.tasks.classification.reading import Prediction
from elman.tasks.classification.trained import Trained
from elman.tasks.estimator import Estimator
from elman.tasks.lesson import Opened
from elman.tasks.scores import Scores

__all__ = ["Classifier"]


@dataclass(kw_only=True, eq=False)
class Classifier(Estimator[ClassificationConfig, Trained], ClassificationConfig):
    r"""A recurrent classifier: learns from texts or series to name their class.

    Its arguments are the options of `ClassificationConfig`. A model is fitted by `fit`, or loaded
    by `elman.load`; before that, whatever needs weights raises `ConfigError`.

    Data: files of texts (CSV, JSON lines, fastText's lines) or of series (.ts, .npz, CSV or Parquet
    in long form), a folder of them, or the name of a data set. Without `validation` a tenth of
    every class, or of the groups, is split off.

    >>> import tempfile
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "cats.csv"
    >>> _ = file.write_text("text,label\n" + "I love cats,joy\nI lost my cat,woe\n" * 40)
    >>> model = Classifier(hidden_size=16, epochs=5, learning_rate=0.02).fit(file)
    >>> model.predict("I love dogs")[0].label
    'joy'
    >>> model.classes, model.predict_proba(["I lost my cat", "I love cats"]).round().tolist()
    (('joy', 'woe'), [[0.0, 1.0], [1.0, 0.0]])
    >>> model.predict_proba_steps("I love cats")[0].shape  # after each of three words
    (3, 2)
    >>> model.confusion(file).counts
    ((40, 0), (0, 40))
    >>> Classifier().predict("I love cats")
    Traceback (most recent call last):
    elman.errors.ConfigError: Classifier.predict: the model must be fitted first, got one that is
    not. Call `fit`, or take a saved one by `elman.load`.
    """

    TASK: ClassVar[str] = TASK
    CONFIG: ClassVar[type[ClassificationConfig]] = ClassificationConfig
    TRAINED: ClassVar[type[Trained]] = Trained

    def score(self, data: Data, *, memory: str = "on") -> Scores:
        """Accuracy, macro F1 and calibration error on examples; confusion and earliness beside.

        Args:
            data: as for `fit`; the name of a data set means its test part.
            memory: "off" wipes the state before each step: what the network is worth without.

        Raises:
            DataError: a file cannot be read, or holds what the model was not trained to read.
            ChoiceError: `memory` is neither "on" nor "off".
        """
        trained = self._fitted("score")
        check_choice("Classifier.score", "memory", memory, MEMORY)
        examples = self._labelled(data)
        trained.codec.encode(examples[0])  # all have as many channels; the message names the file
        simpler = trained.baselines
        said = {} if simpler is None else simpler.predict(examples)
        return scoring.score(trained.module, trained.codec, said, examples, memory=memory)

    def predict(self, data: Contents) -> list[Prediction]:
        """The class of each example, and the probabilities of all classes.

        Args:
            data: a text or a series (T, C), several of them, or a `pathlib.Path` to a file of
                them, with classes or without.

        Raises:
            DataError: a file cannot be read, or `data` is something else.
        """
        logs = self._logs(data, "predict")
        return [reading.prediction(self.classes, row) for row in logs]

    def predict_proba(self, data: Contents) -> NDArray[np.float64]:
        """The probability of every class, in the order of `classes`: (N, K); `data` as before."""
        return np.exp(self._logs(data, "predict_proba"))

    def predict_proba_steps(self, data: Contents) -> list[NDArray[np.float64]]:
        """The same after every step, of the steps so far: (T, K) for each example.

        Args:
            data: as for `predict`.

        Raises:
            ConfigError: the model reads in both directions, so that it has no answer early.
        """
        trained = self._fitted("predict_proba_steps")
        given = Examples(
            trained.codec, examples_of(trained, data, "Classifier.predict_proba_steps")
        )
        found = dict(reading.step_log_probabilities(trained.module, given))
        return [np.exp(found[row]) for row in range(len(given))]

    def answers(
        self, data: Contents, *, probabilities: bool = False, every_step: bool = False
    ) -> Iterator[Record]:
        """What `elman predict` prints: the class of each example, or of each of its steps.

        Args:
            data: as for `predict`.
            probabilities: list those of all classes, too.
            every_step: answer after every step.

        Raises:
            ConfigError: `every_step` is asked of a model that reads in both directions.
            DataError: as for `predict`.
        """
        trained = self._fitted("answers")
        examples = examples_of(trained, data, "Classifier.answers")
        return answering.answers(
            trained, examples, probabilities=probabilities, every_step=every_step
        )

    def confusion(self, data: Data) -> Confusion:
        """Which classes are taken for which; `data` as for `score`.

        Raises:
            DataError: as for `score`.
        """
        trained, read = self._fitted("confusion"), self._read(data)
        logs = reading.log_probabilities(trained.module, read)
        return confusion_of(trained.codec.classes, read.classes, logs.argmax(1))

    def early_accuracy(self, data: Data) -> EarlyAccuracy:
        """Accuracy by the share of each sequence that was seen; `data` as for `score`.

        Raises:
            ConfigError: the model reads in both directions, so that it has no answer early.
        """
        trained, read = self._fitted("early_accuracy"), self._read(data)
        answers = reading.step_log_probabilities(trained.module, read)
        return early_accuracy_of(answers, read.classes)

    def material(self, data: Data | None = None) -> Material:
        """What `elman.inspect` looks at: the network, and examples of at most 65,536 steps.

        Args:
            data: as for `score`; None for what the run was validated on.

        Raises:
            ConfigError: the model is not fitted.
            DataError: a file cannot be read, has no known class, or is not at hand.
        """
        return inspecting.material(self._fitted("material"), data)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it knows."""
        return self._fitted("classes").codec.classes

    @property
    def module(self) -> Judge:
        """The network, a `torch.nn.Module`; with `members` a `Committee` of several."""
        return self._fitted("module").module

    def _open(
        self, config: ClassificationConfig, data: Data, validation: Data | None
    ) -> Opened[Trained]:
        corpus = open_corpus(data, validation, config)
        return Opened(corpus.digests, partial(read_examples, config, corpus))

    def _labelled(self, data: Data) -> list[Example]:
        """Examples with their classes, of the kind that the model reads."""
        return self._fitted("score").read(expand(data, "test", TASK))

    def _read(self, data: Data) -> Examples:
        """Examples as numbers."""
        return Examples(self._fitted("score").codec, self._labelled(data))

    def _logs(self, data: Contents, verb: str) -> NDArray[np.float64]:
        """Log probabilities of all classes, (N, K)."""
        trained = self._fitted(verb)
        given = Examples(trained.codec, examples_of(trained, data, f"Classifier.{verb}"))
        return reading.log_probabilities(trained.module, given)
