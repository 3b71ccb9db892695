"""Perplexity, which every score, baseline and report takes by the same formula."""

import math

__all__ = ["perplexity"]


def perplexity(mean_nats: float) -> float:
    """The perplexity of a mean surprise.

        PPL = exp(−(1/N) Σ ln p_t)

    Args:
        mean_nats: −(1/N) Σ ln p_t, in nats per token.

    Returns:
        The perplexity; infinity above what a float can hold (709 nats), NaN for NaN.

    >>> perplexity(0.0), perplexity(1e6)
    (1.0, inf)
    """
    try:
        return math.exp(mean_nats)
    except OverflowError:
        return math.inf
