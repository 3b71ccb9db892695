"""The network of a language model: embedding, recurrent stack, head."""

import torch
from torch import Tensor
from torch.nn import Embedding, Linear, Module, init

from elman.contracts import State
from elman.losses.cross_entropy import chunked_cross_entropy, token_log_probabilities
from elman.nn.dropout import Dropout
from elman.sequences import PaddedBatch
from elman.tasks.language.config import LanguageFields
from elman.tasks.stacks import recurrent_stack
from elman.training.optimizers import allows_sparse_rows

__all__ = ["LanguageModule"]


class LanguageModule(Module):
    r"""Predicts the next token from the tokens so far.

        x_t = E[token_t]                    embedding, (E,)
        h_t = stack(x_t, h_{t-1})           the memory, (L, H)
        y_t = P h_t                         features, (E,); P only if H ≠ E and weights are tied
        o_t = W y_t + c                     logits over the vocabulary, (V,); W = E if tied

    Dropout falls on x, between the layers, and on the top of the stack; memory dropout wipes
    h_{t-1} whole, so that the network knows how to begin in mid-text.

    Shapes: B sequences, T steps, L layers, H hidden units, E features, V tokens.

    Args:
        fields: what the network is made of.
        vocabulary_size: V.

    Source: Elman, "Finding structure in time", 1990; tied weights: Press and Wolf, EACL 2017;
    dropout of layers: Zaremba et al., arXiv:1409.2329; of embeddings and with one mask for all
    steps: Gal and Ghahramani, NIPS 2016.

    >>> module = LanguageModule(LanguageFields(cell="gru", hidden_size=8), vocabulary_size=5)
    >>> logits, state = module(torch.tensor([[3, 1, 4]]))
    >>> logits.shape, [part.shape for part in state]
    (torch.Size([1, 3, 5]), [torch.Size([1, 1, 8])])
    """

    def __init__(self, fields: LanguageFields, vocabulary_size: int) -> None:
        super().__init__()
        width = fields.embedding_size or fields.hidden_size
        sparse = not fields.tie_weights and allows_sparse_rows(fields)
        blank = torch.empty(vocabulary_size, width)
        self.embedding = Embedding(vocabulary_size, width, sparse=sparse, _weight=blank)
        self.stack = recurrent_stack(fields, width, variational_dropout=fields.variational_dropout)
        self.projection: Linear | None = None
        if fields.tie_weights and width != fields.hidden_size:
            self.projection = Linear(fields.hidden_size, width, bias=False)
        self.head = Linear(width if fields.tie_weights else fields.hidden_size, vocabulary_size)
        self.embedding_dropout = fields.embedding_dropout
        self.memory_dropout = fields.memory_dropout
        self.checkpoint_steps = fields.checkpoint_steps
        kind = _SequenceDropout if fields.variational_dropout else Dropout
        self.dropout = kind(fields.dropout)
        self._start()
        if fields.tie_weights:
            self.head.weight = self.embedding.weight

    @property
    def vocabulary_size(self) -> int:
        """V."""
        return self.embedding.num_embeddings

    @property
    def device(self) -> torch.device:
        """Where the network stands."""
        return self.head.weight.device

    def initial_state(self, batch_size: int) -> State:
        """The memory before anything was read, (L, B, H) each: zeros."""
        return self.stack.initial_state(batch_size)

    def features(
        self, tokens: Tensor, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read T tokens more; what the head looks at, and the memory afterwards.

        Args:
            tokens: ids, (B, T).
            state: what the last call returned; None for `initial_state`.
            resets: (B, T) bool; True wipes that row's memory before it reads that step.

        Returns:
            y, (B, T, E), and the state, (L, B, H) each.
        """
        x = self.dropout(self._embed(tokens))
        batch = PaddedBatch.full(x, self._wiped(tokens, resets))
        output, state = self.stack(batch, state, checkpoint_steps=self.checkpoint_steps)
        y = self.dropout(output.values)
        return (y if self.projection is None else self.projection(y)), state

    def logits(self, features: Tensor) -> Tensor:
        """The logits o of features (…, E): (…, V)."""
        logits: Tensor = self.head(features)
        return logits

    def forward(
        self, tokens: Tensor, state: State | None = None, resets: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read T tokens more, as `features` does; the logits (B, T, V) and the state."""
        features, state = self.features(tokens, state, resets)
        return self.logits(features), state

    def loss(self, features: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
        """Mean cross entropy in nats, without holding all logits.

        Args:
            features: (B, T, E).
            targets: the tokens that came, (B, T).
            weights: (B, T) bool; False leaves a target out. None counts all.
        """
        return chunked_cross_entropy(
            features.transpose(0, 1).flatten(0, 1),  # steps first, as the stack left them in memory
            self.head.weight,
            self.head.bias,
            targets.t().flatten(),
            weights=None if weights is None else weights.t().flatten(),
        )

    def log_probabilities(self, features: Tensor, targets: Tensor) -> Tensor:
        """Natural logarithms of the probabilities of targets, in order; no gradient.

        Args:
            features: (…, E), N in all.
            targets: the tokens that came, N in all.

        Returns:
            (N,).
        """
        return token_log_probabilities(
            features.reshape(-1, features.shape[-1]),
            self.head.weight,
            self.head.bias,
            targets.flatten().to(self.device),
        )

    def _embed(self, tokens: Tensor) -> Tensor:
        """E of each token, (B, T, E); while training, some of the vocabulary is blank."""
        x: Tensor = self.embedding(tokens.t()).transpose(0, 1)  # steps first, as the stack walks
        if not self.training or self.embedding_dropout == 0:
            return x
        kept = torch.dropout(x.new_ones(self.vocabulary_size), self.embedding_dropout, True)
        return x * kept[tokens].unsqueeze(-1)

    def _wiped(self, tokens: Tensor, resets: Tensor | None) -> Tensor | None:
        """Resets, (B, T), and while training some by chance."""
        if not self.training or self.memory_dropout == 0:
            return resets
        drawn = torch.rand(tokens.shape, device=tokens.device) < self.memory_dropout
        return drawn if resets is None else drawn | resets

    def _start(self) -> None:
        """First weights: torch's in the stack, and small ones at its two ends.

        An orthogonal recurrence and a forget bias of 1 were tried, and learned more slowly.

        Source: Zaremba et al., arXiv:1409.2329, section 4.1.
        """
        init.uniform_(self.embedding.weight, -0.1, 0.1)
        init.uniform_(self.head.weight, -0.1, 0.1)
        init.zeros_(self.head.bias)


class _SequenceDropout(Module):
    """Dropout with one mask for all steps of a sequence."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Drop features of x, (B, T, E), the same at every t."""
        if not self.training or self.share == 0:
            return x
        return x * torch.dropout(x.new_ones(x.shape[0], 1, x.shape[2]), self.share, True)
