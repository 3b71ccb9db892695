"""Classifiers on six data sets beside their baselines: one command a set, resumable.

    python benchmarks/classification.py japanese-vowels      or any other of PARTS
    python benchmarks/classification.py                      all of them, one after the other

Stop it whenever you like: what was measured stands under runs/benchmark-classification, and the
same command goes on. A section is written once every network of a set is measured.

Protocol: pooling, direction, dropout and noise were chosen on the training part of Japanese vowels,
cut into folds (`classification_options.py`), and carried over to the other series; its shift, its
128 units, its epochs and its five members were found later, on folds that hold out what came last,
and what the watch has of its own, but for the members, on folds of other wearers. Pen strokes have
eight points, too few to drop any or to blur as much: their own folds say so. What else is set keeps
a network to seconds on one core. On series the network learns from train and validation part
together and keeps the weights of the epoch with the lowest loss on the latter, which it has learned
from too, so that this is as good as the last. On texts it learns from the train part, and the
validation part chooses the epoch and told that five members are better than one. No figure of the
tested part chose anything, though some sets were tested again, with options that their folds had
told later. Baselines are fitted once on the same examples.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from statistics import mean, stdev
from typing import Any

import numpy as np

import elman
from classification_data import KEPT, OFFICIAL, Cut, cuts
from elman.tasks.classification.baselines import Baselines
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.classification.corpus import Example, read_all
from report import publish

SEEDS = (0, 1, 2)
SERIES = {
    "bidirectional": True,
    "pooling": "statistics",
    "pool_input": False,  # came last, and gained the vowels and the watch nothing on folds
    "hidden_size": 64,
    "noise": 0.3,
}
OPTIONS: dict[str, dict[str, Any]] = {
    "japanese-vowels": {
        **SERIES,
        "hidden_size": 128,
        "shift": 0.5,
        "batch_size": 16,
        "epochs": 100,
        "members": 5,
    },
    "basic-motions": {**SERIES, "batch_size": 8, "epochs": 30},
    "spoken-digits": {**SERIES, "batch_size": 64, "epochs": 7, "learning_rate": 0.01},
    "pendigits": {
        **SERIES,
        "noise": 0.05,
        "dropout": 0.0,
        "batch_size": 128,
        "epochs": 12,
        "learning_rate": 0.01,
    },
    "wrist-motion": {
        **SERIES,
        "hidden_size": 48,
        "dropout": 0.0,
        "noise": 0.15,
        "shift": 0.25,
        "batch_size": 8,
        "epochs": 40,
        "learning_rate": 0.01,
        "members": 5,
    },
    "sotu-eras": {
        "hidden_size": 64,
        "epochs": 5,
        "learning_rate": 0.01,
        "dropout": 0.5,
        "members": 5,
    },
}
PARTS = tuple(OPTIONS)
FLOORS = {
    "japanese-vowels": 98.4,
    "basic-motions": 97.5,
    "spoken-digits": 98.5,
    "pendigits": 99.3,
}
HEADS = (
    "networks a seed",
    "test examples",
    "accuracy, %",
    "floor set",
    "macro F1, %",
    "calibration error, %",
    "baselines' accuracy, %",
    "fit, s",
)

Found = dict[str, Any]


def kept(name: str, options: Found, measure: Callable[[], Found]) -> Found:
    """What was measured under these options, from the disk if it is there."""
    path = KEPT / f"{name}.json"
    if path.exists():
        before: Found = json.loads(path.read_text())
        if before.get("options") == options:
            return before
    found = {"options": options, **measure()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found))
    print(f"{name}: {found}", flush=True)
    return found


def network(cut: Cut, options: Found) -> Found:
    """The figures of one network."""
    start = time.perf_counter()
    model = elman.Classifier(**options, baselines=False)
    model.fit([str(one) for one in cut.learn], validation=str(cut.validation))
    fit_s = time.perf_counter() - start
    scores = {score.name: score.value for score in model.score(str(cut.test))}
    parameters = sum(p.numel() for p in model.module.parameters())
    test = read_all([cut.test], model)
    said = [found.label for found in model.predict([one.content for one in test])]
    return {
        "scores": scores,
        "fit_s": fit_s,
        "parameters": parameters,
        "wrong": wrong(said, test),
    }


def wrong(said: Sequence[str], test: Sequence[Example]) -> list[int]:
    """Which examples are taken for what they are not."""
    return [row for row, one in enumerate(test) if said[row] != one.label]


def simpler(cut: Cut) -> Found:
    """The accuracy of each baseline, and how many examples tell it."""
    fields = ClassificationConfig()
    known, test = read_all(cut.learn, fields), read_all([cut.test], fields)
    said = Baselines.fit(known).predict(test)
    labels = np.array([one.label for one in test])
    accuracies = {
        name: 100 * float((np.array(each) == labels).mean()) for name, each in said.items()
    }
    misses = {name: wrong(each, test) for name, each in said.items()}
    return {"test": len(test), "accuracies": accuracies, "wrong": misses}


def shared(part: str) -> str:
    """Of a single test part: how many examples no seed and no baseline gets right, in words."""
    (cut,) = cuts(part)
    paths = [KEPT / f"{part}-{cut.name}-{seed}.json" for seed in SEEDS]
    found = [set(json.loads(path.read_text())["wrong"]) for path in paths]
    beside = json.loads((KEPT / f"{part}-{cut.name}-baselines.json").read_text())["wrong"]
    always = set.intersection(*found)
    but = ", ".join(f"{name} {len(always & set(rows))}" for name, rows in beside.items())
    return (
        f"Examples that are wrong: {', '.join(str(len(each)) for each in found)}, seed by seed; "
        f"by all seeds {len(always)}, by any {len(set.union(*found))}. Of those that all seeds get "
        f"wrong, the baselines get wrong, too: {but}."
    )


def row(part: str) -> list[str]:
    """Measure a part; its figures, each a mean over all test examples, whatever cut tested them."""
    every = list(cuts(part))
    beside = [kept(f"{part}-{cut.name}-baselines", {}, lambda: simpler(cut)) for cut in every]  # noqa: B023
    tested = [one["test"] for one in beside]
    figures: dict[str, list[float]] = {"accuracy": [], "macro F1": [], "calibration error": []}
    seconds: list[float] = []
    for seed in SEEDS:
        options = {**OPTIONS[part], "seed": seed}
        found = [
            kept(f"{part}-{cut.name}-{seed}", options, lambda: network(cut, options))  # noqa: B023
            for cut in every
        ]
        seconds += [one["fit_s"] for one in found]
        for name, values in figures.items():
            values.append(np.average([one["scores"][name] for one in found], weights=tested))
    names = beside[0]["accuracies"]
    averages = {
        name: np.average([one["accuracies"][name] for one in beside], weights=tested)
        for name in names
    }
    accuracy = figures["accuracy"]
    return [
        f"{len(every)}",
        f"{sum(tested):,}",
        f"**{mean(accuracy):.2f}** ± {stdev(accuracy):.2f}",
        f"{FLOORS[part]:.1f}" if part in FLOORS else "–",
        f"{mean(figures['macro F1']):.2f}",
        f"{mean(figures['calibration error']):.2f}",
        ", ".join(f"{name} {value:.2f}" for name, value in averages.items()),
        f"{mean(seconds):.0f}",
    ]


def main() -> None:
    """Measure what is named, and write a section for each."""
    for part in sys.argv[1:] or PARTS:
        options = ", ".join(f"{name} {value}" for name, value in OPTIONS[part].items())
        table = [
            f"Mean over {len(SEEDS)} seeds and their standard deviation; options: "
            f"{options or 'all as they are without flags'}.",
            "",
            f"| {' | '.join(HEADS)} |",
            "|" + "---|" * len(HEADS),
            f"| {' | '.join(row(part))} |",
        ]
        if part in OFFICIAL:
            table += ["", shared(part)]
        command = f"python benchmarks/classification.py {part}"
        publish(f"Classification: {part}", "\n".join(table), command=command)


if __name__ == "__main__":
    main()
