"""Our recurrent layers beside torch's: the same weights, the same input, one process, in turn.

    python benchmarks/recurrence.py [THREADS] [--all] [--precision float64] [--ragged] [--write]

Prints, for each shape and cell, the medians of both sides and the median ratio, forward without
gradients and for a training step (forward and backward, input gradient included), as `elman bench`
measures them, and our share of the peak: the rate of a large matrix product in the same rounds, by
torch's BLAS or oneDNN, whichever our layers use. Ragged sequences are packed; their lengths are
geometric, on average a third of T, and only real steps count as work. With --write the table goes
into docs/results.md.
"""

import argparse
import statistics

import torch

from elman import bench
from elman.choices import PRECISIONS
from elman.wording import counted
from report import publish

SHAPES = [  # T steps, B sequences, H units, as many inputs as units
    (50, 1, 64),
    (35, 20, 200),
    (35, 20, 650),
    (50, 32, 128),
    (100, 64, 256),
    (200, 128, 64),
]
MORE = [(1000, 1, 128), (512, 16, 512), (25, 16, 1760)]
SECONDS = 2.0
HEAD = (
    "| cell | T, B, H | forward, ms | torch, ms | torch / ours | of peak "
    "| training, ms | torch, ms | torch / ours | of peak |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def shapes(everything: bool) -> dict[str, bench.Shape]:
    """What is measured, by name: our six, or those, more, and all that `elman bench` knows."""
    sizes = SHAPES + MORE if everything else SHAPES
    ours = {f"{T}, {B}, {H}": bench.Shape(T, B, H, H) for T, B, H in sizes}
    named = {
        f"{name}: {s.steps}, {s.batch}, {s.units}"
        + (f", I {s.inputs}" if s.inputs != s.units else ""): s
        for name, s in bench.SHAPES.items()
        if f"{s.steps}, {s.batch}, {s.units}" not in ours or s.inputs != s.units
    }
    return ours | named if everything else ours


def line(row: bench.Row) -> str:
    """One line of the table; ~ marks a figure measured while other processes were busy."""
    cells = [row.cell, row.name]
    for figures in (row.forward, row.training):
        cells += [
            f"{figures.ours_ms:.2f}",
            f"{figures.torch_ms:.2f}",
            f"{'~' if figures.noisy else ''}{figures.speedup:.2f}",
            f"{figures.of_peak:.2f}",
        ]
    return f"| {' | '.join(cells)} |"


def means(rows: list[bench.Row]) -> str:
    """Of each cell, where more than one sequence is read: how far ahead of torch, at worst too.

    At the peak, all of a pass would run at the rate of the large product: none can be further
    ahead.
    """
    kinds = ("forward", "training")
    heads = [f"{kind}, geometric mean | worst | at the peak | of peak, median" for kind in kinds]
    lines = [f"| more than one sequence | {' | '.join(heads)} |", "|---" * 9 + "|"]
    for cell in bench.CELLS:
        many = [row for row in rows if row.cell == cell and row.shape.batch > 1]
        cells = [cell]
        for kind in kinds:
            found: list[bench.Figures] = [getattr(row, kind) for row in many]
            ahead = [figures.speedup for figures in found]
            at_peak = [figures.speedup / figures.of_peak for figures in found]
            cells += [
                f"{statistics.geometric_mean(ahead):.2f}",
                f"{min(ahead):.2f}",
                f"{statistics.geometric_mean(at_peak):.2f}",
                f"{statistics.median(figures.of_peak for figures in found):.2f}",
            ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure every shape with every cell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("threads", nargs="?", type=int, default=torch.get_num_threads())
    parser.add_argument("--precision", choices=PRECISIONS, default="float32")
    parser.add_argument("--ragged", action="store_true")
    parser.add_argument("--all", action="store_true", help="many more shapes")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    rows = []
    print(HEAD)
    kind = {"precision": given.precision, "ragged": given.ragged}
    for name, shape in shapes(given.all).items():
        for cell in bench.CELLS:
            rows.append(bench.measure(name, shape, cell, SECONDS, **kind))
            print(line(rows[-1]), flush=True)
    summary = means(rows)
    print(f"\n{summary}")
    if given.write:
        other = given.precision != "float32"
        named = [given.precision] * other + ["ragged"] * given.ragged + ["all shapes"] * given.all
        flags = [f"--precision {given.precision}"] * other
        flags += [f"--{flag}" for flag in ("ragged", "all") if getattr(given, flag)]
        publish(
            ", ".join(["Recurrent layers", *named, counted(given.threads, "thread")]),
            "\n".join([HEAD, *map(line, rows), "", summary]),
            command=" ".join(["python benchmarks/recurrence.py", f"{given.threads}", *flags])
            + " --write",
            seed=0,
        )


if __name__ == "__main__":
    main()
