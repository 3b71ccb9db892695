"""The four networks of the race, each as wide as the same number of weights allows.

Shapes: B sequences, T steps, E features of a token, H hidden units, K symbols.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor
from torch.nn import Embedding, Linear, Module

from elman.checks import check_choice
from elman.errors import ConfigError
from elman.lab.experiments.recall_task import RecallTask
from elman.nn import GRU, LSTM, RNN, CausalTransformer
from elman.training.randomness import fork_randomness

__all__ = ["KINDS", "LEARNING_RATES", "Racer", "make_racer", "weights_of"]

KINDS: tuple[str, ...] = ("elman", "gru", "lstm", "transformer")
"""Who races: without gates, with two, with three, and without recurrence."""

LEARNING_RATES: dict[str, float] = {
    "elman": 0.003,
    "gru": 0.005,
    "lstm": 0.005,
    "transformer": 0.005,
}
"""Of AdamW. Tried at gaps of 5 to 40: an Elman network learns less reliably at 0.005."""

_FEATURES = 16  # E of the recurrent ones
_HEADS, _LAYERS = 2, 2


class Racer(Module, ABC):
    """A network that reads tokens and says which symbol came first."""

    @abstractmethod
    def embed(self, tokens: Tensor) -> Tensor:
        """Features of tokens (B, T): (B, T, E)."""

    @abstractmethod
    def answer(self, features: Tensor) -> Tensor:
        """Logits over the symbols after the last step of features (B, T, E): (B, K)."""


class RecurrentRacer(Racer):
    """A recurrent layer between an embedding and a head.

    Gates that keep start open to the past: a bias of 1 on the LSTM's forget gate and on the GRU's
    update gate.

    Source: Jozefowicz, Zaremba and Sutskever, "An empirical exploration of recurrent network
    architectures", ICML 2015, for the bias.
    """

    def __init__(self, kind: str, task: RecallTask, width: int) -> None:
        super().__init__()
        layers: dict[str, type[RNN | GRU | LSTM]] = {"elman": RNN, "gru": GRU, "lstm": LSTM}
        self.embedding = Embedding(task.vocabulary_size, _FEATURES)
        self.layer = layers[kind](_FEATURES, width, batch_first=True)
        self.head = Linear(width, task.symbols)
        if kind != "elman":  # the second gate of both: z of r, z, n and f of i, f, g, o
            with torch.no_grad():
                self.layer.get_parameter("bias_hh_l0")[width : 2 * width] += 1.0

    def embed(self, tokens: Tensor) -> Tensor:
        """See `Racer`."""
        features: Tensor = self.embedding(tokens)
        return features

    def answer(self, features: Tensor) -> Tensor:
        """See `Racer`."""
        logits: Tensor = self.head(self.layer(features)[0][:, -1])
        return logits


class TransformerRacer(Racer):
    """A causal transformer that sees the whole sequence."""

    def __init__(self, task: RecallTask, width: int) -> None:
        super().__init__()
        self.symbols = task.symbols
        self.network = CausalTransformer(
            task.vocabulary_size, width, heads=_HEADS, layers=_LAYERS, context=task.steps
        )

    def embed(self, tokens: Tensor) -> Tensor:
        """See `Racer`."""
        return self.network.embed(tokens)

    def answer(self, features: Tensor) -> Tensor:
        """See `Racer`; of what it may say, only the symbols count."""
        return self.network.read(features)[0][:, -1, : self.symbols]


def make_racer(kind: str, task: RecallTask, budget: int, seed: int) -> Racer:
    """The widest network of `kind` that has no more than `budget` weights.

    Raises:
        ChoiceError: `kind` is not one of `KINDS`.
        ConfigError: `budget` is too small for any.
    """
    check_choice("make_racer", "kind", kind, KINDS)
    grain = 2 * _HEADS if kind == "transformer" else 1

    def fits(grains: int) -> bool:
        with fork_randomness(seed):
            return weights_of(_make(kind, task, grain * grains)) <= budget

    if not fits(1):
        raise ConfigError(
            f"make_racer: `budget` must be larger for the narrowest of this kind, got {budget}."
        )
    low, high = 1, 2  # low fits; high, in the end, does not
    while fits(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    with fork_randomness(seed):
        return _make(kind, task, grain * low)


def weights_of(racer: Racer) -> int:
    """How many numbers a racer learns."""
    return sum(parameter.numel() for parameter in racer.parameters())


def _make(kind: str, task: RecallTask, width: int) -> Racer:
    if kind == "transformer":
        return TransformerRacer(task, width)
    return RecurrentRacer(kind, task, width)
