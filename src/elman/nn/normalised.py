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

__all__ = [
    "NORMALISED_TOGETHER",
    "Gains",
    "NormalisedCell",
    "normalised_cell",
    "normalised_walk",
]

NORMALISED_TOGETHER: dict[str, tuple[int, ...]] = {"elman": (1,), "gru": (2, 1), "lstm": (4,)}
"""How many gates, in torch's order, share one mean and variance."""


@dataclass(frozen=True)
class Gains:
    """Learned scales of one layer and direction.

    Attributes:
        memory: s_h, (G·H,).
        input: s_x, (G·H,); None for an Elman cell.
        cell: s_c, (H,), of an LSTM; else None.
        cell_bias: b_c, (H,), of an LSTM with biases; else None.
    """

    memory: Tensor
    input: Tensor | None
    cell: Tensor | None
    cell_bias: Tensor | None


def normalised_walk(
    gains: Gains, scan: Scan, x: Tensor, weights: Weights, h_0: Tensor, c_0: Tensor | None
) -> WalkEnd:
    """Walk one layer in one direction; see `nn.walk.Walk` for shapes."""
    projected, cell = normalised_cell(gains, scan, x, weights)
    states = (h_0,) if c_0 is None else (h_0, c_0)
    output, (h_n, *rest) = run_steps(cell.step, projected, scan.batch_sizes, states, scan.reverse)
    return output.view(*x.shape[:-1], -1), h_n, rest[0] if rest else None


def normalised_cell(
    gains: Gains, scan: Scan, x: Tensor, weights: Weights
) -> tuple[Tensor, "NormalisedCell"]:
    """What comes from the input at every row, (N, G·H), and the cell that reads it."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    projected = linear(x.reshape(-1, x.shape[-1]), weight_ih)
    if gains.input is not None:
        projected = _normalise(scan.cell, projected, gains.input)
    if scan.cell != "elman":  # whose one LN covers input and memory, with b outside it
        projected, bias_ih = _plus(projected, bias_ih), None
    bias = bias_hh if bias_ih is None or bias_hh is None else bias_ih + bias_hh
    return projected, NormalisedCell(scan.cell, scan.activation, gains, weight_hh, bias)


def _normalise(cell: str, product: Tensor, gain: Tensor) -> Tensor:
    """Return s LN(a), (b, G·H), over the gates that belong together."""
    blocks = NORMALISED_TOGETHER[cell]
    units = product.shape[1] // sum(blocks)
    parts = torch.split(product, [units * gates for gates in blocks], 1)
    return gain * torch.cat([layer_norm(part, part.shape[1:]) for part in parts], 1)


def _plus(z: Tensor, bias: Tensor | None) -> Tensor:
    return z if bias is None else z + bias


@dataclass(frozen=True)
class NormalisedCell:
    """One of the three cells: p, (b, G·H), is what came from x_t, with its own bias."""

    kind: str
    activation: str
    gains: Gains
    R: Tensor
    bias: Tensor | None

    def gates(self, p: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        """The activated gates, (b, H) each, in torch's order, from h_{t-1}."""
        recurrent = linear(h, self.R)
        if self.kind == "elman":
            activate = torch.relu if self.activation == "relu" else torch.tanh
            scaled = _normalise("elman", p + recurrent, self.gains.memory)
            return (activate(_plus(scaled, self.bias)),)
        q = _normalise(self.kind, recurrent, self.gains.memory)
        if self.kind == "gru":
            q = _plus(q, self.bias)
            (p_r, p_z, p_n), (q_r, q_z, q_n) = p.chunk(3, 1), q.chunk(3, 1)
            r, z = torch.sigmoid(p_r + q_r), torch.sigmoid(p_z + q_z)
            return r, z, torch.tanh(p_n + r * q_n)
        i, f, g, o = _plus(p + q, self.bias).chunk(4, 1)
        return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)

    def step(self, p: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """h_t, and the state (h_t,) or (h_t, c_t)."""
        gates = self.gates(p, state[0])
        if self.kind == "elman":
            return gates[0], gates
        if self.kind == "gru":
            _, z, n = gates
            h = (1 - z) * n + z * state[0]
            return h, (h,)
        i, f, g, o = gates
        c = f * state[1] + i * g
        h = o * torch.tanh(layer_norm(c, c.shape[1:], self.gains.cell, self.gains.cell_bias))
        return h, (h, c)
