"""One recurrent layer of torch's as an ONNX graph, run by onnxruntime over buffers bound once.

Shapes: T steps, B sequences, I inputs, H hidden units; time first, as ONNX has it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

try:
    import onnx
    import onnxruntime
except ImportError:
    onnx = onnxruntime = None

INSTALLED = onnx is not None

GATES = {"RNN": (0,), "GRU": (1, 0, 2), "LSTM": (0, 3, 1, 2)}
"""Our gate in each place of ONNX's order: z, r, h for the GRU; i, o, f, c for the LSTM."""


def bound(layer: torch.nn.RNNBase, x: np.ndarray, threads: int) -> Callable[[], np.ndarray]:
    """A call that reads x (T, B, I) from an empty memory and returns its output, (T, 1, B, H)."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(
        _model(layer, x.shape).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    binding, (T, B, _), H = session.io_binding(), x.shape, layer.hidden_size
    held: list[Any] = []

    def bind(direction: str, name: str, array: np.ndarray) -> np.ndarray:
        value = onnxruntime.OrtValue.ortvalue_from_numpy(array)  # shares the array's memory
        held.append((value, array))
        getattr(binding, f"bind_ortvalue_{direction}")(name, value)
        return array

    bind("input", "X", x)
    output = bind("output", "Y", np.zeros((T, 1, B, H), np.float32))
    for name in _states(layer):
        bind("input", f"initial_{name}", np.zeros((1, B, H), np.float32))
        bind("output", f"Y_{name}", np.zeros((1, B, H), np.float32))

    def run() -> np.ndarray:
        session.run_with_iobinding(binding)
        return output

    return run


def _states(layer: torch.nn.RNNBase) -> tuple[str, ...]:
    return ("h", "c") if layer.mode == "LSTM" else ("h",)


def _model(layer: torch.nn.RNNBase, shape: tuple[int, ...]) -> Any:
    """A graph of the one operator, with this layer's weights in ONNX's order of gates."""
    kind, states, real = type(layer).__name__, _states(layer), onnx.TensorProto.FLOAT
    (T, B, _), H = shape, layer.hidden_size

    def arranged(*names: str) -> np.ndarray:
        parts = []
        for name in names:
            gates = getattr(layer, name).detach().chunk(len(GATES[kind]))
            parts += [gates[g] for g in GATES[kind]]
        return torch.cat(parts).unsqueeze(0).numpy()

    weights = {
        "W": arranged("weight_ih_l0"),
        "R": arranged("weight_hh_l0"),
        "B": arranged("bias_ih_l0", "bias_hh_l0"),
    }
    info = onnx.helper.make_tensor_value_info
    node = onnx.helper.make_node(
        kind,
        ["X", "W", "R", "B", "", *(f"initial_{s}" for s in states)],
        ["Y", *(f"Y_{s}" for s in states)],
        hidden_size=H,
        **({"linear_before_reset": 1} if kind == "GRU" else {}),
    )
    graph = onnx.helper.make_graph(
        [node],
        kind,
        [info("X", real, shape), *(info(f"initial_{s}", real, [1, B, H]) for s in states)],
        [info("Y", real, [T, 1, B, H]), *(info(f"Y_{s}", real, [1, B, H]) for s in states)],
        [onnx.numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opset = [onnx.helper.make_opsetid("", 14)]
    return onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)
