"""Which words of a text surprised a model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch

from elman.errors import DataError
from elman.inspect.plots import plot_bars
from elman.inspect.preparing import prepare
from elman.inspect.results import as_html, plain
from elman.inspect.tables import Column, Table
from elman.page.figures import surprisal_strip

__all__ = ["ReadsText", "Surprisal", "surprisal"]

_SHOWN = 20


@runtime_checkable
class ReadsText(Protocol):
    """An estimator that reads text, such as `LanguageModel`."""

    def surprisal(self, text: str) -> Sequence[tuple[str, float]]:
        """Each token of `text` with its surprisal in bits."""
        ...


@dataclass(frozen=True)
class Surprisal:
    """A text, and how much each of its tokens surprised a model.

    Attributes:
        tokens: in the order of the text.
        bits: −log₂ of the probability that each had, given all before it.
    """

    tokens: tuple[str, ...]
    bits: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Bits per token."""
        return math.fsum(self.bits) / len(self.bits)

    def most(self, count: int = _SHOWN) -> list[tuple[int, str, float]]:
        """The most surprising tokens first: place in the text from 0, token, bits."""
        order = sorted(range(len(self.bits)), key=lambda place: -self.bits[place])
        return [(place, self.tokens[place], self.bits[place]) for place in order[:count]]

    def table(self) -> Table:
        """The most surprising tokens first."""
        return Table(
            f"Surprisal: {self.mean:.2f} bits a token",
            (Column("place"), Column("token"), Column("bits", "{:.1f}".format)),
            tuple(self.most()),
            (f"Of {len(self.bits):,} tokens, the most surprising first.",),
        )

    def plot(self, axes: Any = None) -> Any:
        """Draw a bar for each token with matplotlib (extra [plot]); the axes drawn on."""
        return plot_bars(self.tokens, self.bits, axes, title="Surprisal", y_label="bits")

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first."""
        return plain("surprisal", self)

    def _repr_html_(self) -> str:
        return as_html(self.table(), surprisal_strip(self.tokens, self.bits))


def surprisal(model: Any, text: Any) -> Surprisal:
    r"""Say how much each token of a text surprised a model.

        bits_t = -log2 p(x_t | x_1 … x_{t-1})

    Args:
        model: an estimator that reads text, such as `LanguageModel`, or a `torch.nn.Module` that
            predicts the next id.
        text: a string for an estimator; ids (N,) or (B, T) for a module, whose first one is given.

    Raises:
        DataError: there is nothing to be surprised by, or the model does not predict ids.
        ConfigError: the model is not fitted, or cannot be inspected.

    Source: Hale, "A probabilistic Earley parser as a psycholinguistic model", NAACL 2001.

    >>> class Coin:
    ...     def surprisal(self, text):
    ...         return [(word, 1.0) for word in text.split()]
    >>> print(surprisal(Coin(), "heads tails").table())
    Surprisal: 1.00 bits a token
    place  token  bits
        0  heads   1.0
        1  tails   1.0
    Of 2 tokens, the most surprising first.
    >>> surprisal(Coin(), " ")
    Traceback (most recent call last):
    elman.errors.DataError: surprisal: `text` must hold a token, got none.
    """
    if isinstance(model, ReadsText) and not isinstance(model, torch.nn.Module):
        if not isinstance(text, str):
            raise DataError(f"surprisal: `text` must be a string, got {type(text).__name__}.")
        pairs = list(model.surprisal(text))
    else:
        pairs = _of_ids(model, text)
    if not pairs:
        raise DataError("surprisal: `text` must hold a token, got none.")
    tokens, bits = zip(*pairs, strict=True)
    return Surprisal(tokens, bits)


def _of_ids(model: Any, ids: Any) -> list[tuple[str, float]]:
    """Each predicted id with its surprisal in bits."""
    subject = prepare("surprisal", model, ids, least=1, rows=1, needs_layers=False)
    pairs: list[tuple[str, float]] = []
    with subject.evaluating(), torch.no_grad():
        for batch in subject.batches:
            targets = batch.targets
            if targets is None or targets.is_floating_point() or targets.dim() != 2:
                raise DataError(
                    "surprisal: `model` must predict the next id after each, got one that does "
                    "not. Give ids of a text, and a model whose outputs are over its vocabulary."
                )
            nats = subject.losses(subject.read(batch), batch)
            here = batch.mask
            names = subject.names
            pairs += [
                (str(token) if names is None else names[token], value / math.log(2))
                for token, value in zip(
                    targets[here].tolist(), nats[here].double().tolist(), strict=True
                )
            ]
    return pairs
