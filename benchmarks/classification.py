"""Classifiers on six data sets beside their baselines: one command a set, resumable.

    python benchmarks/classification.py japanese-vowels      or any other of PARTS
    python benchmarks/classification.py                      all of them, one after the other

Stop it whenever you like: what was measured stands under runs/benchmark-classification, and the
same command goes on. Options were chosen on the validation part alone (fold 1 of those with folds,
which fold 0 tests), never on what is tested. Then the network learns from train and validation
part together, keeps the weights of the epoch that did best on the latter, and is tested once.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, stdev
from typing import Any, NamedTuple

import numpy as np

import elman
from elman.data import datasets
from elman.data.datasets.readers.arrays import npz_of
from elman.data.labelled import Labelled
from elman.data.series import read_series
from report import publish

KEPT = Path("runs/benchmark-classification")
SEEDS = (0, 1, 2)
ERAS, SENTENCES = 6, 5
OPTIONS: dict[str, dict[str, Any]] = {
    "japanese-vowels": {"bidirectional": False, "noise": 0.3, "epochs": 60},
    "basic-motions": {"bidirectional": True, "noise": 0.1, "epochs": 60},
    "spoken-digits": {"bidirectional": True, "noise": 0.2, "epochs": 30},
    "pendigits": {"bidirectional": True, "noise": 0.05, "epochs": 30},
    "wrist-motion": {"bidirectional": True, "noise": 0.1, "epochs": 40},
    "sotu-eras": {"bidirectional": True, "epochs": 8, "dropout": 0.5, "learning_rate": 0.002},
}
PARTS = tuple(OPTIONS)
FLOORS = {
    "japanese-vowels": 98.4,
    "basic-motions": 97.5,
    "spoken-digits": 98.5,
    "pendigits": 99.3,
}


class Cut(NamedTuple):
    """What one network learns from, and what it is tested on."""

    name: str
    learn: list[Path]
    validation: Path
    test: Path


def cuts(part: str) -> Iterator[Cut]:
    """The official split, ten folds, subjects left out two by two, or eras of speeches."""
    if part == "sotu-eras":
        yield eras()
        return
    files = datasets.ensure(part)
    if part in ("japanese-vowels", "basic-motions"):
        yield Cut("official", [files.train, files.validation], files.validation, files.test)
        return
    series = list(read_series([files.train, files.validation, files.test]))
    groups = sorted({one.group for one in series}, key=lambda name: int(name.split()[-1]))
    size = 2 if part == "wrist-motion" else 1
    held = [groups[at : at + size] for at in range(0, len(groups), size)]
    for number, tested in enumerate(held):
        following = held[(number + 1) % len(held)]
        rest = [one for one in series if one.group not in (*tested, *following)]
        yield Cut(
            f"without-{'-'.join(tested).replace(' ', '')}",
            [
                write(part, f"{number}-train", rest),
                write(
                    part, f"{number}-validation", [one for one in series if one.group in following]
                ),
            ],
            KEPT / "data" / f"{part}-{number}-validation.npz",
            write(part, f"{number}-test", [one for one in series if one.group in tested]),
        )


def write(part: str, name: str, series: list[Labelled[Any]]) -> Path:
    """Series in a file of their own."""
    path = KEPT / "data" / f"{part}-{name}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            npz_of(
                [one.content for one in series],
                [one.label for one in series],
                [one.group for one in series],
            )
        )
    return path


def eras() -> Cut:
    """Five sentences of an address, and in which sixth of all addresses, by year, it was given.

    Addresses are dealt out whole: every 10th is test, the next validation; their order is that of
    years, so that an address's place in its part tells its rank among all.
    """
    files = datasets.ensure("sotu")
    parts = {split: getattr(files, split).read_text().split("\n\n") for split in datasets.SPLITS}
    total = sum(map(len, parts.values()))
    taken = dict.fromkeys(parts, 0)
    lines: dict[str, list[str]] = {split: [] for split in parts}
    for number in range(1, total + 1):
        place = number % 10
        split = "test" if place == 0 else "validation" if place == 1 < number else "train"
        sentences = parts[split][taken[split]].strip().split("\n")
        taken[split] += 1
        for at in range(0, len(sentences) - SENTENCES + 1, SENTENCES):
            text = " ".join(sentences[at : at + SENTENCES])
            era = f"era {1 + (number - 1) * ERAS // total}"
            lines[split].append(json.dumps({"text": text, "label": era, "group": f"{number}"}))
    paths = {split: KEPT / "data" / f"sotu-{split}.jsonl" for split in lines}
    for split, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines[split]) + "\n")
    return Cut("speeches", [paths["train"]], paths["validation"], paths["test"])


def measured(part: str, cut: Cut, seed: int) -> dict[str, Any]:
    """The figures of one network, from the disk if they are there."""
    path = KEPT / f"{part}-{cut.name}-{seed}.json"
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text())
        return found
    start = time.perf_counter()
    model = elman.Classifier(seed=seed, **OPTIONS[part])
    model.fit([str(one) for one in cut.learn], validation=str(cut.validation))
    fit_s = time.perf_counter() - start
    scores = model.score(str(cut.test))
    found = {
        "test": sum(map(sum, model.confusion(str(cut.test)).counts)),
        "fit_s": fit_s,
        "parameters": sum(p.numel() for p in model.module.parameters()),
        "scores": {score.name: score.value for score in scores},
        "baselines": dict(scores["accuracy"].baselines),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found))
    print(f"{part} {cut.name} seed {seed}: {found['scores']}, {fit_s:.0f} s", flush=True)
    return found


def over_cuts(found: list[dict[str, Any]], value: Any) -> float:
    """A mean over test examples, whatever cut tested them."""
    return float(np.average([value(one) for one in found], weights=[one["test"] for one in found]))


def row(part: str) -> tuple[str, list[str]]:
    """Measure a part, and write its figures."""
    by_seed = [[measured(part, cut, seed) for cut in cuts(part)] for seed in SEEDS]
    figures = {
        name: [over_cuts(found, lambda one: one["scores"][name]) for found in by_seed]  # noqa: B023
        for name in ("accuracy", "macro F1", "calibration error")
    }
    first = by_seed[0]
    beside = {
        name: over_cuts(first, lambda one: one["baselines"][name])  # noqa: B023
        for name in first[0]["baselines"]
    }
    accuracy = figures["accuracy"]
    floor = FLOORS.get(part)
    return part, [
        f"{len(first)}",
        f"{sum(one['test'] for one in first):,}",
        f"**{mean(accuracy):.2f}** ± {stdev(accuracy):.2f}",
        "" if floor is None else f"{floor:.1f}",
        f"{mean(figures['macro F1']):.2f}",
        f"{mean(figures['calibration error']):.2f}",
        ", ".join(f"{name} {value:.2f}" for name, value in beside.items()) or "–",
        f"{mean(one['fit_s'] for found in by_seed for one in found):.0f}",
    ]


def main() -> None:
    """Measure what is named, and write a section for each."""
    for part in sys.argv[1:] or PARTS:
        _, cells = row(part)
        heads = (
            "networks a seed",
            "test examples",
            "accuracy, %",
            "floor set",
            "macro F1, %",
            "calibration error, %",
            "baselines' accuracy, %",
            "fit, s",
        )
        options = ", ".join(f"{name} {value}" for name, value in OPTIONS[part].items())
        table = [
            f"Mean over {len(SEEDS)} seeds and their standard deviation; options: {options}.",
            "",
            "| " + " | ".join(heads) + " |",
            "|" + "---|" * len(heads),
            "| " + " | ".join(cells) + " |",
        ]
        command = f"python benchmarks/classification.py {part}"
        publish(f"Classification: {part}", "\n".join(table), command=command)


if __name__ == "__main__":
    main()
