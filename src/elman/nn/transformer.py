"""A small causal transformer, read piece by piece as recurrent networks are, to compare with them.

Shapes: B sequences, T steps, L layers, E features, C steps of context, P = C - 1 steps kept,
K = P + T steps that attention looks over, V vocabulary.
"""

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn import Embedding, LayerNorm, Linear, Module, ModuleList, Sequential

from elman.checks import check_range
from elman.contracts import State
from elman.errors import ConfigError, ShapeError
from elman.nn.padded import check_state

__all__ = ["CausalTransformer"]

_ROTATION_BASE = 10_000.0  # the slowest pair of features turns by about one radian in as many steps


class CausalTransformer(Module):
    r"""Predicts the next token by looking back at each of the last C steps, instead of a memory.

    At step t, in each of L layers, with x_t of width E:

        q_t, k_t, v_t = Q n(x_t), K n(x_t), V n(x_t)
        a_t = sum over s of softmax_s(R_t q_t · R_s k_s / √(E/heads)) v_s,    t - C < s ≤ t
        x_t ← x_t + A a_t
        x_t ← x_t + M_2 gelu(M_1 n(x_t))
        o_t = W n(x_t) + c                                                    above the last layer

    n is layer normalisation and R_t the rotation of pairs of features by angles that grow with t,
    so that only distance counts. A recurrent state is a summary of fixed size; the state here is
    the last P = C - 1 steps themselves, keys and values of every layer, at most so many however
    long the sequence is. What stands C steps back or more is out of a layer's sight, and through L
    layers an output can depend on L·P steps back.

    Shapes: tokens (B, T); the state is keys and values, (L, B, P, E) each, and which of those P
    steps are known, (1, B, P) of 0 and 1: none before anything was read or just after a reset.

    Args:
        vocabulary_size: V, of what is read and of what is said.
        width: E, a multiple of twice `heads`.
        heads: how many parts the features are divided into, each looking by itself.
        layers: L.
        context: C, how many steps attention sees, the present one included.

    Raises:
        ConfigError: where a size is out of range.

    Source: Vaswani et al., "Attention is all you need", NIPS 2017; normalisation before each part,
    Xiong et al., ICML 2020; rotations, Su et al., arXiv:2104.09864; a sliding window of keys and
    values, Child et al., arXiv:1904.10509.

    >>> network = CausalTransformer(5, width=8, heads=2, context=4)
    >>> logits, state = network(torch.tensor([[3, 1, 4]]))
    >>> logits.shape, [tuple(part.shape) for part in state]
    (torch.Size([1, 3, 5]), [(2, 1, 3, 8), (2, 1, 3, 8), (1, 1, 3)])
    >>> CausalTransformer(5, width=10, heads=2)
    Traceback (most recent call last):
    elman.errors.ConfigError: CausalTransformer: `width` must be a multiple of 2·heads = 4, got 10.
    """

    def __init__(
        self,
        vocabulary_size: int,
        width: int = 32,
        heads: int = 2,
        layers: int = 2,
        context: int = 128,
    ) -> None:
        super().__init__()
        sizes = {
            "vocabulary_size": vocabulary_size,
            "width": width,
            "heads": heads,
            "layers": layers,
            "context": context,
        }
        for name, size in sizes.items():
            check_range("CausalTransformer", name, size, at_least=1)
        if width % (2 * heads):
            raise ConfigError(
                f"CausalTransformer: `width` must be a multiple of 2·heads = {2 * heads}, "
                f"got {width}."
            )
        self.width, self.context = width, context
        self.embedding = Embedding(vocabulary_size, width)
        self.layers = ModuleList(_Layer(width, heads) for _ in range(layers))
        self.norm = LayerNorm(width)
        self.head = Linear(width, vocabulary_size)

    def initial_state(self, batch_size: int) -> State:
        """Nothing read yet: no step of the P is known."""
        P = self.context - 1
        kept = self.head.weight.new_zeros(len(self.layers), batch_size, P, self.width)
        return kept, kept.clone(), kept.new_zeros(1, batch_size, P)

    def embed(self, tokens: Tensor) -> Tensor:
        """The features that enter the first layer, (B, T, E) from ids (B, T)."""
        features: Tensor = self.embedding(tokens)
        return features

    def forward(
        self, tokens: Tensor, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read T tokens more: logits (B, T, V) and the state.

        Args:
            tokens: ids, (B, T).
            state: what the last call returned; None for `initial_state`.
            resets: (B, T) bool; True hides from that step, and from those after it, all before it.

        Raises:
            ShapeError: where tokens, state or resets do not fit.
        """
        if tokens.dim() != 2:
            raise ShapeError(
                f"CausalTransformer.forward: `tokens` must have shape (B, T), "
                f"got {tuple(tokens.shape)}."
            )
        return self.read(self.embed(tokens), state, resets)

    def read(
        self, x: Tensor, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read features (B, T, E) as `forward` reads tokens; for derivatives by the input."""
        where, (B, T) = "CausalTransformer.forward", x.shape[:2]
        if resets is not None and (resets.dtype != torch.bool or resets.shape != (B, T)):
            raise ShapeError(
                f"{where}: `resets` must be a bool tensor of shape (B={B}, T={T}), "
                f"got {resets.dtype} of shape {tuple(resets.shape)}."
            )
        fresh = self.initial_state(B)
        if state is None:  # what is not known need not be looked over
            keys, values, known = fresh[0][:, :, :0], fresh[1][:, :, :0], fresh[2][:, :, :0]
        else:
            check_state(where, state, tuple(tuple(part.shape) for part in fresh))
            keys, values, known = state
        seen, known_after = _in_sight(known[0], resets, T, self.context)
        after = []
        for layer, past_keys, past_values in zip(self.layers, keys, values, strict=True):
            x, *whole = layer(x, past_keys, past_values, seen)
            after.append([_last(part, self.context - 1) for part in whole])
        keys, values = (torch.stack(parts) for parts in zip(*after, strict=True))
        logits: Tensor = self.head(self.norm(x))
        return logits, (keys, values, _last(known_after[..., None], self.context - 1)[None, ..., 0])


class _Layer(Module):
    """Attention and a small network, each added to what came in."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = LayerNorm(width)
        self.qkv = Linear(width, 3 * width, bias=False)
        self.out = Linear(width, width, bias=False)
        self.network_norm = LayerNorm(width)
        self.network = Sequential(
            Linear(width, 4 * width), torch.nn.GELU(), Linear(4 * width, width)
        )

    def forward(
        self, x: Tensor, past_keys: Tensor, past_values: Tensor, seen: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Output (B, T, E), and all keys and values, (B, K, E) each; seen is (B, T, K)."""
        q, k, v = self.qkv(self.attention_norm(x)).chunk(3, dim=-1)
        keys = torch.cat([past_keys, k], dim=1)
        values = torch.cat([past_values, v], dim=1)
        P, K = past_keys.shape[1], keys.shape[1]
        place = torch.arange(K, device=x.device)  # of a step among those looked over
        attended = F.scaled_dot_product_attention(
            _rotate(self._divide(q), place[P:]),
            _rotate(self._divide(keys), place),
            self._divide(values),
            attn_mask=seen[:, None],
        )
        x = x + self.out(attended.transpose(1, 2).flatten(2))
        return x + self.network(self.network_norm(x)), keys, values

    def _divide(self, features: Tensor) -> Tensor:
        """(B, T, E) to (B, heads, T, E/heads)."""
        B, T, E = features.shape
        return features.view(B, T, self.heads, E // self.heads).transpose(1, 2)


def _rotate(features: Tensor, place: Tensor) -> Tensor:
    """Turn each pair (i, i + D/2) of features (…, T, D) by place (T,) times the pair's speed."""
    half = features.shape[-1] // 2
    pair = torch.arange(half, device=features.device, dtype=features.dtype)
    angle = place[:, None] * _ROTATION_BASE ** (-pair / half)
    a, b = features[..., :half], features[..., half:]
    cos, sin = angle.cos(), angle.sin()
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def _in_sight(known: Tensor, resets: Tensor | None, T: int, context: int) -> tuple[Tensor, Tensor]:
    """Which of K steps each of T new ones may look at, and which of them are known afterwards.

    Args:
        known: (B, K - T) of 0 and 1.
        resets: (B, T) bool or None.
        T: new steps.
        context: C.

    Returns:
        (B, T, K) bool, and (B, K) as `known`.
    """
    B, P = known.shape
    real = torch.cat([known > 0, known.new_ones(B, T, dtype=torch.bool)], dim=1)
    piece = torch.zeros(B, P + T, dtype=torch.long, device=known.device)  # counts the resets
    if resets is not None:
        piece[:, P:] = resets.cumsum(1)
    place = torch.arange(P + T, device=known.device)
    distance = place[P:, None] - place
    near = (distance >= 0) & (distance < context)
    seen = near & real[:, None] & (piece[:, P:, None] == piece[:, None])
    return seen, (real & (piece == piece[:, -1:])).to(known.dtype)


def _last(steps: Tensor, P: int) -> Tensor:
    """The last P of (B, K, …), filled up with zeros in front: (B, P, …)."""
    K = steps.shape[1]
    return F.pad(steps[:, max(0, K - P) :], (0, 0, max(0, P - K), 0))
