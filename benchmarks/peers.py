"""Our recurrent layers beside every peer that installs: torch, onnxruntime, JAX and Keras.

    python benchmarks/peers.py [--threads N] [--seconds S] [--shapes NAME …] [--write]

All have the same weights and input, and must agree with torch before they are timed: outputs, and
the gradient of the input where they train. One process, in turn, medians; a training step is a pass
there and back, all gradients included. onnxruntime keeps its buffers bound and its weights packed,
and does not train; nor does our `Stream`, which packs once, too, and reads on one thread, where a
layer packs in every call. JAX is `lax.scan` under `jit`, Keras its own layers on JAX. The process
is held to as many cores as threads. What is not installed has an empty column (`pip install onnx
onnxruntime jax keras`).
"""

import argparse
import os
from collections.abc import Callable

import numpy as np
import torch

import elman
from elman import bench
from elman.bench.rounds import Rounds, interleave
from elman.wording import significant
from report import publish

SHAPES = ("short", "series", "char-rnn", "ptb-small", "ptb-medium", "deepbench-lstm")
"""Frozen, so that runs compare: of `elman.bench.SHAPES`, those of up to a second a call."""

PEERS = ("our Stream", "torch", "onnxruntime", "JAX", "Keras")
TRAINING_PEERS = ("torch", "JAX", "Keras")

Pass = Callable[[], np.ndarray]


def torch_passes(layer: torch.nn.RNNBase, x: torch.Tensor) -> tuple[Pass, Pass]:
    """A pass of a layer of torch's or ours, and one there and back."""
    leaf = x.clone().requires_grad_()

    def forward() -> np.ndarray:
        with torch.no_grad():
            return layer(x)[0].numpy()

    ones = torch.ones_like(layer(x)[0])

    def back() -> np.ndarray:
        layer.zero_grad()
        leaf.grad = None
        layer(leaf)[0].backward(ones)
        return leaf.grad.numpy()

    return forward, back


def passes(shape: bench.Shape, cell: str, threads: int) -> dict[str, tuple[Pass, Pass | None]]:
    """Both passes of every side that is installed, ours first."""
    import jax_layers  # after the process was held to its cores, which XLA counts once
    import onnx_layer

    torch.manual_seed(0)
    ours, theirs, _ = bench.CELLS[cell]
    layer = theirs(shape.inputs, shape.units)
    accelerated = ours(shape.inputs, shape.units)
    accelerated.load_state_dict(layer.state_dict())
    x = torch.randn(shape.steps, shape.batch, shape.inputs)
    sides: dict[str, tuple[Pass, Pass | None]] = {
        "ours": torch_passes(accelerated, x),
        "torch": torch_passes(layer, x),
    }
    stream = elman.streaming.Stream(accelerated, batch_size=shape.batch)
    by_sequence = x.transpose(0, 1).contiguous()

    def streamed() -> np.ndarray:
        stream.reset()
        return stream.step(by_sequence).transpose(0, 1).numpy()

    sides["our Stream"] = (streamed, None)
    if onnx_layer.INSTALLED:
        run = onnx_layer.bound(layer, x.numpy(), threads)
        sides["onnxruntime"] = (lambda: run()[:, 0], None)
    if jax_layers.SCAN_INSTALLED:
        sides["JAX"] = jax_layers.scan(cell, layer, x.numpy())
    if jax_layers.KERAS_INSTALLED:
        sides["Keras"] = jax_layers.keras_layer(cell, layer, x.numpy())
    return sides


def compare(sides: dict[str, Pass], peers: tuple[str, ...], seconds: float) -> list[str]:
    """Our milliseconds, and every peer's time over ours; "" for those that are not there."""
    truth = sides["torch"]()
    scale = float(np.abs(truth).max())
    for name, run in sides.items():
        np.testing.assert_allclose(run(), truth, rtol=0, atol=1e-4 * scale, err_msg=name)
    rounds: Rounds = interleave(tuple(sides.values()), seconds)
    mark = "~" if rounds.noisy else ""
    names = list(sides)
    cells = [significant(rounds.median(0) * 1e3)]
    for peer in peers:
        there = peer in sides
        cells.append(f"{mark}{rounds.ratio(names.index(peer), 0):.2f}" if there else "")
    return cells


def row(name: str, cell: str, threads: int, seconds: float) -> str:
    """One line of the table."""
    sides = passes(bench.SHAPES[name], cell, threads)
    forward = compare({side: run for side, (run, _) in sides.items()}, PEERS, seconds)
    trained = {side: run for side, (_, run) in sides.items() if run}
    training = compare(trained, TRAINING_PEERS, seconds)
    sizes = ", ".join(map(str, bench.SHAPES[name]))
    return f"| {' | '.join([cell, f'{name} ({sizes})', *forward, *training])} |"


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, default=1, help="of every side; 2 wants quiet")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure, at least")
    parser.add_argument("--shapes", nargs="+", default=SHAPES, choices=tuple(bench.SHAPES))
    parser.add_argument("--write", action="store_true", help="put the table into docs/results.md")
    return parser.parse_args()


def main() -> None:
    """Measure every shape with every cell."""
    asked = options()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked.threads])
    torch.set_num_threads(asked.threads)
    forward = [f"{peer} / ours" for peer in PEERS]
    training = [f"{peer} / ours" for peer in TRAINING_PEERS]
    head = ["cell", "shape (T, B, I, H)", "forward, ms", *forward, "training, ms", *training]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name in asked.shapes:
        for cell in bench.CELLS:
            lines.append(row(name, cell, asked.threads, asked.seconds))
            print(lines[-1], flush=True)
    if asked.write:
        plural = "" if asked.threads == 1 else "s"
        publish(
            f"Recurrent layers beside their peers, {asked.threads} thread{plural}",
            "\n".join(lines) + "\n\n~ measured while other processes were busy.",
            command=f"python benchmarks/peers.py --threads {asked.threads} "
            f"--seconds {asked.seconds:g} --write",
            seed=0,
        )


if __name__ == "__main__":
    main()
