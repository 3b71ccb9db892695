"""Instruments that read a model from outside: how far back it looks, what its memory holds.

They work on anything that fits `elman.contracts.Steppable` and gives logits or log-probabilities.
"""

from elman.inspect.contexts import memory_horizon
from elman.inspect.horizon import Horizon
from elman.inspect.recall import Recall, recall

__all__ = ["Horizon", "Recall", "memory_horizon", "recall"]
