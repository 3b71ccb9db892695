"""What it costs a long walk that the memory of its results comes fresh from the system.

    python benchmarks/fresh_memory.py [THREADS] [--write]

The system clears every page before a process may write to it, and a virtual machine may have to
fetch it from its host first. The same walks, forward and back, run in turn into memory that is
fetched anew each time, as a layer has it, and into memory that stays. A share is the rate of a
walk's own multiplications and additions over that of a large matrix product in the same rounds.
"""

import sys
from unittest import mock

import torch
from torch import Tensor

from elman import bench
from elman.bench import CELLS, PEAK_OPERATIONS, large_product
from elman.bench.rounds import Work, interleave
from elman.kernels import native
from elman.kernels.allocation import allocate
from elman.kernels.reference import Scan
from report import publish

SHAPES = ("ptb-medium", "fastrnns", "speech")
SECONDS = 5.0
HEAD = (
    "| cell | shape | T, B, H | MB, forward | MB, back | forward, fresh | forward, kept "
    "| back, fresh | back, kept |\n|---|---|---|---|---|---|---|---|---|"
)


class Kept:
    """Memory that stays: each call of `work` is given what the one before it wrote to."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._tensors: list[Tensor] = []
        self._given = 0

    def __call__(self) -> None:
        """Run the work."""
        self._given = 0
        with mock.patch.object(native, "allocate", self._allocate):
            self._work()

    @property
    def megabytes(self) -> float:
        """How much it is."""
        return sum(tensor.nbytes for tensor in self._tensors) / 2**20

    def _allocate(self, like: Tensor, *shape: int) -> Tensor:
        if self._given == len(self._tensors):
            self._tensors.append(allocate(like, *shape))
        self._given += 1
        return self._tensors[self._given - 1]


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
    kept = Kept(forward), Kept(back)
    works = [large_product(torch.float32), forward, kept[0], back, kept[1]]
    rounds = interleave(works, SECONDS)
    whole = shape.operations(gates)
    recurrent = shape._replace(inputs=0).operations(gates)
    shares = [
        f"{rounds.ratio(0, i) * operations / PEAK_OPERATIONS:.2f}"
        for i, operations in enumerate((whole, whole, recurrent, recurrent), 1)
    ]
    mark = "~" if rounds.noisy else ""
    sizes = [f"{each.megabytes:.0f}" for each in kept]
    cells = [cell, name, f"{shape.steps}, {shape.batch}, {shape.units}", *sizes, *shares]
    return f"| {' | '.join(cells)}{mark} |"


def main() -> None:
    """Measure every shape with every cell."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    torch.set_num_threads(numbers[0] if numbers else torch.get_num_threads())
    lines = [HEAD]
    print(HEAD)
    for cell in CELLS:
        for name in SHAPES:
            lines.append(line(name, cell))
            print(lines[-1], flush=True)
    if "--write" in sys.argv:
        command = f"python benchmarks/fresh_memory.py {torch.get_num_threads()} --write"
        publish("Fresh memory", "\n".join(lines), command=command, seed=0)


if __name__ == "__main__":
    main()
