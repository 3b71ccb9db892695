"""A symbol, then a gap of noise, then the question which symbol it was.

Shapes: B sequences, T = gap + 2 steps, K symbols.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from elman.checks import check_range

__all__ = ["MOST_GAP", "RecallTask"]

MOST_GAP = 200
"""Longest gap a visitor may ask for: a step of training must stay well below a second."""


@dataclass(frozen=True)
class RecallTask:
    """Sequences whose first token must be said after the last one.

        symbol, noise_1, …, noise_gap, question  →  symbol

    Token ids: 0 to K-1 are the symbols, then come the kinds of noise, then the question. Noise
    never looks like a symbol, so that to remember is all there is to learn.

    Attributes:
        gap: steps of noise between the symbol and the question.
        symbols: K.
        noises: kinds of noise.

    Raises:
        ConfigError: a number is out of its range.

    Source: after the long time lag problems of Hochreiter and Schmidhuber, "Long short-term
    memory", Neural Computation 9, 1997, section 5.2.

    >>> task = RecallTask(gap=3)
    >>> tokens, answers = task.draw(2, torch.Generator().manual_seed(0))
    >>> tokens.shape, bool((tokens[:, 0] == answers).all()), tokens[0, -1].item()
    (torch.Size([2, 5]), True, 16)
    >>> RecallTask(gap=-1)
    Traceback (most recent call last):
    elman.errors.ConfigError: RecallTask: `gap` must be at least 0 and at most 200, got -1.
    """

    gap: int
    symbols: int = 8
    noises: int = 8

    def __post_init__(self) -> None:
        check_range("RecallTask", "gap", self.gap, at_least=0, at_most=MOST_GAP)
        check_range("RecallTask", "symbols", self.symbols, at_least=2)
        check_range("RecallTask", "noises", self.noises, at_least=1)

    @property
    def vocabulary_size(self) -> int:
        """Symbols, kinds of noise, and the question."""
        return self.symbols + self.noises + 1

    @property
    def steps(self) -> int:
        """T."""
        return self.gap + 2

    @property
    def chance(self) -> float:
        """Accuracy of one who guesses."""
        return 1 / self.symbols

    def draw(self, batch_size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Tokens (B, T) and the symbol to recall (B,)."""
        answers = torch.randint(self.symbols, (batch_size,), generator=generator)
        noise = torch.randint(self.noises, (batch_size, self.gap), generator=generator)
        question = torch.full((batch_size, 1), self.vocabulary_size - 1)
        tokens = torch.cat([answers[:, None], self.symbols + noise, question], dim=1)
        return tokens, answers
