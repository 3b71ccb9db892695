"""What options are worth within the training part: how those of `classification.py` were chosen.

    python benchmarks/classification_options.py japanese-vowels '{"noise": 0.3}' '{"noise": 0.5}'

What the first network of a set learns from is cut into stratified folds (the watch's by subject);
networks learn from all but one and are asked for that one. Printed are accuracy and cross entropy
over all examples so held out: the latter tells apart what accuracy on few examples cannot. What the
first network is tested on is never read. Texts have enough to hold out: the validation part takes
the place of the folds.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import elman
from classification_data import KEPT, cuts, write
from elman.data.datasets.readers.folds import stratified
from elman.data.labelled import Labelled
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.classification.corpus import read_all

FOLDS = 5
PARTS_READ = 3  # folds held out in turn, of the five: enough to choose by


def folds(part: str) -> list[tuple[Path, Path]]:
    """Files to learn from, and files to ask for."""
    cut = next(iter(cuts(part)))
    if part == "sotu-eras":
        return [(cut.learn[0], cut.validation)]
    series: list[Labelled[Any]] = read_all(cut.learn, ClassificationConfig())
    groups = part == "wrist-motion"
    names = sorted({one.group for one in series})
    number = (
        [names.index(one.group) % FOLDS for one in series]
        if groups
        else [fold % FOLDS for fold in stratified([one.label for one in series])]
    )
    return [
        (
            write(
                f"{part}-options-{k}-learn",
                [s for s, n in zip(series, number, strict=True) if n != k],
            ),
            write(
                f"{part}-options-{k}-ask",
                [s for s, n in zip(series, number, strict=True) if n == k],
            ),
        )
        for k in range(PARTS_READ)
    ]


def worth(learn: Path, ask: Path, options: dict[str, Any]) -> tuple[list[bool], list[float]]:
    """Whether each example held out was right, and its cross entropy in nats."""
    model = elman.Classifier(**options, baselines=False).fit(learn, validation=learn)
    asked = read_all([ask], model)
    shares = model.predict_proba([one.content for one in asked])
    said = [model.classes[best] for best in shares.argmax(1)]
    right = [guess == one.label for guess, one in zip(said, asked, strict=True)]
    of_true = [shares[row, model.classes.index(one.label)] for row, one in enumerate(asked)]
    return right, (-np.log(of_true)).tolist()


def main() -> None:
    """A line for each of the options given."""
    part, *given = sys.argv[1:]
    KEPT.mkdir(parents=True, exist_ok=True)
    for text in given or ["{}"]:
        start = time.process_time()
        found = [worth(*pair, json.loads(text)) for pair in folds(part)]
        right = [one for each, _ in found for one in each]
        nats = [one for _, each in found for one in each]
        print(
            f"{part} {text}: accuracy {100 * np.mean(right):.2f} %, cross entropy "
            f"{np.mean(nats):.4f} nats over {len(right):,}, {time.process_time() - start:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
