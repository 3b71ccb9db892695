"""Our recurrent layers beside torch's: the same weights, the same input, one process, in turn.

    python benchmarks/recurrence.py [THREADS] [--write]

Prints, for each shape and cell, the medians of both sides and the median ratio, forward without
gradients and for a training step (forward and backward, input gradient included), as `elman bench`
measures them. With --write the table goes into docs/results.md.
"""

import sys

import torch

from elman import bench
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


def line(T: int, B: int, H: int, cell: str) -> str:
    """One line of the table."""
    sizes = f"{T}, {B}, {H}"
    row = bench.measure(sizes, bench.Shape(T, B, H, H), cell, SECONDS)
    cells = [cell, sizes]
    for figures in (row.forward, row.training):
        cells += [f"{figures.ours_ms:.2f}", f"{figures.torch_ms:.2f}", f"{figures.speedup:.2f}"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure every shape with every cell."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    torch.set_num_threads(numbers[0] if numbers else torch.get_num_threads())
    threads = torch.get_num_threads()
    lines = [
        "| cell | T, B, H | forward, ms | torch, ms | torch / ours "
        "| training, ms | torch, ms | torch / ours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for shape in SHAPES:
        for cell in bench.CELLS:
            lines.append(line(*shape, cell))
            print(lines[-1], flush=True)
    if "--write" in sys.argv:
        command = f"python benchmarks/recurrence.py {threads} --write"
        publish(f"Recurrent layers, {threads} threads", "\n".join(lines), command=command, seed=0)


if __name__ == "__main__":
    main()
