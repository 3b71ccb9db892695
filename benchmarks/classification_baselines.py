"""What a network must beat on labelled series: accuracy on the test split, and what it costs.

    python benchmarks/classification_baselines.py

Each is fitted on train and validation together, since it has nothing to choose on the latter; so
on JapaneseVowels and BasicMotions this is the official split. On pendigits and spoken-digits the
test split is one fold of ten. Seconds are the processor's.
"""

import time
from collections.abc import Callable
from typing import Any

from elman.baselines.nearest_neighbour import NearestNeighbour
from elman.baselines.summary_statistics import SummaryStatistics
from elman.data import datasets
from elman.data.labelled import Labelled
from elman.data.series import Series, read_series
from report import publish

NAMES = ("japanese-vowels", "spoken-digits", "pendigits", "basic-motions", "wrist-motion")


def euclidean(examples: list[Labelled[Series]]) -> NearestNeighbour:
    """The nearest neighbour without warping."""
    return NearestNeighbour.fit(examples, warping=False)


KINDS: tuple[Callable[[list[Labelled[Series]]], Any], ...] = (
    SummaryStatistics.fit,
    euclidean,
    NearestNeighbour.fit,
)


def table() -> str:
    """A row for each data set and model."""
    lines = [
        "| data | fitted on | test | model | accuracy | fit, s | predict, s |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in NAMES:
        files = datasets.fetch(name)
        known = list(read_series([files.train, files.validation]))
        test = list(read_series([files.test]))
        for fit in KINDS:
            started = time.process_time()
            model = fit(known)
            fitted = time.process_time()
            found = model.predict([one.content for one in test])
            done = time.process_time()
            right = sum(guess == one.label for guess, one in zip(found, test, strict=True))
            cells = (
                *(name, f"{len(known):,}", f"{len(test):,}", model.name),
                *(f"{right / len(test):.2%}", f"{fitted - started:.1f}", f"{done - fitted:.1f}"),
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    publish(
        "Statistical classifiers of series",
        table(),
        command="python benchmarks/classification_baselines.py",
    )
