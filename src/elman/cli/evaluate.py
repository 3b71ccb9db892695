"""`elman evaluate`: what a model is worth on data, beside its baselines."""

import json
import os
import sys
from dataclasses import dataclass
from typing import Annotated

import tyro
from rich.console import Console
from rich.table import Table
from rich.text import Text

from elman.checks import check_choice
from elman.choices import MEMORY
from elman.cli.runs import choose_run, require_words
from elman.data import datasets
from elman.runs.history import strict
from elman.tasks.scores import Scores
from elman.wording import figure

__all__ = ["Evaluate"]


@dataclass(kw_only=True)
class Evaluate:
    """Score a model on data, beside its baselines, with its memory or without.

    RUN is a run folder; left out, the latest under runs/. DATA is what the run's task reads: a
    file, several, a folder, or the name of a data set, of which the test part is taken.
    """

    words: Annotated[
        tuple[str, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="[RUN] DATA", help_behavior_hint=""),
    ] = ()
    """The run, and the data to score it on."""
    memory: Annotated[str, tyro.conf.arg(metavar="on|off")] = "on"
    """off wipes the memory before each step, and shows both scores."""
    json: bool = False
    """Print one JSON object instead."""

    def run(self) -> int:
        """Score, and print the scores."""
        check_choice("elman evaluate", "--memory", self.memory, MEMORY)
        path, words = choose_run(self.words)
        data = require_words(words, "elman evaluate", "DATA")
        import elman

        model = elman.load(path)
        scores = model.score(data, memory=self.memory)
        whole = model.score(data) if self.memory == "off" else scores
        if scores.warning:
            print(f"elman evaluate: {scores.warning}", file=sys.stderr)
        if self.json:
            print(json.dumps(strict(scores.to_json()), ensure_ascii=False))
            return 0
        console = Console(highlight=False)
        console.print(Text(f"{path} on {' '.join(map(_part, data))}"), soft_wrap=True)
        console.print(Text(scores.protocol, style="dim"), soft_wrap=True)
        columns = {"memory off": scores, "memory on": whole}
        console.print(_table(columns if self.memory == "off" else {path.name: scores}))
        for detail in scores.details:
            console.print()
            console.print(detail.table())
        return 0


def _part(word: str) -> str:
    """Data as it was named, and which part of it is meant where a data set has several."""
    whole = word in datasets.DATASETS and not os.path.exists(word)
    return f"{word} (test part)" if whole else word


def _table(columns: dict[str, Scores]) -> Table:
    """A line for each figure, a column for each way of scoring, and one for each baseline."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    first = next(iter(columns.values()))
    table.add_column("")
    for title in columns:
        table.add_column(Text(title), justify="right")
    baselines = list(dict.fromkeys(name for score in first for name in score.baselines))
    for name in baselines:
        table.add_column(Text(name), justify="right")
    for score in first:
        values = [scores[score.name].value for scores in columns.values()]
        values += [score.baselines[name] for name in baselines if name in score.baselines]
        table.add_row(Text(score.name), *(figure(value, 2) for value in values))
    return table
