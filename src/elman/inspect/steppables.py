"""Which models read a text piece by piece and carry their state, and which data is such a text."""

import inspect
from typing import Any

import torch
from torch import Tensor

from elman.contracts import Material, Steppable
from elman.nn.drop_in import DropIn
from elman.nn.sequence_layer import SequenceLayer
from elman.sequences import PaddedBatch

__all__ = ["Text", "as_reader", "as_text"]

Text = tuple[Tensor, Tensor | None]
"""Ids (N,), and where memory is wiped before a step, (N,) bool, or None for nowhere."""


def as_text(material: Material) -> Text | None:
    """The data as one text of ids, if that is what it is."""
    data, resets = material.data, material.resets
    if isinstance(data, PaddedBatch) and len(data.values) == 1 and data.is_full:
        resets = None if data.resets is None else data.resets[0]
        data = data.values[0]
    if not isinstance(data, Tensor) or data.is_floating_point():
        return None
    is_text = data.dim() == 1 or not isinstance(material.module, torch.nn.Module)
    return (data, resets) if is_text else None


def as_reader(model: Any) -> Steppable | None:
    """The model as one that reads a text piece by piece, if it is one; a bare layer is none."""
    if not isinstance(model, Steppable) or isinstance(model, DropIn | SequenceLayer):
        return None
    call = model.forward if isinstance(model, torch.nn.Module) else model.__call__
    return model if {"state", "resets"} <= set(inspect.signature(call).parameters) else None
