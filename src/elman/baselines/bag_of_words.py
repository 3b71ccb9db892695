"""Logistic regression on the words of a text and their pairs, whatever their order."""

import itertools
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from elman.baselines.array_file import pack_texts, read_arrays, unpack_texts, write_arrays
from elman.baselines.logistic import fit_logistic
from elman.data.labelled import Labelled, classes_of

__all__ = ["BagOfWords", "terms"]

_FILE_NAME = "bag_of_words.safetensors"
_KIND = "bag of words"
_BUCKETS = 2**16
_PENALTY = 1e-5
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, eq=False)
class BagOfWords:
    """Multinomial logistic regression on TF-IDF of single words and pairs of neighbours.

    Terms fall into 65,536 buckets by their CRC-32. A bucket that occurs n times in a text, and in
    d of the N texts fitted on, weighs (1 + log n) (1 + log((1 + N) / (1 + d))); each text's
    weights are scaled to length 1.

    Attributes:
        classes: the K classes.
        idf: (D,) float64, the second factor.
        weights: (D+1, K) float64, the bias in the last row.

    >>> texts = [("I love cats", "joy"), ("oh no", "woe"), ("love you", "joy"), ("no cats", "woe")]
    >>> model = BagOfWords.fit([Labelled(text, label, "") for text, label in texts])
    >>> model.predict(["I love you so", "no no"])
    ['joy', 'woe']
    """

    classes: list[str]
    idf: NDArray[np.float64]
    weights: NDArray[np.float64]
    name = "bag of words"

    @classmethod
    def fit(cls, examples: Iterable[Labelled[str]]) -> "BagOfWords":
        """Fit labelled texts, which are read once.

        Raises:
            DataError: there are fewer than two classes.
        """
        counts, labels = list[Counter[int]](), list[str]()
        for example in examples:
            counts.append(terms(example.content))
            labels.append(example.label)
        classes = classes_of(labels, "BagOfWords.fit")
        found = np.zeros(_BUCKETS)
        for one in counts:
            found[[*one]] += 1
        idf = 1 + np.log((1 + len(counts)) / (1 + found))
        bags = _bags(counts, idf)
        targets = torch.tensor([classes.index(label) for label in labels])
        weights = fit_logistic(lambda w: _logits(w, bags), _BUCKETS, targets, _PENALTY)
        return cls(classes, idf, weights.numpy())

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The probability of each class for each text, (N, K)."""
        if not texts:
            return np.zeros((0, len(self.classes)))
        bags = _bags([terms(text) for text in texts], self.idf)
        logits = _logits(torch.from_numpy(self.weights), bags)
        probabilities: NDArray[np.float64] = logits.softmax(1).numpy()
        return probabilities

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest class of each text."""
        return [self.classes[k] for k in self.probabilities(texts).argmax(1)]

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, in place of an older one there.

        Raises:
            CheckpointError: the file cannot be written.
        """
        used = np.flatnonzero(self.weights.any(1))
        arrays = {
            "classes": pack_texts(self.classes),
            "idf": self.idf,
            "used": used,
            "weights": self.weights[used],
        }
        write_arrays(folder / _FILE_NAME, arrays, kind=_KIND)

    @classmethod
    def load(cls, folder: Path) -> "BagOfWords":
        """The model that `save` wrote.

        Raises:
            CheckpointError: the file is missing, damaged, or not such a model.
        """
        arrays, _ = read_arrays(folder / _FILE_NAME, _KIND)
        classes = unpack_texts(arrays["classes"])
        weights = np.zeros((_BUCKETS + 1, len(classes)))
        weights[arrays["used"]] = arrays["weights"]
        return cls(classes, arrays["idf"], weights)


def terms(text: str) -> Counter[int]:
    """How often each bucket of words and pairs of words occurs in a text, in small letters."""
    words = _TOKEN.findall(text.lower())
    pairs = (f"{first} {second}" for first, second in itertools.pairwise(words))
    return Counter(zlib.crc32(term.encode()) % _BUCKETS for term in (*words, *pairs))


@dataclass(frozen=True)
class _Bags:
    """Sparse rows: which buckets, what they weigh, and where each row begins."""

    buckets: Tensor
    weights: Tensor
    offsets: Tensor


def _bags(counts: Sequence[Counter[int]], idf: NDArray[np.float64]) -> _Bags:
    """The rows of texts, and the bias (bucket D, weight 1) in each."""
    buckets, weights, offsets = list[NDArray[np.int64]](), list[NDArray[np.float64]](), [0]
    for one in counts:
        keys = np.fromiter(one.keys(), np.int64, len(one))
        values = (1 + np.log(np.fromiter(one.values(), np.float64, len(one)))) * idf[keys]
        values /= max(float(np.linalg.norm(values)), 1e-30)
        buckets.append(np.append(keys, len(idf)))
        weights.append(np.append(values, 1.0))
        offsets.append(offsets[-1] + len(one) + 1)
    return _Bags(
        torch.from_numpy(np.concatenate(buckets)),
        torch.from_numpy(np.concatenate(weights)),
        torch.tensor(offsets[:-1]),
    )


def _logits(weights: Tensor, bags: _Bags) -> Tensor:
    """(N, K): the weights of each row's buckets, summed."""
    return F.embedding_bag(
        bags.buckets, weights, bags.offsets, mode="sum", per_sample_weights=bags.weights
    )
