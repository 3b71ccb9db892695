"""Our recurrent layers beside torch's: the same weights, the same input, one process, in turn.

    python benchmarks/recurrence.py [THREADS] [--write]

Prints, for each shape and cell, the medians of both sides and the median ratio, forward without
gradients and for a training step (forward and backward, input gradient included). With --write
the table goes into docs/results.md.
"""

import statistics
import sys
import time
from collections.abc import Callable

import torch

from elman import nn
from report import publish

SHAPES = [  # T steps, B sequences, H units, as many inputs as units
    (50, 1, 64),
    (35, 20, 200),
    (35, 20, 650),
    (50, 32, 128),
    (100, 64, 256),
    (200, 128, 64),
]
LAYERS = {
    "Elman": (nn.RNN, torch.nn.RNN),
    "GRU": (nn.GRU, torch.nn.GRU),
    "LSTM": (nn.LSTM, torch.nn.LSTM),
}
SECONDS, ROUNDS, WARMUP = 2.0, (7, 200), 3


def forward(layer: torch.nn.Module, x: torch.Tensor) -> Callable[[], None]:
    """A pass that nobody will differentiate."""

    def run() -> None:
        with torch.no_grad():
            layer(x)

    return run


def training(layer: torch.nn.Module, x: torch.Tensor) -> Callable[[], None]:
    """A pass there and back, down to the input."""
    x = x.clone().requires_grad_()
    gradient = torch.randn_like(layer(x)[0])

    def run() -> None:
        layer.zero_grad()
        x.grad = None
        layer(x)[0].backward(gradient)

    return run


def seconds(run: Callable[[], None]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compare(ours: Callable[[], None], theirs: Callable[[], None]) -> tuple[float, float, float]:
    """Median seconds of both, taken in turn, and the median of their ratios."""
    for _ in range(WARMUP):
        ours()
        theirs()
    pairs: list[tuple[float, float]] = []
    end = time.perf_counter() + SECONDS
    while len(pairs) < ROUNDS[0] or (len(pairs) < ROUNDS[1] and time.perf_counter() < end):
        pairs.append((seconds(ours), seconds(theirs)))
    mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    return mine, other, statistics.median(b / a for a, b in pairs)


def row(name: str, T: int, B: int, H: int) -> str:
    """One line of the table, after a look at whether both sides computed the same."""
    kind, plain = LAYERS[name]
    torch.manual_seed(0)
    theirs, ours, x = plain(H, H), kind(H, H), torch.randn(T, B, H)
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours(x)[0], theirs(x)[0], rtol=1e-4, atol=1e-5)
    cells = [name, f"{T}, {B}, {H}"]
    for work in (forward, training):
        mine, other, ratio = compare(work(ours, x), work(theirs, x))
        cells += [f"{mine * 1e3:.2f}", f"{other * 1e3:.2f}", f"{ratio:.2f}"]
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
        for name in LAYERS:
            lines.append(row(name, *shape))
            print(lines[-1], flush=True)
    if "--write" in sys.argv:
        command = f"python benchmarks/recurrence.py {threads} --write"
        publish(f"Recurrent layers, {threads} threads", "\n".join(lines), command=command, seed=0)


if __name__ == "__main__":
    main()
