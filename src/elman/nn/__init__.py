"""Layers: drop-in for torch's recurrent ones, and what goes beyond them."""

from elman.nn.acceleration import Report, Skipped, accelerate, restore
from elman.nn.backends import Backend, backend
from elman.nn.layers import GRU, LSTM, RNN
from elman.nn.network import Elman, UnfoldedStep, Unfolding
from elman.nn.recurrent import Cell, Recurrent
from elman.nn.transformer import CausalTransformer

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Backend",
    "CausalTransformer",
    "Cell",
    "Elman",
    "Recurrent",
    "Report",
    "Skipped",
    "UnfoldedStep",
    "Unfolding",
    "accelerate",
    "backend",
    "restore",
]
