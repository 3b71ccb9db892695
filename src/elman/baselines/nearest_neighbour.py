"""The class of the most similar series that is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.baselines.array_file import pack_texts, read_arrays, unpack_texts, write_arrays
from elman.data.codecs.scaling import Scaling
from elman.data.labelled import Labelled, classes_of

__all__ = ["NearestNeighbour", "resampled", "warped_distances"]

Floats = NDArray[np.float32]

_FILE_NAME = "nearest_neighbour.safetensors"
_KIND = "nearest neighbour"
_MOST_STEPS = 64
_MOST_KNOWN = 10_000


@dataclass(frozen=True, eq=False)
class NearestNeighbour:
    """The class of the nearest known series, under dynamic time warping.

    Channels are scaled, missing values carried forward, and every series resampled to the median
    length of those known, at most 64 steps. A step may be matched with one that is up to a tenth
    of the steps away; with `warping` off with its own alone, which is Euclidean distance. Of more
    than 10,000 known series as many are kept, evenly spaced.

    Attributes:
        classes: the K classes.
        scaling: of the channels.
        known: (N, R, I) float32.
        targets: (N,) the class of each.
        warping: whether steps may be matched with others.

    Source: Sakoe and Chiba 1978.

    >>> rising, falling = np.arange(5.0)[:, None], np.arange(5.0)[::-1, None]
    >>> model = NearestNeighbour.fit([Labelled(rising, "up", ""), Labelled(falling, "down", "")])
    >>> model.predict([rising[:3] + 1])
    ['up']
    """

    classes: list[str]
    scaling: Scaling
    known: Floats
    targets: NDArray[np.int64]
    warping: bool = True

    @property
    def name(self) -> str:
        """What it is, for people."""
        return f"nearest neighbour ({'DTW' if self.warping else 'Euclidean'})"

    @classmethod
    def fit(
        cls, examples: Iterable[Labelled[NDArray[Any]]], *, warping: bool = True
    ) -> "NearestNeighbour":
        """Keep labelled series.

        Raises:
            DataError: there are fewer than two classes, or a channel has no value.
        """
        every = list(examples)
        classes = classes_of((example.label for example in every), "NearestNeighbour.fit")
        scaling = Scaling.fit(example.content for example in every)
        steps = min(_MOST_STEPS, int(np.median([len(example.content) for example in every])))
        places = np.linspace(0, len(every) - 1, min(len(every), _MOST_KNOWN)).astype(int)
        kept = [every[place] for place in places]
        known = np.stack([resampled(scaling.encode(one.content), steps) for one in kept])
        targets = np.array([classes.index(one.label) for one in kept])
        return cls(classes, scaling, known, targets, warping)

    def predict(self, series: Sequence[NDArray[Any]]) -> list[str]:
        """The class of the known series that is nearest to each, the first of equally near ones."""
        R = self.known.shape[1]
        band = max(1, R // 10) if self.warping else 0
        found = []
        for values in series:
            query = resampled(self.scaling.encode(values), R)
            nearest = int(warped_distances(query, self.known, band).argmin())
            found.append(self.classes[self.targets[nearest]])
        return found

    def save(self, folder: Path) -> None:
        """Write the model into `folder`, in place of an older one there.

        Raises:
            CheckpointError: the file cannot be written.
        """
        arrays = {
            "classes": pack_texts(self.classes),
            "known": self.known,
            "targets": self.targets,
        }
        facts = {"scaling": self.scaling.to_json(), "warping": self.warping}
        write_arrays(folder / _FILE_NAME, arrays, kind=_KIND, **facts)

    @classmethod
    def load(cls, folder: Path) -> "NearestNeighbour":
        """The model that `save` wrote.

        Raises:
            CheckpointError: the file is missing, damaged, or not such a model.
        """
        arrays, facts = read_arrays(folder / _FILE_NAME, _KIND)
        classes = unpack_texts(arrays.pop("classes"))
        scaling = Scaling.from_json(facts["scaling"])
        return cls(classes, scaling, **arrays, warping=facts["warping"])


def resampled(values: NDArray[Any], steps: int) -> Floats:
    """A series (T, C) at `steps` evenly spaced times from its first to its last, by straight lines.

    >>> resampled(np.array([[0.0], [2.0]]), 3).tolist()
    [[0.0], [1.0], [2.0]]
    """
    at = np.linspace(0, len(values) - 1, steps)
    before = np.floor(at).astype(int)
    after = np.minimum(before + 1, len(values) - 1)
    share = (at - before)[:, None]
    mixed: Floats = (values[before] * (1 - share) + values[after] * share).astype(np.float32)
    return mixed


def warped_distances(query: NDArray[Any], known: NDArray[Any], band: int) -> NDArray[np.float64]:
    """Dynamic time warping: the least sum of squared distances along a path of matched steps.

    Args:
        query: (R, C).
        known: (N, R, C).
        band: how many steps away from each other matched ones may be; 0 is squared Euclidean
            distance.

    Returns:
        (N,)
    """
    N, R = known.shape[:2]
    best = np.full((R + 1, N), np.inf)  # of paths that end at (r, s): by s + 1, for the last r
    best[0] = 0
    for r in range(R):
        low, high = max(0, r - band), min(R, r + band + 1)
        costs = np.square(known[:, low:high] - query[r], dtype=np.float64).sum(2)
        row = np.full((R + 1, N), np.inf)
        for s in range(low, high):
            before = np.minimum(np.minimum(best[s], best[s + 1]), row[s])
            row[s + 1] = before + costs[:, s - low]
        best = row
    distances: NDArray[np.float64] = best[R]
    return distances
