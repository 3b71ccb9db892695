"""Recurrent layers unrolled by hand in plain torch, with every state a node of autograd's graph."""

import torch
from torch.nn.functional import linear


def step(kind, x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr=None):
    """One step from the papers' equations: h_t, c_t."""
    p, q = linear(x, w_ih, b_ih), linear(h, w_hh, b_hh)
    if kind in ("RNN_TANH", "RNN_RELU"):
        return (torch.tanh if kind == "RNN_TANH" else torch.relu)(p + q), None
    if kind == "GRU":
        (p_r, p_z, p_n), (q_r, q_z, q_n) = p.chunk(3, 1), q.chunk(3, 1)
        r, z = torch.sigmoid(p_r + q_r), torch.sigmoid(p_z + q_z)
        n = torch.tanh(p_n + r * q_n)
        return (1 - z) * n + z * h, None
    i, f, g, o = (p + q).chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    return (h if w_hr is None else linear(h, w_hr)), c


def unroll(layer, x):
    """Outputs (T, B, D·H) of a torch layer on x (T, B, I), and its nodes.

    Nodes by (level, reverse): for each step in the order of time (h,) or (h, c), where h is used
    as output and carried on, and c is carried on alone.
    """
    T, B = x.shape[:2]
    nodes = {}
    for level in range(layer.num_layers):
        outputs = []
        for reverse in (False, True)[: 2 if layer.bidirectional else 1]:
            end = f"_l{level}" + "_reverse" * reverse
            weights = [
                getattr(layer, name + end, None)
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
            ]
            h = x.new_zeros(B, layer.proj_size or layer.hidden_size).requires_grad_()
            c = x.new_zeros(B, layer.hidden_size).requires_grad_()
            kept = {}
            for t in reversed(range(T)) if reverse else range(T):
                h, c = step(layer.mode, x[t], h, c, *weights)
                h = h.clone()
                kept[t] = (h,)
                if c is not None:
                    c = c.clone()
                    kept[t] = (h, c)
            nodes[level, reverse] = [kept[t] for t in range(T)]
            outputs.append(torch.stack([kept[t][0] for t in range(T)]))
        x = torch.cat(outputs, -1)
    return x, nodes


def brute_force(nodes, losses, K, lengths=None):
    """Curves by (level, reverse), (3, K + 1): whole, h, c, from a gradient for each loss.

    losses[t][b], one at a time; steps t ≥ K only, and t ≤ T - 1 - K in reverse.
    """
    T, B = len(losses), len(losses[0])
    lengths = [T] * B if lengths is None else lengths
    curves = {}
    for key, steps in nodes.items():
        norms = []
        for b in range(B):
            for t in range(lengths[b]):
                at = [t + k if key[1] else t - k for k in range(K + 1)]
                if min(at) < 0 or max(at) >= lengths[b]:
                    continue
                row = []
                for s in at:
                    found = torch.autograd.grad(
                        losses[t][b], steps[s], retain_graph=True, allow_unused=True
                    )
                    h, *c = (0.0 if g is None else g[b].norm().item() for g in found)
                    row.append((h, c[0] if c else 0.0))
                norms.append(row)
        norms = torch.tensor(norms, dtype=torch.float64)
        whole = norms.square().sum(-1).sqrt().mean(0)
        curves[key] = torch.stack([whole, *norms.mean(0).unbind(-1)]) / whole[0]
    return curves
