"""What each network of `classification.py` learns from and is tested on, as files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from elman.data import datasets
from elman.data.datasets.readers.arrays import npz_of
from elman.data.labelled import Labelled
from elman.data.series import read_series

__all__ = ["KEPT", "OFFICIAL", "Cut", "cuts", "write"]

KEPT = Path("runs/benchmark-classification")
OFFICIAL = ("japanese-vowels", "basic-motions")
ERAS, SENTENCES = 6, 5


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
    files = datasets.fetch(part)
    if part in OFFICIAL:
        yield Cut("official", [files.train, files.validation], files.validation, files.test)
        return
    series = list(read_series([files.train, files.validation, files.test]))
    groups = sorted({one.group for one in series}, key=lambda name: int(name.split()[-1]))
    size = 2 if part == "wrist-motion" else 1
    held = [groups[at : at + size] for at in range(0, len(groups), size)]
    for number, tested in enumerate(held):
        following = held[(number + 1) % len(held)]
        named = f"{part}-{number}"
        rest = [one for one in series if one.group not in (*tested, *following)]
        chooses = write(f"{named}-validation", [s for s in series if s.group in following])
        yield Cut(
            f"without-{'-'.join(tested).replace(' ', '')}",
            [write(f"{named}-train", rest), chooses],
            chooses,
            write(f"{named}-test", [one for one in series if one.group in tested]),
        )


def write(name: str, series: list[Labelled[Any]]) -> Path:
    """Series in a file of their own, unless it is there."""
    path = KEPT / "data" / f"{name}.npz"
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
    files = datasets.fetch("sotu")
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
