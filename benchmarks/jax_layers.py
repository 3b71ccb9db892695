"""Recurrent layers in JAX, with a torch layer's weights: `lax.scan`, and Keras's own.

Every maker returns a call that reads x (T, B, I) and one that goes there and back; see `peers.py`.
Shapes: T steps, B sequences, I inputs, H hidden units.
"""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

os.environ.setdefault("KERAS_BACKEND", "jax")
try:
    import jax
    from jax import numpy as jnp
except ImportError:
    jax = None
try:
    import keras
except ImportError:
    keras = None

SCAN_INSTALLED, KERAS_INSTALLED = jax is not None, None not in (jax, keras)

Passes = tuple[Callable[[], np.ndarray], Callable[[], np.ndarray]]
"""A pass forward, giving (T, B, H); one there and back, giving the gradient of x, (T, B, I)."""


def _elman(projected: Any, recurrent: Any, _state: Any) -> tuple[Any, Any]:
    h = jnp.tanh(projected + recurrent)
    return (h,), h


def _gru(projected: Any, recurrent: Any, state: Any) -> tuple[Any, Any]:
    (h,), H = state, recurrent.shape[-1] // 3
    r, z = jnp.split(jax.nn.sigmoid((projected + recurrent)[:, : 2 * H]), 2, -1)
    n = jnp.tanh(projected[:, 2 * H :] + r * recurrent[:, 2 * H :])
    h = (1 - z) * n + z * h
    return (h,), h


def _lstm(projected: Any, recurrent: Any, state: Any) -> tuple[Any, Any]:
    i, f, g, o = jnp.split(projected + recurrent, 4, -1)
    c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), h


STEPS = {"elman": (_elman, 1), "gru": (_gru, 1), "lstm": (_lstm, 2)}
"""A step from both products and the state, and how many tensors the state has."""


def scan(cell: str, layer: torch.nn.RNNBase, x: np.ndarray) -> Passes:
    """`lax.scan` over the steps, the input projected in one product before."""
    step, parts = STEPS[cell]
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights = tuple(jnp.asarray(getattr(layer, name).detach().numpy()) for name in names)

    def run(weights: Any, x: Any) -> Any:
        weight_ih, weight_hh, bias_ih, bias_hh = weights

        def advance(state: Any, projected: Any) -> tuple[Any, Any]:
            return step(projected, state[0] @ weight_hh.T + bias_hh, state)

        empty = (jnp.zeros((x.shape[1], weight_hh.shape[1])),) * parts
        return jax.lax.scan(advance, empty, x @ weight_ih.T + bias_ih)[1]

    return _compiled(run, weights, jnp.asarray(x))


def keras_layer(cell: str, layer: torch.nn.RNNBase, x: np.ndarray) -> Passes:
    """Keras's layer on its JAX backend; batch first, as it wants its input."""
    kind = {"elman": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}[cell]
    theirs = getattr(keras.layers, kind)(layer.hidden_size, return_sequences=True)
    theirs.build((x.shape[1], x.shape[0], x.shape[2]))
    theirs.set_weights(_keras_weights(cell, layer))
    values = tuple(variable.value for variable in theirs.trainable_variables)
    fixed = [variable.value for variable in theirs.non_trainable_variables]

    def run(weights: Any, x: Any) -> Any:
        return theirs.stateless_call(list(weights), fixed, x)[0]

    forward, back = _compiled(run, values, jnp.asarray(x.swapaxes(0, 1)))
    return lambda: forward().swapaxes(0, 1), lambda: back().swapaxes(0, 1)


def _keras_weights(cell: str, layer: torch.nn.RNNBase) -> list[np.ndarray]:
    """Keras's kernels are (inputs, gates), its GRU's gates z, r, n; only that has two biases."""

    def arranged(name: str) -> np.ndarray:
        gates = getattr(layer, f"{name}_l0").detach().numpy()
        if cell == "gru":
            r, z, n = np.split(gates, 3)
            gates = np.concatenate([z, r, n])
        return gates.T

    biases = arranged("bias_ih"), arranged("bias_hh")
    bias = np.stack(biases) if cell == "gru" else sum(biases)
    return [arranged("weight_ih"), arranged("weight_hh"), bias]


def _compiled(run: Callable[[Any, Any], Any], weights: Any, x: Any) -> Passes:
    """Both passes of run(weights, x), compiled, each waiting for its results."""
    forward = jax.jit(run)
    back = jax.jit(jax.grad(lambda weights, x: run(weights, x).sum(), argnums=(0, 1)))
    return (
        lambda: np.asarray(forward(weights, x)),
        lambda: np.asarray(jax.block_until_ready(back(weights, x))[1]),
    )
