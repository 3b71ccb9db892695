r"""What one step does to a small change of its state: the cells' derivatives, forward in time.

A change (v_h, v_c) of the state that entered a step becomes the change of the state that left it,
the input being the same. With V the recurrent weights, by gate, and x' = dx:

    Elman   h'  = f'(a) V v_h
    GRU     r'  = r (1 - r) V_r v_h          z' = z (1 - z) V_z v_h
            n'  = (1 - n²) (r V_n v_h + r' (V_n h_{t-1} + b_n))
            h'  = z v_h + (1 - z) n' + z' (h_{t-1} - n)
    LSTM    i'  = i (1 - i) V_i v_h, likewise f' and o'          g' = (1 - g²) V_g v_h
            c'  = f v_c + f' c_{t-1} + i' g + i g'
            h'  = o' tanh(c) + o (1 - tanh²(c)) c',  projected as h is

Shapes: n places along a trajectory, m changes at each, H hidden units, P units of h (H without
projection), S = P or P + H numbers of a state, G gates.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.inspect.walks import Walked

__all__ = ["Places"]

_SLOPES: dict[str, Callable[[Tensor], Tensor]] = {  # f' in terms of h = f(a)
    "tanh": lambda h: 1 - h * h,
    "relu": lambda h: (h > 0).to(h.dtype),
    "sigmoid": lambda h: h * (1 - h),
    "identity": torch.ones_like,
}


@dataclass(frozen=True, eq=False)
class Places:
    """Some rows of a walk, where its derivative is wanted.

    Attributes:
        walked: the walk.
        rows: which rows, (n,).
    """

    walked: Walked
    rows: Tensor

    @property
    def width(self) -> int:
        """S."""
        return sum(part.shape[1] for part in self.walked.states)

    def jacobian(self) -> Tensor:
        """The derivative of the state that leaves by the one that enters, (n, S, S)."""
        n, S = len(self.rows), self.width
        identity = torch.eye(S, dtype=self._state(0).dtype, device=self.rows.device)
        if self.walked.weights is None:
            return self._by_autograd()
        return self.push(identity.expand(n, S, S)).transpose(1, 2)  # a row for each change

    def push(self, changes: Tensor) -> Tensor:
        """The changes of the state that leaves, (n, m, S), from those of the one that enters."""
        weights = self.walked.weights
        if weights is None:
            return changes @ self._by_autograd().transpose(1, 2)
        P = self.walked.states[0].shape[1]
        v_h, v_c = changes[..., :P], changes[..., P:]
        recurrent = v_h @ weights[1].detach().to(changes.dtype).T  # V v_h, (n, m, G·H)
        kind = self.walked.scan.cell
        if kind == "elman":
            return _SLOPES[self.walked.scan.activation](self._gates()[0]) * recurrent
        if kind == "gru":
            return self._push_gru(v_h, recurrent)
        return self._push_lstm(v_c, recurrent)

    def _push_gru(self, v_h: Tensor, recurrent: Tensor) -> Tensor:
        r, z, n = self._gates()
        (in_r, in_z, in_n), h = recurrent.chunk(3, -1), self._state(0)
        d_r = r * (1 - r) * in_r
        d_z = z * (1 - z) * in_z
        d_n = (1 - n * n) * (r * in_n + d_r * self._candidate(h))
        return z * v_h + (1 - z) * d_n + d_z * (h - n)

    def _push_lstm(self, v_c: Tensor, recurrent: Tensor) -> Tensor:
        i, f, g, o = self._gates()
        in_i, in_f, in_g, in_o = recurrent.chunk(4, -1)
        c_in, tanh_c = self._state(1), torch.tanh(self._left(1))
        d_i, d_f, d_o = i * (1 - i) * in_i, f * (1 - f) * in_f, o * (1 - o) * in_o
        d_g = (1 - g * g) * in_g
        d_c = f * v_c + d_f * c_in + d_i * g + i * d_g
        d_h = d_o * tanh_c + o * (1 - tanh_c * tanh_c) * d_c
        projection = self.walked.projection
        if projection is not None:
            d_h = d_h @ projection.detach().to(d_h.dtype).T
        return torch.cat([d_h, d_c], -1)

    def _gates(self) -> tuple[Tensor, ...]:
        """The gates, (n, 1, H) each."""
        assert self.walked.gates is not None
        gates = self.walked.gates[self.rows].unsqueeze(1)
        return gates.chunk({"elman": 1, "gru": 3, "lstm": 4}[self.walked.scan.cell], -1)

    def _state(self, part: int) -> Tensor:
        """A part of the state that entered, (n, 1, F)."""
        return self.walked.entered[part][self.rows].unsqueeze(1)

    def _left(self, part: int) -> Tensor:
        """A part of the state that left, (n, 1, F)."""
        return self.walked.states[part][self.rows].unsqueeze(1)

    def _candidate(self, h: Tensor) -> Tensor:
        """V_n h_{t-1} + b_n of a GRU, (n, 1, H)."""
        assert self.walked.weights is not None
        _, weight, _, bias = self.walked.weights
        H = h.shape[-1]
        product = h @ weight.detach()[2 * H :].to(h.dtype).T
        return product if bias is None else product + bias.detach()[2 * H :].to(h.dtype)

    def _by_autograd(self) -> Tensor:
        """The same for a cell whose formula is not here, from its step."""
        walked = self.walked
        assert walked.step is not None and walked.projected is not None
        with torch.enable_grad():
            entering = tuple(part[self.rows].detach().requires_grad_() for part in walked.entered)
            _, left = walked.step(walked.projected[self.rows].detach(), entering)
            leaving = torch.cat([part.flatten(1) for part in left], 1)
            rows = []
            for unit in range(leaving.shape[1]):
                found = torch.autograd.grad(
                    leaving[:, unit].sum(), entering, retain_graph=True, allow_unused=True
                )
                filled = [
                    torch.zeros_like(part) if grad is None else grad
                    for grad, part in zip(found, entering, strict=True)
                ]
                rows.append(torch.cat([part.flatten(1) for part in filled], 1))
        return torch.stack(rows, 1)
