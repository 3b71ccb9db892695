"""Layers: drop-in for torch's recurrent ones, and what goes beyond them."""

from elman.nn.backends import Backend, backend
from elman.nn.layers import GRU, LSTM, RNN

__all__ = ["GRU", "LSTM", "RNN", "Backend", "backend"]
