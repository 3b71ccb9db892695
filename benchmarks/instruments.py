"""What each instrument costs beside a plain forward pass over the same data.

    python benchmarks/instruments.py

One process, instrument and forward pass in turn, medians of the ratio pair by pair. `trace` also
stands beside our own forward pass in training mode, which keeps for the backward pass about what
`trace` gives out; the limit set for it is 1.3. (The file is not called inspect.py, since scripts
beside it would then import it in place of Python's own module.)
"""

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

import elman.nn
from elman.inspect import (
    diagnose,
    gradient_flow,
    memory_horizon,
    recall,
    saturation,
    spectrum,
    surprisal,
    trace,
)
from report import publish

VOCABULARY, WIDTH = 50, 128
ROWS, STEPS = 16, 128
ROUNDS = 7
LIMIT = 1.3
LAYERS = {"Elman": elman.nn.RNN, "GRU": elman.nn.GRU, "LSTM": elman.nn.LSTM}
SHAPES = {"B 32, T 100, H 256": (32, 100, 256), "B 8, T 400, H 64": (8, 400, 64)}


class Network(nn.Module):
    """A model of sequences of ids, over any recurrent layer."""

    def __init__(self, layer: type[nn.Module], width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, width)
        self.layer = layer(width, width, batch_first=True)
        self.head = nn.Linear(width, VOCABULARY)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits (B, T, V)."""
        return self.head(self.layer(self.embedding(ids))[0])


def milliseconds(call: Callable[[], object]) -> float:
    """How long it takes once."""
    began_s = time.perf_counter()
    call()
    return (time.perf_counter() - began_s) * 1e3


def beside(call: Callable[[], object], plain: Callable[[], object]) -> tuple[float, float, float]:
    """Medians of both, in ms, and of their ratio."""
    call(), plain()
    pairs = [(milliseconds(call), milliseconds(plain)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    return ours, theirs, statistics.median(a / b for a, b in pairs)


def instruments() -> str:
    """A row for each instrument, on an LSTM in evaluating mode."""
    torch.manual_seed(0)
    model = Network(elman.nn.LSTM, WIDTH).eval()
    ids = torch.randint(VOCABULARY, (ROWS, STEPS))

    @torch.no_grad()
    def plain() -> None:
        model(ids)

    calls: dict[str, Callable[[], object]] = {
        "trace": lambda: trace(model, ids),
        "saturation": lambda: saturation(model, ids),
        "surprisal": lambda: surprisal(model, ids),
        "recall": lambda: recall(model, ids),
        "memory_horizon": lambda: memory_horizon(model, ids),
        "gradient_flow": lambda: gradient_flow(model, ids),
        "spectrum": lambda: spectrum(model, ids),
        "diagnose": lambda: diagnose(model, ids),
    }
    rows = []
    for name, call in calls.items():
        ours, theirs, ratio = beside(call, plain)
        print(f"{name}: {ratio:.1f}", flush=True)
        rows.append(f"| `{name}` | {ours:,.1f} | {theirs:.1f} | {ratio:,.1f} |")
    heads = "| instrument | ms | a forward pass, ms | ratio |\n|---|---|---|---|\n"
    return heads + "\n".join(rows)


def traces() -> str:
    """A row for each kind of layer and shape: `trace` beside a forward pass in training mode."""
    rows = []
    for said, (B, T, H) in SHAPES.items():
        for name, layer in LAYERS.items():
            torch.manual_seed(0)
            model = Network(layer, H).train()
            ids = torch.randint(VOCABULARY, (B, T))
            ours, theirs, ratio = beside(lambda: trace(model, ids), lambda: model(ids))  # noqa: B023
            verdict = "" if ratio <= LIMIT else ", above the limit"
            rows.append(f"| {name}, {said} | {ours:.1f} | {theirs:.1f} | {ratio:.2f}{verdict} |")
    heads = "| layer | `trace`, ms | forward in training mode, ms | ratio |\n|---|---|---|---|\n"
    return heads + "\n".join(rows)


def main() -> None:
    """Measure, print and publish."""
    torch.set_num_threads(1)
    body = (
        f"An LSTM of {WIDTH} units over {VOCABULARY} ids, {ROWS} rows of {STEPS} steps, with each "
        "instrument's own defaults: those that read contexts anew, differentiate step by step or "
        "decompose matrices do many times the work of one pass.\n\n"
        f"{instruments()}\n\n"
        f"`trace` beside a forward pass of the same model in training mode; limit {LIMIT}:\n\n"
        f"{traces()}"
    )
    publish("Instruments", body, command="python benchmarks/instruments.py", seed=0)


if __name__ == "__main__":
    main()
