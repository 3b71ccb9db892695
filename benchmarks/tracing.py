"""What `elman.inspect.trace` costs beside a forward pass of the same network in training mode.

    python benchmarks/tracing.py [--write]

Both in turn, in one process, on one thread; medians of processor time, which the machine's other
work hardly touches. The promise is 1.3 times at most. With --write the table goes into
docs/results.md.
"""

import statistics
import sys
import time
from collections.abc import Callable

import torch

from elman import nn
from elman.inspect import trace
from report import publish

SHAPES = [  # T steps, B sequences, H units, layers
    (50, 8, 64, 1),
    (35, 20, 200, 2),
    (100, 32, 128, 1),
    (100, 32, 256, 2),
]
LAYERS = {"Elman": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}
ROUNDS, WARMUP, VOCABULARY = 21, 3, 1000


class Model(torch.nn.Module):
    """Embedding, layers, head."""

    def __init__(self, kind: type[torch.nn.RNNBase], H: int, L: int) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(VOCABULARY, H)
        self.layers = kind(H, H, L, batch_first=True)
        self.head = torch.nn.Linear(H, VOCABULARY)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Logits (B, T, V)."""
        return self.head(self.layers(self.embedding(ids))[0])


def seconds(run: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def row(name: str, T: int, B: int, H: int, L: int) -> str:
    """One line of the table."""
    torch.manual_seed(0)
    model = Model(LAYERS[name], H, L).train()
    ids = torch.randint(VOCABULARY, (B, T))
    x = torch.randn(B, T, H)
    cells = [name, f"{T}, {B}, {H}, {L}"]
    for part, data in ((model, ids), (model.layers, x)):
        pairs = [
            (seconds(lambda p=part, d=data: p(d)), seconds(lambda p=part, d=data: trace(p, d)))
            for _ in range(ROUNDS + WARMUP)
        ][WARMUP:]
        plain, traced = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(b / a for a, b in pairs)
        cells += [f"{plain * 1e3:.2f}", f"{traced * 1e3:.2f}", f"{ratio:.2f}"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure every shape with every cell."""
    torch.set_num_threads(1)
    lines = [
        "| cell | T, B, H, L | model forward, ms | trace, ms | trace / forward "
        "| layer forward, ms | trace, ms | trace / forward |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for shape in SHAPES:
        for name in LAYERS:
            lines.append(row(name, *shape))
            print(lines[-1], flush=True)
    if "--write" in sys.argv:
        command = "python benchmarks/tracing.py --write"
        publish("Tracing a network", "\n".join(lines), command=command, seed=0)


if __name__ == "__main__":
    main()
