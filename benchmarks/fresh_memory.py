"""What it gains a walk that the memory of its results is lent again, not fetched from the system.

    python benchmarks/fresh_memory.py [THREADS] [--write]

The system clears every page before a process may write to it, and a virtual machine may have to
fetch it from its host first. The same walks, forward and back, run in turn with memory that is
fetched each time and with memory that is lent again, as layers have it. A share is the rate of a
walk's own multiplications and additions over that of a large matrix product in the same rounds.
"""

import sys
from itertools import chain
from unittest import mock

import torch
from torch import Tensor

from elman import bench
from elman.bench import CELLS, PEAK_OPERATIONS, large_product
from elman.bench.rounds import Work, interleave
from elman.kernels import native
from elman.kernels.allocation import allocate
from elman.kernels.reference import Scan
from report import publish, shown, use_threads

SHAPES = ("char-rnn", "fastrnns", "speech")
SECONDS = 3.0
HEAD = (
    "| cell | shape | T, B, H | MB, forward | MB, back | forward, fresh | forward, lent "
    "| back, fresh | back, lent |\n|---|---|---|---|---|---|---|---|---|"
)


def with_fresh_memory(work: Work) -> Work:
    """The same work, with memory that is fetched each time."""

    def run() -> None:
        with mock.patch.object(native, "borrow", allocate):
            work()

    return run


def megabytes(work: Work) -> float:
    """What the work borrows."""
    sizes = []

    def borrow(like: Tensor, *shape: int) -> Tensor:
        tensor = allocate(like, *shape)
        sizes.append(tensor.nbytes)
        return tensor

    with mock.patch.object(native, "borrow", borrow):
        work()
    return sum(sizes) / 2**20


def walks(name: str, cell: str) -> tuple[Work, Work]:
    """A layer's walk forward and its walk back."""
    T, B, I, H = bench.SHAPES[name]
    torch.manual_seed(0)
    weights = tuple(weight.detach() for weight in CELLS[cell][0](I, H).parameters())
    states = (torch.zeros(B, H), torch.zeros(B, H) if cell == "lstm" else None)
    scan = Scan(cell, (B,) * T, "tanh", False, None)
    x, gradient = torch.randn(T, B, I), torch.ones(T * B, H)
    result = native.read(scan, x, weights, *states)
    return (
        lambda: native.read(scan, x, weights, *states),
        lambda: native.backward(scan, weights[1], result, gradient),
    )


def line(name: str, cell: str) -> str:
    """One row of the table."""
    shape, gates = bench.SHAPES[name], CELLS[cell][2]
    forward, back = walks(name, cell)
    works = [large_product(torch.float32)]
    for walk in (forward, back):
        works += [with_fresh_memory(walk), walk]
    rounds = interleave(works, SECONDS)
    whole = shape.operations(gates)
    recurrent = shape._replace(inputs=0).operations(gates)
    shares = [
        f"{rounds.ratio(0, i) * operations / PEAK_OPERATIONS:.2f}"
        for i, operations in enumerate((whole, whole, recurrent, recurrent), 1)
    ]
    mark = "~" if rounds.noisy else ""
    sizes = [f"{megabytes(walk):.0f}" for walk in (forward, back)]
    cells = [cell, name, f"{shape.steps}, {shape.batch}, {shape.units}", *sizes, *shares]
    return f"| {' | '.join(cells)}{mark} |"


def main() -> None:
    """Measure every shape with every cell."""
    threads = use_threads()
    table = shown(chain([HEAD], (line(name, cell) for cell in CELLS for name in SHAPES)))
    if "--write" in sys.argv:
        command = f"python benchmarks/fresh_memory.py {threads} --write"
        publish("Fresh memory", table, command=command, seed=0)


if __name__ == "__main__":
    main()
