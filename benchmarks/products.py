"""The three matrix products of a layer's training step beside torch's BLAS: same operands, in turn.

    python benchmarks/products.py [THREADS] [--write]

Prints, for each shape, the median ratio of torch's seconds over ours; 1.00 where ours is torch's
BLAS itself. With --write the table goes into docs/results.md.
"""

import statistics
import sys
import time
from collections.abc import Callable

import torch

from elman.kernels.products import multiply, project
from elman.kernels.transposed import sum_products
from report import publish, use_threads

SHAPES = [  # N rows, I inputs, O = G·H columns
    (400, 200, 200),
    (700, 200, 200),
    (700, 200, 800),
    (700, 300, 1200),
    (700, 650, 650),
    (700, 650, 1950),
    (700, 650, 2600),
    (1600, 64, 256),
    (6400, 256, 1024),
    (16, 128, 512),
    (20, 64, 256),
    (50, 64, 64),
    (50, 64, 256),
    (255, 1, 2400),
    (2500, 128, 128),
    (12800, 8, 256),
    (12800, 64, 256),
]
ROUNDS = 15


def ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    """Median over rounds of the seconds of `theirs` over those of `ours`."""
    found = []
    for _ in range(ROUNDS + 2):
        marks = [time.perf_counter()]
        for run in (ours, theirs):
            run()
            marks.append(time.perf_counter())
        found.append((marks[2] - marks[1]) / (marks[1] - marks[0]))
    return statistics.median(found[2:])


def row(N: int, I: int, O: int) -> str:
    """One line of the table."""
    x, weight, bias, grad = torch.randn(N, I), torch.randn(O, I), torch.randn(O), torch.randn(N, O)
    ratios = (
        ratio(lambda: project(x, weight, bias), lambda: torch.addmm(bias, x, weight.t())),
        ratio(lambda: multiply(grad, weight), lambda: grad @ weight),
        ratio(lambda: sum_products(grad, x), lambda: grad.t() @ x),
    )
    return f"| {N}, {I}, {O} | " + " | ".join(f"{r:.2f}" for r in ratios) + " |"


def main() -> None:
    """Print the table, or publish it."""
    use_threads()
    torch.manual_seed(0)
    head = ["| N, I, O | W x + b | gradient of x | gradient of W |", "|---|---|---|---|"]
    table = "\n".join([*head, *(row(*shape) for shape in SHAPES)])
    if "--write" in sys.argv:
        publish("Matrix products", table, command="python benchmarks/products.py --write", seed=0)
    else:
        print(table)


if __name__ == "__main__":
    main()
