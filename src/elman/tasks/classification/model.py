"""The network of a classifier: what it reads, recurrent stack, pooling, classes."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import Embedding, Linear, Module, Sequential, Tanh, init

from elman.data.codecs import UNKNOWN_ID
from elman.errors import ConfigError
from elman.nn.dropout import Dropout
from elman.sequences import PaddedBatch
from elman.tasks.classification.config import ClassifierFields
from elman.tasks.stacks import recurrent_stack

__all__ = ["ClassificationModule"]

_EPSILON = 1e-5  # a deviation of 0 has no gradient


class ClassificationModule(Module):
    r"""Names the class of a sequence.

        x_t = E[token_t], or the scaled values of a series      (I,)
        h_t = stack(x)_t                                        (D·H,)
        z_t = [h_t; x_t], or h_t without pool_input             (Z,)
        p = h_T, mean over t of z_t, or Σ a_t z_t               last, mean, attention
            or [m; s], m the mean, s² = mean of (z_t - m)² + ε  statistics
        o = W p + c                                             logits of the classes, (K,)

    where a = softmax over t of v·tanh(A z_t) and ε = 1e-5. In both directions, last takes each
    direction where it has read all. Where the stack reads forward alone, p and o are known after
    every step, of the steps so far. With x_t pooled beside it, memory need not carry what a bag of
    words or a series' mean already tells.

    E begins uniform in ±0.1: words that are rare hardly move from there, so that what they begin
    with is noise, and must be small. While training, a share of a text's words is read as unknown,
    so that the unknown word is learned and no single word decides.

    Shapes: B sequences, T steps, I inputs, D directions, H units, K classes; Z = D·H + I or D·H.

    Args:
        fields: what the network is made of.
        size: V of a text's vocabulary, or I of a series.
        classes: K.
        of_text: whether it reads ids.

    Source: attention: Bahdanau et al., ICLR 2015; Yang et al., NAACL 2016; statistics: Snyder et
    al., ICASSP 2018; word dropout: Iyyer et al., ACL 2015.

    >>> module = ClassificationModule(ClassifierFields(hidden_size=8), 3, 2, of_text=False).eval()
    >>> batch = PaddedBatch(torch.zeros(4, 5, 3), torch.tensor([5, 4, 1, 2]))
    >>> module(batch).shape, module.every_step(batch).shape
    (torch.Size([4, 2]), torch.Size([4, 5, 2]))
    """

    def __init__(self, fields: ClassifierFields, size: int, classes: int, *, of_text: bool) -> None:
        super().__init__()
        width = (fields.embedding_size or fields.hidden_size) if of_text else size
        self.embedding = Embedding(size, width) if of_text else None
        self.stack = recurrent_stack(fields, width, bidirectional=fields.bidirectional)
        self.pool_input = fields.pool_input and fields.pooling != "last"
        features = fields.hidden_size * (1 + fields.bidirectional) + width * self.pool_input
        self.attention: Module | None = None
        if fields.pooling == "attention":
            self.attention = Sequential(
                Linear(features, features), Tanh(), Linear(features, 1, bias=False)
            )
        self.head = Linear(features * (1 + (fields.pooling == "statistics")), classes)
        self.dropout = Dropout(fields.dropout)
        self.pooling = fields.pooling
        self.noise, self.shift = (0.0, 0.0) if of_text else (fields.noise, fields.shift)
        self.word_dropout = fields.word_dropout
        if self.embedding is not None:
            init.uniform_(self.embedding.weight, -0.1, 0.1)

    @property
    def classes(self) -> int:
        """K."""
        return self.head.out_features

    @property
    def answers_early(self) -> bool:
        """Whether it has an answer after every step, since it reads forward alone."""
        return not self.stack.bidirectional

    def forward(self, x: PaddedBatch) -> Tensor:
        """The logits of each sequence, (B, K).

        Args:
            x: ids (B, T), or values (B, T, I).
        """
        z = self._read(x)
        if self.pooling == "last":
            pooled = self._ends(z)
        else:
            pooled = self._mean(z, lambda values: values.sum(1))
        logits: Tensor = self.head(self.dropout(pooled))
        return logits

    def members_logits(self, x: PaddedBatch) -> Tensor:
        """The logits, as a `Committee` of one has them, (1, B, K)."""
        logits: Tensor = self(x)
        return logits[None]

    def every_step(self, x: PaddedBatch) -> Tensor:
        """The logits after every step, of the steps so far, (B, T, K).

        Raises:
            ConfigError: the network reads in both directions.
        """
        if not self.answers_early:
            raise ConfigError(
                "Classifier: `bidirectional` must be False for an answer after every step, got "
                "True: what is read from the end is known at the end alone."
            )
        z = self._read(x)
        pooled = z.values
        if self.pooling != "last":
            pooled = self._mean(z, lambda values: values.cumsum(1))
        logits: Tensor = self.head(self.dropout(pooled))
        return logits

    def _read(self, x: PaddedBatch) -> PaddedBatch:
        """Z of every step, (B, T, Z)."""
        values = x.values if self.embedding is None else self._embedded(x.values)
        if self.training and self.noise:
            values = values + self.noise * torch.randn_like(values)
        if self.training and self.shift:
            values = values + self.shift * torch.randn_like(values[:, :1])
        h: PaddedBatch
        h, _ = self.stack(x.with_values(self.dropout(values)))
        if not self.pool_input:
            return h
        read = values.masked_fill(~x.mask[:, :, None], 0)  # what stands in padding says nothing
        return h.with_values(torch.cat([h.values, read], -1))

    def _embedded(self, ids: Tensor) -> Tensor:
        """The vectors of tokens, (B, T, I)."""
        assert self.embedding is not None
        if self.training and self.word_dropout:
            dropped = torch.rand(ids.shape, device=ids.device) < self.word_dropout
            ids = ids.masked_fill(dropped, UNKNOWN_ID)
        vectors: Tensor = self.embedding(ids)
        return vectors

    def _ends(self, h: PaddedBatch) -> Tensor:
        """Each direction where it has read all, (B, D·H)."""
        if not self.stack.bidirectional:
            return h.last()
        H = self.stack.hidden_size
        return torch.cat([h.last()[:, :H], h.values[:, 0, H:]], 1)

    def _mean(self, z: PaddedBatch, over: Callable[[Tensor], Tensor]) -> Tensor:
        """The mean of z, with its deviation for statistics; `over` sums over steps."""
        shares = self._weights(z)
        total = over(shares).clamp_min(torch.finfo(shares.dtype).tiny)
        mean = over(shares * z.values) / total
        if self.pooling != "statistics":
            return mean
        squares = over(shares * z.values.square()) / total
        return torch.cat([mean, ((squares - mean.square()).clamp_min(0) + _EPSILON).sqrt()], -1)

    def _weights(self, z: PaddedBatch) -> Tensor:
        """How much every step counts, up to a factor that its sequence shares, (B, T, 1)."""
        mask = z.mask[:, :, None]
        if self.attention is None:
            return mask.to(z.values.dtype)
        scores: Tensor = self.attention(z.values).masked_fill(~mask, -torch.inf)
        return (scores - scores.amax(1, keepdim=True)).exp()
