"""A linear-chain conditional random field on features of words, by python-crfsuite."""

import importlib
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from elman.baselines.array_file import read_arrays, write_arrays
from elman.data.tagged import Sentence
from elman.errors import ConfigError, DataError

__all__ = ["CRF", "features"]

_FILE_NAME = "crf.safetensors"
_KIND = "conditional random field"
_MOST_TAGS = 50
_LIKELIHOOD = {"c2": 0.1, "max_iterations": 50}
_PERCEPTRON = {"max_iterations": 10}


class CRF:
    """Tags by weighted features of each word and its neighbours, and of pairs of tags.

    With up to 50 tags its likelihood is maximised (L-BFGS, at most 50 iterations, with an L2
    penalty of 0.1). With more, each iteration would take minutes: ten passes of the averaged
    perceptron fit the same features.

    Needs the extra `baselines` (`pip install '.[baselines]'`).

    Args:
        model: the bytes of a CRFsuite model.

    Source: Lafferty, McCallum and Pereira, ICML 2001; Okazaki, CRFsuite, 2007; averaged perceptron:
    Collins, EMNLP 2002.

    >>> text = [Sentence(("I", "love", "cats"), ("PRON", "VERB", "NOUN"))] * 3
    >>> CRF.fit(text).tag(["I", "love", "bats"])
    ('PRON', 'VERB', 'NOUN')
    """

    name = "CRF"

    def __init__(self, model: bytes) -> None:
        self.model = model  # the tagger reads it in place
        self._tagger = _crfsuite().Tagger()
        self._tagger.open_inmemory(model)

    @classmethod
    def fit(cls, sentences: Iterable[Sentence]) -> "CRF":
        """Fit tagged sentences, which are read once; CRFsuite holds their features in memory.

        Raises:
            DataError: there are none.
            ConfigError: python-crfsuite is not installed.
        """
        trainer = _crfsuite().Trainer(verbose=False)
        tags = set[str]()
        for sentence in sentences:
            tags.update(sentence.tags)
            trainer.append(features(sentence.words), sentence.tags)
        if not tags:
            raise DataError("CRF.fit: `sentences` must hold a tagged word, got none.")
        many = len(tags) > _MOST_TAGS
        trainer.select("ap" if many else "lbfgs")
        trainer.set_params(_PERCEPTRON if many else _LIKELIHOOD)
        with tempfile.TemporaryDirectory(prefix="elman-crf-") as folder:
            place = Path(folder) / "model"
            trainer.train(str(place))
            return cls(place.read_bytes())

    def tag(self, words: Sequence[str]) -> tuple[str, ...]:
        """The likeliest tags of a sentence."""
        return tuple(self._tagger.tag(features(words))) if words else ()

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, in place of an older one there.

        Raises:
            CheckpointError: the file cannot be written.
        """
        arrays = {"model": np.frombuffer(self.model, np.uint8)}
        write_arrays(folder / _FILE_NAME, arrays, kind=_KIND)

    @classmethod
    def load(cls, folder: Path) -> "CRF":
        """The model that `save` wrote.

        Raises:
            CheckpointError: the file is missing, damaged, or not such a model.
            ConfigError: python-crfsuite is not installed.
        """
        arrays, _ = read_arrays(folder / _FILE_NAME, _KIND)
        return cls(arrays["model"].tobytes())


def features(words: Sequence[str]) -> list[list[str]]:
    """What each word of a sentence shows: itself, its shape, beginnings, endings, neighbours.

    >>> features(["I", "love"])[1][:6]
    ['w=love', 'shape=x', 'p1=l', 's1=e', 'p2=lo', 's2=ve']
    """
    padded = ["<s>", "<s>", *(word.lower() for word in words), "</s>", "</s>"]
    found = []
    for k, word in enumerate(words):
        lower = padded[k + 2]
        own = [f"w={lower}", f"shape={_shape(word)}"]
        for n in range(1, min(4, len(lower)) + 1):
            own += f"p{n}={lower[:n]}", f"s{n}={lower[-n:]}"
        near = [f"{offset - k - 2:+d}={padded[offset]}" for offset in (k, k + 1, k + 3, k + 4)]
        pairs = [f"-1,0={padded[k + 1]} {lower}", f"0,1={lower} {padded[k + 3]}"]
        found.append(own + near + pairs)
    return found


def _shape(word: str) -> str:
    """Kinds of characters in their order, each run as one: X capital, x small, 9 digit, - other."""
    kinds = (
        "X" if c.isupper() else "x" if c.isalpha() else "9" if c.isdigit() else "-" for c in word
    )
    shape = ""
    for kind in kinds:
        if not shape.endswith(kind):
            shape += kind
    return shape


def _crfsuite() -> Any:
    """The package, if it is there."""
    try:
        return importlib.import_module("pycrfsuite")
    except ImportError:
        raise ConfigError(
            "CRF: `python-crfsuite` must be installed, got no such package. "
            "Install it, in Elman's folder: pip install '.[baselines]'"
        ) from None
