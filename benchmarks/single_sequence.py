"""What training on one sequence at a time spends its time on, in microseconds.

    python benchmarks/single_sequence.py [--write]

A step is a call of the layer, a sum, and backward; one thread, and the input needs no gradient.
Beside it stand what it is made of, each called alone: torch's autograd around a function of as many
tensors that computes nothing, the core's walks forward and back, and the products that make the
gradients of the weights. What is left over is Python: our layer's checks, and torch's small
operators that make and view tensors.
"""

import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from elman import bench
from elman.bench.rounds import Work, interleave
from elman.kernels import native
from elman.kernels.reference import Scan
from report import publish

UNITS = 64
STEPS = (50, 200)
SECONDS = 3.0
HEAD = (
    "| cell | T, B, H | whole step, ours | autograd alone | walks | products | Python and the rest "
    "| torch's whole step | torch / ours | torch / ours without Python |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


class Nothing(torch.autograd.Function):
    """A node of autograd's graph that takes what a walk takes, and computes nothing."""

    @staticmethod
    def forward(ctx: Any, *inputs: Tensor) -> Tensor:
        """Room for an output."""
        ctx.save_for_backward(*inputs)
        return torch.empty_like(inputs[0])

    @staticmethod
    def backward(ctx: Any, *_: Tensor) -> tuple[Tensor | None, ...]:
        """Room for gradients."""
        return None, *map(torch.empty_like, ctx.saved_tensors[1:])


def step_of(call: Callable[[Tensor], Tensor], layer: torch.nn.Module, x: Tensor) -> Work:
    """A training step without an optimiser."""

    def step() -> None:
        call(x).sum().backward()
        for parameter in layer.parameters():
            parameter.grad = None

    return step


def pieces(cell: str, ours: torch.nn.RNNBase, x: Tensor) -> tuple[Work, Work, Work]:
    """Autograd around nothing, both walks, and the products of the weights' gradients."""
    weights = tuple(ours.parameters())
    plain = tuple(weight.detach() for weight in weights)
    states = (torch.zeros(1, UNITS), torch.zeros(1, UNITS) if cell == "lstm" else None)
    scan = Scan(cell, (1,) * len(x), "tanh", False, None)
    result, ones = native.read(scan, x, plain, *states), torch.ones(len(x), UNITS)
    back = native.backward(scan, plain[1], result, ones)

    def walks() -> None:
        native.backward(scan, plain[1], native.read(scan, x, plain, *states), ones)

    def products() -> None:
        back.weight(result.previous)
        back.input_weight(x.view(len(x), -1))
        back.bias()

    return step_of(lambda x: Nothing.apply(x, *weights), ours, x), walks, products


def line(cell: str, steps: int) -> str:
    """One row of the table."""
    torch.manual_seed(0)
    ours_of, torch_of, _ = bench.CELLS[cell]
    ours, theirs = ours_of(UNITS, UNITS), torch_of(UNITS, UNITS)
    x = torch.randn(steps, 1, UNITS)
    whole = [step_of(lambda x, layer=layer: layer(x)[0], layer, x) for layer in (ours, theirs)]
    rounds = interleave([*whole, *pieces(cell, ours, x)], SECONDS)
    ours_us, torch_us, *parts_us = (1e6 * rounds.median(i) for i in range(5))
    rest_us = ours_us - sum(parts_us)
    mark = "~" if rounds.noisy else ""
    shown = [ours_us, *parts_us, rest_us, torch_us]
    ratios = [mark + f"{rounds.ratio(1, 0):.2f}", f"{torch_us / sum(parts_us):.2f}"]
    cells = [cell, f"{steps}, 1, {UNITS}", *(f"{us:.0f}" for us in shown), *ratios]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure every cell."""
    torch.set_num_threads(1)
    lines = [HEAD, *(line(cell, steps) for cell in bench.CELLS for steps in STEPS)]
    print("\n".join(lines))
    if "--write" in sys.argv:
        command = "python benchmarks/single_sequence.py --write"
        publish("One sequence at a time", "\n".join(lines), command=command, seed=0)


if __name__ == "__main__":
    main()
