"""What options are worth within the training part: how those of `classification.py` were chosen.

    python benchmarks/classification_options.py japanese-vowels '{"noise": 0.3}' '{"noise": 0.5}'

What the first network of a set learns from is cut into stratified folds (the watch's by subject);
networks learn from all but one and are asked for that one. The vowels are tested on what speakers
said later, so the first and the last third of what each said are held out in turn: folds by chance
make half as many errors, and choose otherwise. Printed are accuracy and cross entropy over all
examples so held out: the latter tells apart what accuracy on few examples cannot. What the first
network is tested on is never read. Texts have enough to hold out: the validation part takes the
place of the folds.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import elman
from classification_data import KEPT, cuts, write
from elman.data.datasets.readers.folds import stratified
from elman.data.labelled import Labelled
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.classification.corpus import read_all

FOLDS = 5
HELD_OUT = 3  # of the five, in turn: enough to choose by


class Fold(NamedTuple):
    """What a network learns from, what chooses its epoch, and what it is asked for."""

    learn: Path
    validation: Path
    ask: Path


def folds(part: str) -> list[Fold]:
    """The folds that are held out in turn."""
    cut = next(iter(cuts(part)))
    if part == "sotu-eras":
        return [Fold(cut.learn[0], cut.validation, cut.validation)]
    series = read_all(cut.learn, ClassificationConfig())
    held_out: Iterable[int] = range(HELD_OUT)
    if part == "japanese-vowels":
        numbers, held_out = _thirds([one.label for one in series]), (0, 2)
    elif part == "wrist-motion":
        subjects = sorted({one.group for one in series})
        numbers = [subjects.index(one.group) % FOLDS for one in series]
    else:
        numbers = [fold % FOLDS for fold in stratified([one.label for one in series])]
    return [_fold(f"{part}-options-{held}", held, series, numbers) for held in held_out]


def _thirds(labels: Sequence[str]) -> list[int]:
    """Of each example, whether it stands in the first, second or last third of its class."""
    counts, seen = Counter(labels), Counter[str]()
    thirds = []
    for label in labels:
        thirds.append(3 * seen[label] // counts[label])
        seen[label] += 1
    return thirds


def _fold(name: str, held: int, series: list[Labelled[Any]], numbers: list[int]) -> Fold:
    """One fold held out of some series, whose folds are numbered."""
    each = list(zip(series, numbers, strict=True))
    learn = write(f"{name}-learn", [one for one, number in each if number != held])
    return Fold(learn, learn, write(f"{name}-ask", [one for one, number in each if number == held]))


def worth(fold: Fold, options: dict[str, Any]) -> tuple[list[bool], list[float]]:
    """Whether each example held out was right, and its cross entropy in nats."""
    model = elman.Classifier(**options, baselines=False).fit(fold.learn, validation=fold.validation)
    asked = read_all([fold.ask], model)
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
        found = [worth(fold, json.loads(text)) for fold in folds(part)]
        right = [one for each, _ in found for one in each]
        nats = [one for _, each in found for one in each]
        print(
            f"{part} {text}: accuracy {100 * np.mean(right):.2f} %, cross entropy "
            f"{np.mean(nats):.4f} nats over {len(right):,}, {time.process_time() - start:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
