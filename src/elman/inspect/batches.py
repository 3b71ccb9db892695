"""The data that a network is inspected on: every form that it may come in, read into batches.

Letters: N steps of a text, B sequences, T steps, I inputs, O outputs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from elman.errors import DataError
from elman.sequences import PaddedBatch

__all__ = ["Batch", "Piece", "read_named", "read_pieces"]

_FORMS = (
    "a tensor of ids (N,), (B, T) or of values (B, T, I); a pair (inputs, targets), or a "
    "dictionary {'x': …, 'y': …}; a PaddedBatch; or an iterable of these, such as a DataLoader"
)
_INPUTS = ("x", "X", "input", "inputs", "input_ids", "ids", "tokens")
_TARGETS = ("y", "Y", "target", "targets", "label", "labels")
_LENGTHS = ("length", "lengths")


@dataclass(frozen=True, eq=False)
class Batch:
    """B sequences side by side, batch first, whatever the network's own layout is.

    Attributes:
        x: ids (B, T) or values (B, T, …).
        lengths: (B,) int64, real steps of each sequence.
        targets: (B, T) or (B, T, …) for one a step, (B,) or (B, …) for one a sequence; None for
            none.
        resets: (B, T) bool, where memory is wiped before a step; None for nowhere.
    """

    x: Tensor
    lengths: Tensor
    targets: Tensor | None = None
    resets: Tensor | None = None

    @property
    def mask(self) -> Tensor:
        """(B, T) bool: True at real steps."""
        steps = torch.arange(self.x.shape[1], device=self.lengths.device)
        return steps < self.lengths[:, None]

    @cached_property
    def is_full(self) -> bool:
        """Whether no sequence is padded."""
        return bool((self.lengths == self.x.shape[1]).all())

    def rows(self, index: Any) -> "Batch":
        """Some of the sequences, by whatever indexes dimension B."""
        return Batch(
            self.x[index],
            self.lengths[index],
            None if self.targets is None else self.targets[index],
            None if self.resets is None else self.resets[index],
        )

    def steps(self, begin: int, end: int) -> "Batch":
        """Steps `begin` to `end` of every sequence, as a sequence of its own."""
        targets = self.targets
        if targets is not None and targets.dim() > 1 and targets.shape[1] == self.x.shape[1]:
            targets = targets[:, begin:end]
        return Batch(
            self.x[:, begin:end],
            (self.lengths - begin).clamp(0, end - begin),
            targets,
            None if self.resets is None else self.resets[:, begin:end],
        )


@dataclass(frozen=True, eq=False)
class Piece:
    """One item of the data, in the layout in which it came.

    Attributes:
        x: the inputs.
        targets: what they lead to, or None.
        lengths: (B,), or None where all steps are real.
        resets: shaped as ids, or None.
        form: "tensor"; or "padded", "packed" or "lengths" by how the network takes lengths.
        batch_first: whether x is known to be batch first, whatever the network takes.
    """

    x: Tensor
    targets: Tensor | None = None
    lengths: Tensor | None = None
    resets: Tensor | None = None
    form: str = "tensor"
    batch_first: bool = False


def read_pieces(where: str, data: Any) -> Iterator[Piece]:
    """Read data in any of its forms, piece by piece.

    Raises:
        DataError: it has none of the forms, or holds nothing.
    """
    if _is_one(data):
        yield _read(where, data)
        return
    if isinstance(data, str | bytes) or not isinstance(data, Iterable):
        raise DataError(f"{where}: `data` must be {_FORMS}; got {type(data).__name__}.")
    empty = True
    for item in data:
        empty = False
        yield _read(where, item)
    if empty:
        raise DataError(f"{where}: `data` must hold a batch at least, got an empty iterable.")


def _is_one(data: Any) -> bool:
    """Whether this is one piece rather than an iterable of them."""
    if isinstance(data, Tensor | PaddedBatch | PackedSequence | Mapping):
        return True
    if hasattr(data, "__array__"):
        return True
    return isinstance(data, tuple) and 1 <= len(data) <= 3 and _is_input(data[0])


def _is_input(part: Any) -> bool:
    """Whether this may be the inputs of a pair."""
    if isinstance(part, Tensor | PaddedBatch | PackedSequence) or hasattr(part, "__array__"):
        return True
    return isinstance(part, tuple) and len(part) == 2 and all(map(_is_array, part))


def _is_array(part: Any) -> bool:
    return isinstance(part, Tensor) or hasattr(part, "__array__")


def _read(where: str, item: Any) -> Piece:
    """One piece: inputs alone, (inputs, targets), or (inputs, lengths, targets)."""
    if isinstance(item, Mapping):
        item = read_named(where, "data", item)
    inputs, targets = item, None
    if isinstance(item, tuple | list) and not isinstance(item, PackedSequence):
        if not 1 <= len(item) <= 3 or not _is_input(item[0]):
            kinds = ", ".join(type(part).__name__ for part in item)
            raise DataError(f"{where}: `data` must be {_FORMS}; got a sequence of ({kinds}).")
        inputs, targets = item[0], item[-1] if len(item) > 1 else None
        if len(item) == 3:
            inputs = (item[0], item[1])
    elif not _is_input(item):
        raise DataError(f"{where}: `data` must be {_FORMS}; got {type(item).__name__}.")
    return _piece(where, inputs, _target(where, targets))


def read_named(where: str, word: str, found: Mapping[str, Any]) -> Any:
    """Inputs alone, (inputs, targets), or (inputs, lengths, targets), by what they are called.

    Args:
        where: the beginning of messages.
        word: what `found` is, for them.
        found: inputs under a usual name, or under any name if there is nothing else.

    Raises:
        DataError: there are no inputs, or something that could not be passed on.

    >>> read_named("trace", "data", {"labels": 1, "input_ids": 0})
    (0, 1)
    >>> read_named("trace", "data", {"x": 0, "mask": 1})
    Traceback (most recent call last):
    elman.errors.DataError: trace: `data` must hold inputs ('x', 'input_ids', …), targets ('y',
    'labels', …) and lengths alone, got 'x', 'mask'. Give the model what else it needs in a module
    around it.
    """
    names = list(found)
    x, y, lengths = (
        next((name for name in known if name in names), None)
        for known in (_INPUTS, _TARGETS, _LENGTHS)
    )
    if x is None and len(names) == 1:
        (x,) = names
    if x is None or set(names) - {x, y, lengths}:
        raise DataError(
            f"{where}: `{word}` must hold inputs ('x', 'input_ids', …), targets ('y', 'labels', …) "
            f"and lengths alone, got {', '.join(map(repr, names)) or 'nothing'}. Give the model "
            "what else it needs in a module around it."
        )
    targets = None if y is None else found[y]
    if lengths is not None:
        return found[x], found[lengths], targets
    return found[x] if y is None else (found[x], targets)


def _target(where: str, targets: Any) -> Tensor | None:
    """Targets as a tensor."""
    if targets is None:
        return None
    if isinstance(targets, PaddedBatch):
        return targets.values
    if not _is_array(targets):
        raise DataError(f"{where}: targets must be a tensor, got {type(targets).__name__}.")
    return torch.as_tensor(targets)


def _piece(where: str, inputs: Any, targets: Tensor | None) -> Piece:
    if isinstance(inputs, PaddedBatch):
        return Piece(inputs.values, targets, inputs.lengths, inputs.resets, "padded", True)
    if isinstance(inputs, PackedSequence):
        values, lengths = pad_packed_sequence(inputs, batch_first=True)
        return Piece(values, targets, lengths, None, "packed", True)
    if isinstance(inputs, tuple):
        lengths = torch.as_tensor(inputs[1])
        if lengths.dim() != 1 or lengths.is_floating_point():
            raise DataError(
                f"{where}: lengths must be whole numbers (B,), got {lengths.dtype} of shape "
                f"{tuple(lengths.shape)}."
            )
        return Piece(torch.as_tensor(inputs[0]), targets, lengths.long(), None, "lengths")
    x = torch.as_tensor(inputs)
    if not x.numel():
        raise DataError(f"{where}: `data` must hold sequences, got none: shape {tuple(x.shape)}.")
    return Piece(x, targets)
