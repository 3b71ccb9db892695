"""`elman bench`: how fast the recurrent layers are on this machine."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Annotated, Any

import tyro

from elman.checks import check_choice, check_range
from elman.choices import PRECISIONS
from elman.fields import MOST_THREADS

__all__ = ["Bench"]


@dataclass(kw_only=True)
class Bench:
    """Time our recurrent layers beside torch's on this machine, and beside its peak."""

    shapes: tuple[str, ...] = ()
    """Shapes by name, such as ptb-medium; 'all' for every one. Left out: the six quick ones."""

    cells: Annotated[tuple[str, ...], tyro.conf.arg(metavar="elman|gru|lstm")] = (
        "elman",
        "gru",
        "lstm",
    )
    """Cells to time."""

    threads: int = 0
    """Threads; 0 leaves torch's own choice."""

    seconds: float = 1.0
    """For each figure, unless a few rounds take longer."""

    precision: str = "float32"
    """float32 or float64, of the layers and of the peak."""

    ragged: bool = False
    """Read packed sequences of many lengths, on average a third of T; only real steps are work."""

    json: bool = False
    """Print one JSON object instead."""

    def run(self) -> int:
        """Print the table, line by line as it is measured."""
        import torch

        from elman import bench

        shapes = self._checked(bench.SHAPES, bench.QUICK, bench.CELLS)
        if self.threads:
            torch.set_num_threads(self.threads)
        if not self.json:
            print(bench.header())
        rows = []
        for name in shapes:
            if not self.json:
                print(bench.title(name, bench.SHAPES[name]), flush=True)
            for cell in self.cells:
                row = bench.measure(
                    name,
                    bench.SHAPES[name],
                    cell,
                    self.seconds,
                    precision=self.precision,
                    ragged=self.ragged,
                )
                rows.append(row)
                if not self.json:
                    print(bench.line(row), flush=True)
        threads = torch.get_num_threads()
        if self.json:
            options = {"threads": threads, "precision": self.precision, "ragged": self.ragged}
            print(json.dumps({**options, "rows": list(map(_plain, rows))}, indent=2))
        else:
            print(f"\n{bench.summary(rows, threads)}")
        return 0

    def _checked(
        self, known: dict[str, Any], quick: tuple[str, ...], cells: dict[str, Any]
    ) -> tuple[str, ...]:
        """The names of the shapes to measure, once all options are found to be right."""
        check_range("elman bench", "threads", self.threads, at_least=0, at_most=MOST_THREADS)
        check_range("elman bench", "seconds", self.seconds, above=0, at_most=3600)
        check_choice("elman bench", "precision", self.precision, PRECISIONS)
        for cell in self.cells:
            check_choice("elman bench", "cells", cell, tuple(cells))
        for name in self.shapes:
            check_choice("elman bench", "shapes", name, ("all", *known))
        return tuple(known) if "all" in self.shapes else self.shapes or quick


def _plain(row: Any) -> dict[str, Any]:
    return dataclasses.asdict(row) | {"shape": row.shape._asdict()}
