"""Memory and time of backpropagation through a long sequence, whole and in pieces.

    python benchmarks/long_sequences.py [--write]

Each line runs in a process of its own: one LSTM layer, one training step, the gradients of input
and weights, after a short one that loads what there is to load. The memory is what the step adds
to the process at its peak, the time is processor time.
"""

import resource
import subprocess
import sys
import time

import torch

from elman import nn
from elman.sequences import PaddedBatch
from report import publish

T, B, H = 20_000, 4, 128
PIECES = (0, 1000, 100)


def step(checkpoint_steps: int) -> tuple[float, float]:
    """Megabytes and seconds of one training step."""
    torch.manual_seed(0)
    layer = nn.LSTM(H, H)

    def run(x: torch.Tensor, pieces: int) -> None:
        output, _ = layer(PaddedBatch.full(x.requires_grad_()), checkpoint_steps=pieces)
        output.values.sum().backward()

    run(torch.randn(B, 10, H), 5)
    x = torch.randn(B, T, H)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    run(x, checkpoint_steps)
    seconds = time.process_time() - start
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, seconds


def main() -> None:
    """Measure each way in a process of its own."""
    if sys.argv[1:2] == ["--pieces"]:
        print(*step(int(sys.argv[2])))
        return
    rows = []
    for steps in PIECES:
        words = [sys.executable, __file__, "--pieces", str(steps)]
        said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        rows.append([float(word) for word in said.split()])
    whole = rows[0][1]
    lines = ["| checkpoint_steps | memory, MB | time / whole |", "|---|---|---|"]
    lines += [
        f"| {steps or 'none'} | {memory:,.0f} | {seconds / whole:.2f} |"
        for steps, (memory, seconds) in zip(PIECES, rows, strict=True)
    ]
    print("\n".join(lines))
    if "--write" in sys.argv:
        publish(
            f"Long sequences: LSTM, T {T:,}, B {B}, H {H}",
            "\n".join(lines),
            command="python benchmarks/long_sequences.py --write",
            seed=0,
        )


if __name__ == "__main__":
    main()
