r"""Layer-normalised cells: what comes from the input and what comes from memory, each normalised.

With LN(a) = (a - mean(a)) / sqrt(var(a) + 1e-5), mean and variance over the units named, one row
and step at a time; W, R, b torch's weights and biases (b = b_ih + b_hh), s learned gains:

    Elman    h_t = f(s_h LN(W x_t + R h_{t-1}) + b)                               over H units
    LSTM     (i, f, g, o) = s_x LN(W x_t) + s_h LN(R h_{t-1}) + b                 over all 4H
             c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)
             h_t = sigmoid(o) tanh(s_c LN(c_t) + b_c)                             over H
    GRU      as without normalisation, with s_x LN(W x_t) for W x_t and s_h LN(R h_{t-1}) for
             R h_{t-1}, r and z together over 2H, n by itself over H

Gates stand in torch's order. The gains start at 1, b_c at 0.
Source: Ba, Kiros and Hinton, Layer Normalization, 2016, section 3.1 and supplement; the biases of
their LN are torch's own b_ih and b_hh here, so that no bias is learned twice.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import layer_norm, linear

from elman.kernels.reference import Scan
from elman.nn.steps import run_steps
from elman.nn.walk import WalkEnd, Weights

__all__ = ["NORMALISED_TOGETHER", "Gains", "normalised_walk"]

NORMALISED_TOGETHER: dict[str, tuple[int, ...]] = {"elman": (1,), "gru": (2, 1), "lstm": (4,)}
"""How many gates, in torch's order, share one mean and variance."""


@dataclass(frozen=True)
class Gains:
    """Learned scales of one layer and direction.

    Attributes:
        input: s_x, (G·H,); None for an Elman cell.
        memory: s_h, (G·H,).
        cell: s_c, (H,), of an LSTM; else None.
        cell_bias: b_c, (H,), of an LSTM with biases; else None.
    """

    input: Tensor | None
    memory: Tensor
    cell: Tensor | None
    cell_bias: Tensor | None


def normalised_walk(
    gains: Gains, scan: Scan, x: Tensor, weights: Weights, h_0: Tensor, c_0: Tensor | None
) -> WalkEnd:
    """Walk one layer in one direction; see `nn.walk.Walk` for shapes."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    projected = linear(x.reshape(-1, x.shape[-1]), weight_ih)
    if gains.input is not None:
        projected = _normalise(scan.cell, projected, gains.input)
    if scan.cell == "gru" and bias_ih is not None:  # the other cells add both biases at once
        projected = projected + bias_ih
    bias = bias_hh if scan.cell == "gru" or bias_ih is None else bias_ih + bias_hh  # type: ignore[operator]

    def step(p: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        state = _STEPS[scan.cell](scan, gains, p, linear(state[0], weight_hh), bias, state)
        return state[0], state

    states = (h_0,) if c_0 is None else (h_0, c_0)
    output, (h_n, *rest) = run_steps(step, projected, scan.batch_sizes, states, scan.reverse)
    return output.view(*x.shape[:-1], -1), h_n, rest[0] if rest else None


def _normalise(cell: str, product: Tensor, gain: Tensor) -> Tensor:
    """s LN(a), (b, G·H), over the gates that belong together."""
    blocks = NORMALISED_TOGETHER[cell]
    units = product.shape[1] // sum(blocks)
    parts = product.split([units * gates for gates in blocks], 1)
    return gain * torch.cat([layer_norm(part, part.shape[1:]) for part in parts], 1)


def _plus(z: Tensor, bias: Tensor | None) -> Tensor:
    return z if bias is None else z + bias


def _elman(
    scan: Scan, gains: Gains, p: Tensor, r: Tensor, b: Tensor | None, state: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    f = torch.relu if scan.activation == "relu" else torch.tanh
    return (f(_plus(_normalise("elman", p + r, gains.memory), b)),)


def _gru(
    scan: Scan, gains: Gains, p: Tensor, r: Tensor, b: Tensor | None, state: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    r_r, r_z, r_n = _plus(_normalise("gru", r, gains.memory), b).chunk(3, 1)
    p_r, p_z, p_n = p.chunk(3, 1)
    reset = torch.sigmoid(p_r + r_r)
    update = torch.sigmoid(p_z + r_z)
    new = torch.tanh(p_n + reset * r_n)
    return ((1 - update) * new + update * state[0],)


def _lstm(
    scan: Scan, gains: Gains, p: Tensor, r: Tensor, b: Tensor | None, state: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    i, f, g, o = _plus(p + _normalise("lstm", r, gains.memory), b).chunk(4, 1)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(layer_norm(c, c.shape[1:], gains.cell, gains.cell_bias))
    return h, c


_STEPS = {"elman": _elman, "gru": _gru, "lstm": _lstm}
