"""The layers: drop-in for torch's, with a fused recurrence on the CPU."""

import torch

from elman.nn.drop_in import DropIn

__all__ = ["GRU", "LSTM", "RNN"]


class RNN(DropIn, torch.nn.RNN):
    """x"""


class GRU(DropIn, torch.nn.GRU):
    """x"""


class LSTM(DropIn, torch.nn.LSTM):
    """x"""
