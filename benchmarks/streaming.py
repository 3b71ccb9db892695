"""One step of a stream beside torch's layer and onnxruntime with bound buffers.

    python benchmarks/streaming.py [--write]

One sequence, one step a call, one thread, as many inputs as units: microseconds a step, medians of
rounds taken in turn in one process. "reading" is how long it takes to read the layer's weights once
from wherever they lie in the caches. onnxruntime's column is empty where `onnx` and `onnxruntime`
are not installed (`pip install onnx onnxruntime`).
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from elman.streaming import Stream
from report import publish

try:
    import onnx
    import onnxruntime
except ImportError:
    onnx = onnxruntime = None

KINDS = {"Elman": torch.nn.RNN, "GRU": torch.nn.GRU, "LSTM": torch.nn.LSTM}
UNITS = (24, 64, 128, 256, 512)
ROUNDS, CALLS, WARMUP = 31, 20, 3
ONNX_GATES = {"RNN": (0,), "GRU": (1, 0, 2), "LSTM": (0, 3, 1, 2)}
"""Our gate in each place of ONNX's order: z, r, h for the GRU; i, o, f, c for the LSTM."""

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
    """The sum of as many bytes as the weights have, in vectors, by NumPy."""
    weights = np.ones(layer.weight_ih_l0.numel() * 2, np.float32)
    return weights.max  # ships with wide loops for every processor, unlike a sum in order


def onnxs(layer: torch.nn.RNNBase, x: torch.Tensor) -> Step:
    """Run onnxruntime over buffers bound once; the state's output is the next call's input."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        onnx_model(layer).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    binding = session.io_binding()
    held: list[Any] = []

    def bind(direction: str, name: str, array: np.ndarray) -> None:
        value = onnxruntime.OrtValue.ortvalue_from_numpy(array)
        held.append(value)
        getattr(binding, f"bind_ortvalue_{direction}")(name, value)

    H = layer.hidden_size
    bind("input", "X", x.numpy())
    bind("output", "Y", np.zeros((1, 1, 1, H), np.float32))
    for name in ("h", "c")[: 2 if layer.mode == "LSTM" else 1]:
        bind("input", f"initial_{name}", np.zeros((1, 1, H), np.float32))
        bind("output", f"Y_{name}", np.zeros((1, 1, H), np.float32))
    return lambda: session.run_with_iobinding(binding)


def onnx_model(layer: torch.nn.RNNBase) -> Any:
    """A graph of the one operator, with this layer's weights in ONNX's order of gates."""
    kind = type(layer).__name__
    states = ["h", "c"] if kind == "LSTM" else ["h"]

    def arranged(*names: str) -> np.ndarray:
        parts = []
        for name in names:
            gates = getattr(layer, name).detach().chunk(len(ONNX_GATES[kind]))
            parts += [gates[g] for g in ONNX_GATES[kind]]
        return torch.cat(parts).unsqueeze(0).numpy()

    weights = {
        "W": arranged("weight_ih_l0"),
        "R": arranged("weight_hh_l0"),
        "B": arranged("bias_ih_l0", "bias_hh_l0"),
    }
    more = {"linear_before_reset": 1} if kind == "GRU" else {}
    I, H, real = layer.input_size, layer.hidden_size, onnx.TensorProto.FLOAT
    info = onnx.helper.make_tensor_value_info
    node = onnx.helper.make_node(
        kind,
        ["X", "W", "R", "B", "", *(f"initial_{s}" for s in states)],
        ["Y", *(f"Y_{s}" for s in states)],
        hidden_size=H,
        **more,
    )
    graph = onnx.helper.make_graph(
        [node],
        kind,
        [info("X", real, [1, 1, I]), *(info(f"initial_{s}", real, [1, 1, H]) for s in states)],
        [info("Y", real, [1, 1, 1, H]), *(info(f"Y_{s}", real, [1, 1, H]) for s in states)],
        [onnx.numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opset = [onnx.helper.make_opsetid("", 14)]
    return onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)


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
    makers = [ours, torchs, reading] + ([onnxs] if onnx else [])
    steps = [make(layer, x) for make in makers]
    for step in steps:
        for _ in range(WARMUP):
            microseconds(step)
    rounds = [[microseconds(step) for step in steps] for _ in range(ROUNDS)]
    mine, *others = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratios = [statistics.median(r[k] / r[0] for r in rounds) for k in range(1, len(steps))]
    kilobytes = layer.weight_ih_l0.numel() * 8 / 1024
    cells = [name, str(H), f"{kilobytes:,.0f}", f"{mine:.1f}", f"{others[1]:.1f}"]
    cells += [f"{others[0]:.1f}", f"{ratios[0]:.1f}"]
    cells += [f"{others[2]:.1f}", f"{ratios[2]:.2f}"] if onnx else ["", ""]
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
