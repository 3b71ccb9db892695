"""Our recurrent layers beside torch's: the same weights, the same input, one process, in turn.

    python benchmarks/recurrence.py [THREADS] [--precision float64] [--ragged] [--write]

Prints, for each shape and cell, the medians of both sides and the median ratio, forward without
gradients and for a training step (forward and backward, input gradient included), as `elman bench`
measures them, and our share of the peak: the rate of a large matrix product in the same rounds.
Ragged sequences are packed; their lengths are geometric, on average a third of T, and only real
steps count as work. With --write the table goes into docs/results.md.
"""

import argparse

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
SECONDS = 2.0
HEAD = (
    "| cell | T, B, H | forward, ms | torch, ms | torch / ours | of peak "
    "| training, ms | torch, ms | torch / ours | of peak |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def line(sizes: tuple[int, int, int], cell: str, precision: str, ragged: bool) -> str:
    """One line of the table; ~ marks a figure measured while other processes were busy."""
    T, B, H = sizes
    shape, name = bench.Shape(T, B, H, H), f"{T}, {B}, {H}"
    row = bench.measure(name, shape, cell, SECONDS, precision=precision, ragged=ragged)
    cells = [cell, name]
    for figures in (row.forward, row.training):
        cells += [
            f"{figures.ours_ms:.2f}",
            f"{figures.torch_ms:.2f}",
            f"{'~' if figures.noisy else ''}{figures.speedup:.2f}",
            f"{figures.of_peak:.2f}",
        ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure every shape with every cell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("threads", nargs="?", type=int, default=torch.get_num_threads())
    parser.add_argument("--precision", choices=PRECISIONS, default="float32")
    parser.add_argument("--ragged", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    lines = [HEAD]
    print(HEAD)
    for sizes in SHAPES:
        for cell in bench.CELLS:
            lines.append(line(sizes, cell, given.precision, given.ragged))
            print(lines[-1], flush=True)
    if given.write:
        other = given.precision != "float32"
        named = [given.precision] * other + ["ragged"] * given.ragged
        flags = [f"--precision {given.precision}"] * other + ["--ragged"] * given.ragged
        publish(
            ", ".join(["Recurrent layers", *named, counted(given.threads, "thread")]),
            "\n".join(lines),
            command=" ".join(["python benchmarks/recurrence.py", f"{given.threads}", *flags])
            + " --write",
            seed=0,
        )


if __name__ == "__main__":
    main()
