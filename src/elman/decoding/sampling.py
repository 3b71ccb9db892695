"""Choosing the next token from logits: temperature, top-k, top-p, forbidden tokens."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.checks import as_kind, check_range
from elman.errors import ConfigError, DataError, ShapeError

__all__ = ["Sampling"]


@dataclass(frozen=True, kw_only=True)
class Sampling:
    r"""How tokens are drawn from logits.

        p_v ∝ exp(z_v / temperature)   over the tokens that are left

    Steps, in this order: forbidden tokens go; the temperature divides the logits; only the `top_k`
    likeliest are left; of these only the fewest whose probabilities reach `top_p`; the rest is
    scaled to sum to 1. At least one token is always left. Ties are settled by the lower id.

    Attributes:
        temperature: above 1 flattens, below 1 sharpens; 0 always takes the likeliest.
        top_k: how many of the likeliest may be drawn; 0 for all.
        top_p: probability that the tokens left must reach together, above 0; 1 for all.
        forbidden: ids that are never drawn, such as `<unk>`.

    Raises:
        ConfigError: a number is out of its range.

    Source: top-k, Fan et al., ACL 2018; top-p, Holtzman et al., ICLR 2020.

    >>> logits = torch.tensor([[2.0, 1.0, 0.0, -1.0]]).log_softmax(1)
    >>> Sampling(temperature=0).draw(logits)
    tensor([0])
    >>> Sampling(top_k=2, forbidden=(0,)).probabilities(logits)
    tensor([[0.0000, 0.7311, 0.2689, 0.0000]])
    >>> Sampling(top_p=0)
    Traceback (most recent call last):
    elman.errors.ConfigError: Sampling: `top_p` must be above 0 and at most 1, got 0.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    forbidden: Sequence[int] = ()

    def __post_init__(self) -> None:
        for name, kind in (("temperature", float), ("top_k", int), ("top_p", float)):
            as_kind("Sampling", name, getattr(self, name), kind)
        check_range("Sampling", "temperature", self.temperature, at_least=0, below=math.inf)
        check_range("Sampling", "top_k", self.top_k, at_least=0)
        check_range("Sampling", "top_p", self.top_p, above=0, at_most=1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """The distribution that `draw` draws from.

        Args:
            logits: (B, V); minus infinity means never.

        Returns:
            (B, V), each row summing to 1.

        Raises:
            ShapeError: `logits` are not (B, V) floating-point numbers.
            ConfigError: a forbidden id is not in the vocabulary.
            DataError: logits are NaN or +infinity, or nothing in a row may be drawn.
        """
        _check_logits(logits)
        logits = self._without_forbidden(logits)
        _check_choices(logits)
        if self.temperature == 0:
            likeliest = logits.argmax(1, keepdim=True)
            return torch.zeros_like(logits).scatter_(1, likeliest, 1.0)
        # shifted first, and in the width of the temperature: neither end of it can overflow
        shifted = logits - logits.amax(1, keepdim=True)
        if self.temperature != 1:
            shifted = (shifted.double() / self.temperature).to(logits.dtype)
        if self.top_p == 1 and not 0 < self.top_k < logits.shape[1]:
            return shifted.softmax(1)  # nothing to rank, which takes long where words are many
        ranked, order = shifted.sort(dim=1, descending=True, stable=True)
        if 0 < self.top_k < logits.shape[1]:
            ranked[:, self.top_k :] = -math.inf
        ranked = ranked.softmax(1)
        if self.top_p < 1:
            before = ranked.cumsum(1) - ranked
            ranked = ranked.masked_fill(before >= self.top_p, 0.0)
            ranked = ranked / ranked.sum(1, keepdim=True)
        return torch.zeros_like(ranked).scatter_(1, order, ranked)

    def draw(self, logits: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Draw one token for each row, by one number by chance each: V may be large.

        Args:
            logits: (B, V).
            generator: source of chance; None for torch's global one. Temperature 0 needs none
                and leaves it untouched.

        Returns:
            Ids, (B,) int64.

        Raises:
            ShapeError, ConfigError, DataError: as `probabilities`.

        >>> Sampling(top_k=1).draw(torch.tensor([[0.0, 3.0, 1.0], [9.0, 3.0, 1.0]]))
        tensor([1, 0])
        """
        probabilities = self.probabilities(logits)
        if self.temperature == 0:
            return probabilities.argmax(1)
        reached = probabilities.cumsum(1, dtype=torch.float64)
        where = None if generator is None else generator.device
        chance = torch.rand(len(reached), 1, generator=generator, device=where, dtype=reached.dtype)
        at = chance.to(reached.device) * reached[:, -1:]
        return torch.searchsorted(reached, at, right=True)[:, 0].clamp_max(reached.shape[1] - 1)

    def _without_forbidden(self, logits: Tensor) -> Tensor:
        """A copy of `logits` in which forbidden ids cannot occur."""
        logits = logits.detach().clone()
        words = logits.shape[1]
        for token in self.forbidden:
            if not 0 <= token < words:
                raise ConfigError(
                    f"Sampling: `forbidden` must hold ids in 0 … {words - 1}, got {token}."
                )
            logits[:, token] = -math.inf
        return logits


def _check_logits(logits: Tensor) -> None:
    if logits.ndim != 2 or not logits.is_floating_point() or logits.shape[1] == 0:
        raise ShapeError(
            "Sampling: `logits` must be (B, V) floating-point numbers,"
            f" got {tuple(logits.shape)} in {str(logits.dtype).removeprefix('torch.')}."
        )


def _check_choices(logits: Tensor) -> None:
    """Raise `DataError` unless every row has a likeliest token and its logit is finite."""
    best = logits.amax(1)  # NaN if any entry is
    if torch.isfinite(best).all():
        return
    row = int(torch.nonzero(~torch.isfinite(best))[0])
    if best[row] == -math.inf:
        raise DataError(f"Sampling: row {row} must leave a token to draw, got all forbidden.")
    raise DataError(
        f"Sampling: `logits` must not be NaN or +infinity, got {best[row].item()} in row {row}."
        " The network has diverged."
    )
