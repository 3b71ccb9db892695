"""One step of a stream beside torch's layer and onnxruntime with bound buffers.

    python benchmarks/streaming.py [--write]

One sequence, one step a call, one thread, as many inputs as units: microseconds a step, medians of
rounds taken in turn in one process. "reading" is how long it takes to read the layer's weights once
from wherever they lie in the caches, without the call from Python that all other columns hold: the
largest number of an array as long as they are, less that of an array of one. onnxruntime's column
is empty where `onnx` and `onnxruntime`
are not installed (`pip install onnx onnxruntime`).
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

import onnx_layer
from elman.streaming import Stream
from report import publish

KINDS = {"Elman": torch.nn.RNN, "GRU": torch.nn.GRU, "LSTM": torch.nn.LSTM}
UNITS = (24, 64, 128, 256, 512)
ROUNDS, CALLS, WARMUP = 31, 20, 3

Step = Callable[[], object]


def ours(layer: torch.nn.RNNBase, x: torch.Tensor) -> Step:
    """A stream with room for its result."""
    stream, out = Stream(layer), torch.empty(1, 1, layer.hidden_size)
    return lambda: stream.step(x, out)


def torchs(layer: torch.nn.RNNBase, x: torch.Tensor) -> Step:
    """The layer itself, its state handed on."""
    state = None

    def run() -> None:
        nonlocal state
        _, state = layer(x, state)

    return run


def reading(layer: torch.nn.RNNBase, _x: torch.Tensor) -> Step:
    """The largest of as many numbers as the layer has weights, by NumPy."""
    weights = np.ones(layer.weight_ih_l0.numel() * 2, np.float32)
    return weights.max  # ships with wide loops for every processor, unlike a sum in order


def calling(_layer: torch.nn.RNNBase, _x: torch.Tensor) -> Step:
    """The same of one number: what the call takes."""
    return np.ones(1, np.float32).max


def onnxs(layer: torch.nn.RNNBase, x: torch.Tensor) -> Step:
    """Run onnxruntime over buffers bound once."""
    return onnx_layer.bound(layer, x.numpy(), threads=1)


def microseconds(step: Step) -> float:
    """Of one call, over a few in a row."""
    start = time.perf_counter()
    for _ in range(CALLS):
        step()
    return (time.perf_counter() - start) / CALLS * 1e6


def row(name: str, H: int) -> str:
    """One line of the table."""
    torch.manual_seed(0)
    layer, x = KINDS[name](H, H, batch_first=True).eval(), torch.randn(1, 1, H)
    makers = [ours, torchs, reading, calling] + ([onnxs] if onnx_layer.INSTALLED else [])
    steps = [make(layer, x) for make in makers]
    for step in steps:
        for _ in range(WARMUP):
            microseconds(step)
    rounds = [[microseconds(step) for step in steps] for _ in range(ROUNDS)]
    mine, theirs, read, call, *_ = (
        statistics.median(column) for column in zip(*rounds, strict=True)
    )

    def ahead(k: int) -> str:
        return f"{statistics.median(r[k] / r[0] for r in rounds):.2f}"

    kilobytes = layer.weight_ih_l0.numel() * 8 / 1024
    cells = [name, str(H), f"{kilobytes:,.0f}", f"{mine:.1f}", f"{max(read - call, 0):.1f}"]
    cells += [f"{theirs:.1f}", ahead(1)]
    if onnx_layer.INSTALLED:
        cells += [f"{statistics.median(r[-1] for r in rounds):.1f}", ahead(-1)]
    else:
        cells += ["", ""]
    return f"| {' | '.join(cells)} |"


@torch.no_grad()
def main() -> None:
    """Measure every cell and width."""
    torch.set_num_threads(1)
    lines = [
        "| cell | H | weights, KB | ours, µs | reading, µs | torch, µs | torch / ours "
        "| onnxruntime, µs | onnxruntime / ours |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in KINDS:
        for H in UNITS:
            lines.append(row(name, H))
            print(lines[-1], flush=True)
    if "--write" in sys.argv:
        publish(
            "One step of a stream",
            "\n".join(lines),
            command="python benchmarks/streaming.py --write",
            seed=0,
        )


if __name__ == "__main__":
    main()
