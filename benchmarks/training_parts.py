"""What a training step of a recurrent layer spends its time on, as shares of the peak.

    python benchmarks/training_parts.py [THREADS] [--write]

A step is five pieces: the walk forward, the walk back, and three products over all rows, of which
come the gradients of the input, of V and of U. Each piece is called alone on what a real step left,
beside a large matrix product, our layer's whole step and torch's, all in turn in one process. A
share is the rate of a piece's own multiplications and additions over that of the large product in
the same rounds. Where torch's whole step stands at the same share as ours, both meet one limit.
"""

import sys
from itertools import chain
from typing import NamedTuple

import torch

from elman import bench
from elman.bench import CELLS, PEAK_OPERATIONS, large_product
from elman.bench.rounds import Work, interleave
from elman.kernels import native
from elman.kernels.products import multiply
from elman.kernels.reference import Scan
from elman.wording import significant
from report import publish, shown, use_threads

# As many inputs as units, so that the six products are alike.
SHAPES = ("char-rnn", "ptb-small", "ptb-medium", "fastrnns", "deepbench-lstm")
SECONDS = 4.0
HEAD = (
    "| cell | shape | T, B, H | walk forward | walk back | into x | into V | into U "
    "| whole step, ours | whole step, torch | torch / ours |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


class Piece(NamedTuple):
    """Work, and how many of the step's six products it makes up."""

    products: int
    work: Work


def pieces(layer: torch.nn.RNNBase, cell: str, x: torch.Tensor) -> list[Piece]:
    """The five pieces of a step of a layer of ours."""
    T, B, H = *x.shape[:2], layer.hidden_size
    weights = (layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0)
    plain = tuple(weight.detach() for weight in weights)
    states = (torch.zeros(B, H), torch.zeros(B, H) if cell == "lstm" else None)
    scan = Scan(cell, (B,) * T, "tanh", False, None)
    result = native.read(scan, x, plain, *states)
    back = native.backward(scan, plain[1], result, torch.ones(T * B, H))
    return [
        Piece(2, lambda: native.read(scan, x, plain, *states)),
        Piece(1, lambda: native.backward(scan, plain[1], result, torch.ones(T * B, H))),
        Piece(1, lambda: multiply(back.projected, plain[0])),
        Piece(1, lambda: back.weight(result.previous)),
        Piece(1, lambda: back.input_weight(x.view(T * B, -1))),
    ]


def step_of(layer: torch.nn.Module, x: torch.Tensor) -> Work:
    """A pass forward and back, down to the input."""
    x = x.clone().requires_grad_()
    gradient = torch.ones_like(layer(x)[0])
    return lambda: layer(x)[0].backward(gradient)


def line(name: str, cell: str) -> str:
    """One row of the table."""
    shape = bench.SHAPES[name]
    T, B, I, H = shape
    torch.manual_seed(0)
    ours_of, torch_of, gates = CELLS[cell]
    ours, theirs = ours_of(I, H), torch_of(I, H)
    x = torch.randn(T, B, I)
    found = [
        *pieces(ours, cell, x),
        Piece(6, step_of(ours, x)),
        Piece(6, step_of(theirs, x)),
    ]
    rounds = interleave([large_product(x.dtype), *(piece.work for piece in found)], SECONDS)
    product = shape.operations(gates) / 2
    shares = [
        f"{rounds.ratio(0, i) * piece.products * product / PEAK_OPERATIONS:.2f}"
        for i, piece in enumerate(found, 1)
    ]
    mark = "~" if rounds.noisy else ""
    cells = [cell, name, f"{T}, {B}, {H}", *shares, mark + significant(rounds.ratio(7, 6), 3)]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure every shape with every cell."""
    threads = use_threads()
    table = shown(chain([HEAD], (line(name, cell) for cell in CELLS for name in SHAPES)))
    if "--write" in sys.argv:
        command = f"python benchmarks/training_parts.py {threads} --write"
        publish("Where a training step goes", table, command=command, seed=0)


if __name__ == "__main__":
    main()
