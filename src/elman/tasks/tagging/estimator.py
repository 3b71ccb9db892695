"""`elman.Tagger`: fit, score, tag."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from elman.checks import check_choice
from elman.choices import MEMORY
from elman.contracts import Material
from elman.data.lines import opened
from elman.data.sources import Data, expand
from elman.data.tagged import read_sentences
from elman.errors import DataError
from elman.records import Record
from elman.tasks.estimator import Estimator
from elman.tasks.lesson import Opened
from elman.tasks.scores import Scores
from elman.tasks.tagging import filling, inspecting, reading, scoring
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.config import TaggingConfig
from elman.tasks.tagging.corpus import TASK, open_corpus, read_all
from elman.tasks.tagging.fitting import read_texts
from elman.tasks.tagging.model import TaggingModule
from elman.tasks.tagging.reading import TaggedWord
from elman.tasks.tagging.stream import TagStream
from elman.tasks.tagging.trained import Trained

__all__ = ["Tagger"]

Words = str | Path | Sequence[str] | Sequence[Sequence[str]]
"""A text, a file, the words of one sentence, or those of several."""


@dataclass(kw_only=True, eq=False)
class Tagger(Estimator[TaggingConfig, Trained], TaggingConfig):
    r"""A recurrent tagger: learns from tagged sentences to give every word its tag.

    Its arguments are the options of `TaggingConfig`. A model is fitted by `fit`, or loaded by
    `elman.load`; before that, whatever needs weights raises `ConfigError`.

    Data: UTF-8 files of CoNLL-U, of columns or of word/tag lines, a folder of them, or the name of
    a data set. Without `validation` the last tenth of the sentences is split off.

    >>> import tempfile
    >>> text = Path(tempfile.mkdtemp()) / "cats.txt"
    >>> _ = text.write_text("I/PRON love/VERB cats/NOUN ./PUNCT\nI/PRON sleep/VERB ./PUNCT\n" * 99)
    >>> tagger = Tagger(hidden_size=16, epochs=2, learning_rate=0.01, dropout=0.1).fit(text)
    >>> [word.tag for word in tagger.predict("I love cats.")[0]]
    ['PRON', 'VERB', 'NOUN', 'PUNCT']
    >>> tagger.tags
    ('PRON', 'VERB', 'PUNCT', 'NOUN')
    >>> [p.round(1).tolist() for p in tagger.predict_proba(["I", "sleep"])]
    [[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]]
    >>> tagger.score(text)["accuracy"].value
    100.0
    >>> Tagger().predict("I love cats.")
    Traceback (most recent call last):
    elman.errors.ConfigError: Tagger.predict: the model must be fitted first, got one that is not.
    Call `fit`, or take a saved one by `elman.load`.
    """

    TASK: ClassVar[str] = TASK
    CONFIG: ClassVar[type[TaggingConfig]] = TaggingConfig
    TRAINED: ClassVar[type[Trained]] = Trained

    def score(self, data: Data, *, memory: str = "on") -> Scores:
        """Accuracy on tagged text, on its unknown words, and span F1 where tags mark entities.

        Args:
            data: as for `fit`; the name of a data set means its test part.
            memory: "off" wipes the state before each word: what the network is worth without.

        Raises:
            DataError: a text cannot be read.
            ChoiceError: `memory` is neither "on" nor "off".
        """
        trained = self._fitted("score")
        check_choice("Tagger.score", "memory", memory, MEMORY)
        sentences = read_all(expand(data, "test", TASK), trained.config)
        return scoring.score(
            trained.module, trained.codec, trained.baselines, sentences, memory=memory
        )

    def predict(self, data: Words) -> list[list[TaggedWord]]:
        """Every word with its tag, and the probability of that tag, sentence by sentence.

        Args:
            data: a text whose lines are sentences; the words of a sentence, or of several; or a
                `pathlib.Path` to a file, tagged or not.

        Raises:
            DataError: a file cannot be read, or `data` is something else.
        """
        trained = self._fitted("predict")
        return reading.tag_words(
            trained.module, trained.codec, _sentences(trained.codec, data, "predict")
        )

    def predict_proba(self, data: Words) -> list[NDArray[np.float64]]:
        """The probability of every tag, in the order of `tags`, of every word: (T, K) a sentence.

        Args:
            data: as for `predict`.

        Raises:
            DataError: as for `predict`.
        """
        trained = self._fitted("predict_proba")
        sentences = _sentences(trained.codec, data, "predict_proba")
        return reading.probabilities(trained.module, trained.codec, sentences)

    def fill(
        self,
        file: BufferedReader,
        name: str,
        *,
        probabilities: bool = False,
        every_step: bool = False,
        at_once: int = 1,
    ) -> Iterator[str]:
        """The text of a file with its tags filled in, in its own format, as soon as they are known.

        Args:
            file: opened for reading bytes; it need not end.
            name: what messages call it.
            probabilities: put how sure each tag is beside it.
            every_step: tag each word as it comes, by what came before it alone.
            at_once: sentences to gather before they are read side by side, which is quicker.

        Raises:
            ConfigError: `every_step` is asked of a model that reads in both directions.
            DataError: the text cannot be read; what came before the fault was given back already.
        """
        trained = self._fitted("fill")
        found = filling.answers(
            trained, file, name, probabilities=probabilities, every_step=every_step, at_once=at_once
        )
        return (filling.text_of(answer, probabilities) for answer in found)

    def records(
        self,
        file: BufferedReader,
        name: str,
        *,
        probabilities: bool = False,
        every_step: bool = False,
        at_once: int = 1,
    ) -> Iterator[Record]:
        """What `fill` fills in, as plain values: the words of each sentence and their tags.

        With `every_step` of each line, in which a blank one has no words.

        Args:
            file: as for `fill`, and so are the others.
            name: what messages call it.
            probabilities: list how sure each tag is, too.
            every_step: tag each word as it comes.
            at_once: sentences to gather before they are read side by side.

        Raises:
            ConfigError: as `fill`.
            DataError: as `fill`.
        """
        trained = self._fitted("records")
        found = filling.answers(
            trained, file, name, probabilities=probabilities, every_step=every_step, at_once=at_once
        )
        return (
            filling.record_of(answer, probabilities)
            for answer in found
            if answer.words or every_step
        )

    def stream(self) -> TagStream:
        """A reader that tags each word as it comes; for models in one direction.

        Raises:
            ConfigError: the model reads in both directions.
        """
        return TagStream(self._fitted("stream"))

    def material(self, data: Data | None = None) -> Material:
        """What `elman.inspect` looks at: the network, and the first 16,384 words of a text.

        Args:
            data: as for `score`; None for the text that the run was validated on.

        Raises:
            ConfigError: the model is not fitted.
            DataError: a text cannot be read, has no known tag, or is not at hand.
        """
        return inspecting.material(self._fitted("material"), data)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that it knows, the most frequent first."""
        return self._fitted("tags").codec.tags

    @property
    def module(self) -> TaggingModule:
        """The network, a `torch.nn.Module`."""
        return self._fitted("module").module

    def _open(self, config: TaggingConfig, data: Data, validation: Data | None) -> Opened[Trained]:
        corpus = open_corpus(data, validation, config)
        return Opened(corpus.digests, partial(read_texts, config, corpus))


def _sentences(codec: TaggingCodec, data: Words, verb: str) -> list[Sequence[str]]:
    """The words of every sentence."""
    if isinstance(data, Path):
        with opened(data) as file:
            written, _ = filling.format_of_input(file, codec)
            read = read_sentences(file, written, str(data))
            return [each.words for each in read if each.words]
    if isinstance(data, str):
        lines = (filling.words_of(line) for line in data.splitlines())
        return [words for words in lines if words]
    if not isinstance(data, Iterable):
        raise DataError(
            f"Tagger.{verb}: `data` must be a text, words, or a pathlib.Path to a file, "
            f"got {data!r:.60}."
        )
    several: list[Any] = list(data)
    if several and all(isinstance(each, str) for each in several):
        several = [several]
    for number, words in enumerate(several):
        listed = isinstance(words, Iterable) and not isinstance(words, str)
        if not listed or not all(isinstance(word, str) and word for word in words):
            raise DataError(
                f"Tagger.{verb}: `data[{number}]` must be a list of words, none of them empty, "
                f"got {words!r:.60}."
            )
    return [list(words) for words in several]
