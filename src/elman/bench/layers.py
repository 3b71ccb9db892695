"""One recurrent layer beside torch's: the same weights, the same input.

Shapes: T steps, B sequences, I inputs, H hidden units, G gates.
"""

from dataclasses import dataclass

import torch

from elman import nn
from elman.bench.inputs import Input, fresh, random_input, steps_of, values
from elman.bench.rounds import Rounds, Work, interleave
from elman.bench.shapes import Shape
from elman.kernels.products import project
from elman.training.randomness import fork_randomness

__all__ = ["CELLS", "PEAK_OPERATIONS", "Figures", "Row", "large_product", "measure"]

_Kinds = (
    tuple[type[nn.RNN], type[torch.nn.RNN], int]
    | tuple[type[nn.GRU], type[torch.nn.GRU], int]
    | tuple[type[nn.LSTM], type[torch.nn.LSTM], int]
)

CELLS: dict[str, _Kinds] = {
    "elman": (nn.RNN, torch.nn.RNN, 1),
    "gru": (nn.GRU, torch.nn.GRU, 3),
    "lstm": (nn.LSTM, torch.nn.LSTM, 4),
}
"""Our layer, torch's, and G."""

_PEAK_SIZE = 768
PEAK_OPERATIONS = 2 * _PEAK_SIZE**3
"""Multiplications and additions of `large_product`."""


def large_product(dtype: torch.dtype) -> Work:
    """A product of square matrices, whose rate is taken for the machine's peak.

    It is left to torch's BLAS or oneDNN, whichever multiplies for our layers.
    """
    square = torch.ones(_PEAK_SIZE, _PEAK_SIZE, dtype=dtype)
    return lambda: project(square, square)


@dataclass(frozen=True)
class Figures:
    """What one kind of work takes.

    Attributes:
        ours_ms: milliseconds of a call of our layer, median.
        torch_ms: of torch's.
        speedup: median of torch's time over ours, round by round.
        of_peak: our rate of operations over that of a large matrix product in the same rounds.
        noisy: whether other processes were busy meanwhile.
    """

    ours_ms: float
    torch_ms: float
    speedup: float
    of_peak: float
    noisy: bool


@dataclass(frozen=True)
class Row:
    """One shape and cell.

    Attributes:
        name: of the shape.
        shape: T, B, I, H.
        cell: a key of `CELLS`.
        forward: a pass without gradients.
        training: a pass forward and back, down to the input.
        error: largest error of our output against float64.
        torch_error: of torch's.
        backend: what ran our layer; see `elman.nn.Backend`.
    """

    name: str
    shape: Shape
    cell: str
    forward: Figures
    training: Figures
    error: float
    torch_error: float
    backend: str


def measure(
    name: str,
    shape: Shape,
    cell: str,
    seconds: float = 2.0,
    *,
    precision: str = "float32",
    ragged: bool = False,
) -> Row:
    """Measure one cell on one shape, with as many threads as torch has now.

    Args:
        name: of the shape.
        shape: T, B, I, H.
        cell: a key of `CELLS`.
        seconds: for each of the two kinds of work, unless a few rounds take longer.
        precision: float32 or float64, of the layers and of the product taken for the peak.
        ragged: read packed sequences of geometric lengths, on average a third of T; only real
            steps count as work.
    """
    kind, plain, gates = CELLS[cell]
    dtype = getattr(torch, precision)
    with fork_randomness(0):
        ours, theirs, exact = (f(shape.inputs, shape.units) for f in (kind, plain, plain))
        x = random_input(shape, ragged=ragged)
    for layer in (ours, exact):
        layer.load_state_dict(theirs.state_dict())
    exact.double()
    layers, x_here = [layer.to(dtype) for layer in (ours, theirs)], x.to(dtype)
    with torch.no_grad():
        truth = values(exact(x.to(torch.float64))[0])
        error, torch_error = (
            float((values(layer(x_here)[0]) - truth).abs().max()) for layer in layers
        )
    operations = round(shape.operations(gates) * steps_of(x) / (shape.steps * shape.batch))
    ran: nn.Backend = ours.backend  # type: ignore[assignment]  # torch types it as a submodule
    product = large_product(dtype)
    passes, steps = ([work(layer, x_here) for layer in layers] for work in (_forward, _training))
    return Row(
        name=name,
        shape=shape,
        cell=cell,
        forward=_figures(passes, product, operations, seconds),
        training=_figures(steps, product, 3 * operations, seconds),
        error=error,
        torch_error=torch_error,
        backend=ran.name,
    )


def _figures(works: list[Work], product: Work, operations: int, seconds: float) -> Figures:
    """Figures of our work and torch's, beside a large product."""
    rounds: Rounds = interleave((*works, product), seconds)
    return Figures(
        ours_ms=rounds.median(0) * 1e3,
        torch_ms=rounds.median(1) * 1e3,
        speedup=rounds.ratio(1, 0),
        of_peak=rounds.ratio(2, 0) * operations / PEAK_OPERATIONS,
        noisy=rounds.noisy,
    )


def _forward(layer: torch.nn.Module, x: Input) -> Work:
    """A pass that nobody will differentiate."""

    def run() -> None:
        with torch.no_grad():
            layer(x)

    return run


def _training(layer: torch.nn.Module, x: Input) -> Work:
    """A pass there and back, down to the input."""
    x = fresh(x)
    gradient = torch.ones_like(values(layer(x)[0]))

    def run() -> None:
        layer.zero_grad()
        values(x).grad = None
        torch.autograd.backward(values(layer(x)[0]), gradient)

    return run
