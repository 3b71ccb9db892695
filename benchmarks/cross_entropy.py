"""Chunked cross entropy beside torch's: speed of forward and backward, and peak memory.

    python benchmarks/cross_entropy.py            all shapes
    python benchmarks/cross_entropy.py --peak WHO N E V     one peak, in a process of its own

Both do the same work in one process, by turns; the ratio is the median over rounds of torch's
seconds over ours. The peak is that of a fresh process above its inputs, gradients included.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from elman.losses.cross_entropy import chunked_cross_entropy
from report import publish

SHAPES = (
    # N rows, E features, V words
    (700, 200, 10_000),
    (700, 650, 10_000),
    (2_240, 256, 10_000),
    (1_120, 256, 80_000),
)
ROUNDS = 21
STATUS = Path("/proc/self/status")
SEED = 0
Loss = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


def plain(x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """What most models write."""
    return F.cross_entropy(F.linear(x, weight, bias), targets)


LOSSES: dict[str, Loss] = {"ours": chunked_cross_entropy, "torch": plain}


def problem(rows: int, features: int, words: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Features, weight, bias and targets of one step."""
    torch.manual_seed(SEED)
    return (
        torch.randn(rows, features, requires_grad=True),
        (torch.randn(words, features) * 0.05).requires_grad_(),
        torch.zeros(words, requires_grad=True),
        torch.randint(words, (rows,)),
    )


def step(loss: Loss, inputs: tuple[Tensor, Tensor, Tensor, Tensor]) -> float:
    """Seconds of one forward and backward pass."""
    for tensor in inputs[:3]:
        tensor.grad = None
    start = time.perf_counter()
    loss(*inputs).backward()
    return time.perf_counter() - start


def compare(rows: int, features: int, words: int) -> str:
    """One row of the table."""
    inputs = problem(rows, features, words)
    seconds: dict[str, list[float]] = {name: [] for name in LOSSES}
    for _ in range(ROUNDS):
        for name, loss in LOSSES.items():
            seconds[name].append(step(loss, inputs))
    ours, torchs = (statistics.median(seconds[name][2:]) for name in LOSSES)
    ratios = [b / a for a, b in zip(seconds["ours"], seconds["torch"], strict=True)]
    peaks = [peak_of(name, rows, features, words) for name in LOSSES]
    return (
        f"| {rows}, {features}, {words} | {ours * 1e3:.0f} | {torchs * 1e3:.0f} |"
        f" {statistics.median(ratios[2:]):.2f} | {peaks[0]:.0f} | {peaks[1]:.0f} |"
    )


def peak_of(name: str, rows: int, features: int, words: int) -> float:
    """Peak MiB of one loss, measured in a process of its own."""
    command = [sys.executable, __file__, "--peak", name, *map(str, (rows, features, words))]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_peak(name: str, rows: int, features: int, words: int) -> float:
    """MiB that one step reaches above its inputs."""
    step(LOSSES[name], problem(8, 4, 8))  # what torch loads at first use
    inputs = problem(rows, features, words)
    STATUS.with_name("clear_refs").write_text("5")  # the peak starts anew from here
    before = peak()
    step(LOSSES[name], inputs)
    return peak() - before


def peak() -> float:
    """Peak memory of this process, in MiB."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Print and publish the table."""
    if sys.argv[1:2] == ["--peak"]:
        name, rows, features, words = sys.argv[2:]
        print(measure_peak(name, int(rows), int(features), int(words)))
        return
    lines = [
        "| N, E, V | ours, ms | torch, ms | torch / ours | ours, peak MiB | torch, peak MiB |",
        "|---|---|---|---|---|---|",
        *(compare(*shape) for shape in SHAPES),
    ]
    publish(
        "Chunked cross entropy",
        "\n".join(lines),
        command="python benchmarks/cross_entropy.py",
        seed=SEED,
    )


if __name__ == "__main__":
    main()
