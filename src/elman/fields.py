"""Groups of options that several tasks share; each is said once, here. Imports no torch.

The docstring under a field is its help text on the command line.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from elman.checks import as_kind, check_choice, check_range
from elman.choices import CELL_NAMES, OPTIMIZERS, PRECISIONS, SCHEDULES

__all__ = ["MOST_THREADS", "StackFields", "StreamFields", "TrainingFields", "settle_kinds"]

MOST_THREADS = 1024  # torch ends the process when the system has no more to give
_MOST_EPOCHS = 1_000_000
_FLOAT32_ROOM = 1e37  # float32's largest, with room for AdamW's division by 1 - beta_1 = 0.1


def settle_kinds(where: str, options: Any) -> None:
    """Bring every option of a dataclass to the kind of its default: bool, int, float or str.

    Raises:
        ConfigError: a value is of another kind; see `elman.checks.as_kind`.
    """
    for each in dataclasses.fields(options):
        if each.init:
            value = as_kind(where, each.name, getattr(options, each.name), type(each.default))
            setattr(options, each.name, value)


@dataclass(kw_only=True)
class StackFields:
    """The recurrent stack."""

    cell: str = "lstm"
    """Kind of cell: elman (also called rnn), gru or lstm."""
    hidden_size: int = 256
    """Units in each layer's memory (H)."""
    embedding_size: int = 0
    """Width of the input embedding; 0 takes hidden_size."""
    layers: int = 1
    """Recurrent layers, one above the other (L)."""
    dropout: float = 0.0
    """Share of values dropped between layers while training, 0 up to 1."""

    def check_stack(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        check_choice(where, "cell", self.cell, CELL_NAMES)
        check_range(where, "hidden_size", self.hidden_size, at_least=1)
        check_range(where, "embedding_size", self.embedding_size, at_least=0)
        check_range(where, "layers", self.layers, at_least=1)
        check_range(where, "dropout", self.dropout, at_least=0, below=1)


@dataclass(kw_only=True)
class TrainingFields:
    """How the network is trained."""

    epochs: int = 10
    """Passes over the training data."""
    batch_size: int = 0
    """Sequences read side by side (B); 0 chooses by the amount of data."""
    learning_rate: float = 0.002
    """Step size of the optimiser, at its highest."""
    optimizer: str = "adamw"
    """adamw or sgd."""
    momentum: float = 0.0
    """Momentum of sgd; adamw ignores it."""
    weight_decay: float = 0.0
    """Pull of weights towards zero, per step; biases are spared."""
    schedule: str = "cosine"
    """constant; plateau (divided by 4 when validation stops improving); or cosine (down to 0)."""
    clip_norm: float = 1.0
    """Longest gradient, over all parameters together; 0 switches it off."""
    clip_value: float = 0.0
    """Largest single entry of a gradient; 0 switches it off."""
    patience: int = 0
    """Stop after this many epochs without improvement; 0 never stops early."""
    seed: int = 0
    """Seed of every random choice."""
    threads: int = 0
    """Processor threads; 0 leaves torch's own choice."""
    device: str = "auto"
    """auto, cpu, cuda, or any device torch knows."""
    precision: str = "float32"
    """float32 or float64."""

    def check_training(self, where: str, *, least_epochs: int = 1) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        check_choice(where, "optimizer", self.optimizer, OPTIMIZERS)
        check_choice(where, "schedule", self.schedule, SCHEDULES)
        check_choice(where, "precision", self.precision, PRECISIONS)
        check_range(where, "epochs", self.epochs, at_least=least_epochs, at_most=_MOST_EPOCHS)
        check_range(where, "learning_rate", self.learning_rate, above=0, at_most=_FLOAT32_ROOM)
        check_range(where, "momentum", self.momentum, at_least=0, below=1)
        for name in ("weight_decay", "clip_norm", "clip_value"):
            check_range(where, name, getattr(self, name), at_least=0, at_most=_FLOAT32_ROOM)
        check_range(where, "threads", self.threads, at_least=0, at_most=MOST_THREADS)
        for name in ("batch_size", "patience"):
            check_range(where, name, getattr(self, name), at_least=0)
        check_range(where, "seed", self.seed, at_least=0, below=2**63)


@dataclass(kw_only=True)
class StreamFields(TrainingFields):
    """How the network is trained on sequences that are read in windows, the state carried over."""

    truncation_steps: int = 35
    """Steps through which gradients flow back (--bptt is the same); the state itself carries on."""
    checkpoint_steps: int = 0
    """Steps for which the way back is kept at a time, the rest computed again; 0 keeps all."""

    def check_streams(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        self.check_training(where)
        check_range(where, "truncation_steps", self.truncation_steps, at_least=1)
        check_range(where, "checkpoint_steps", self.checkpoint_steps, at_least=0)
