"""How a network is called, found by calling it: what it takes, and which dimension is time.

Letters: B sequences, T steps, I inputs.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from elman.errors import ConfigError, ElmanError, ShapeError
from elman.inspect.answers import Answer, find_answer
from elman.inspect.batches import Batch, Piece
from elman.inspect.layers import RecurrentLayer
from elman.inspect.watching import uncompiled
from elman.nn.drop_in import DropIn
from elman.nn.sequence_layer import SequenceLayer
from elman.sequences import PaddedBatch

__all__ = ["Call", "find_call"]

_ROWS, _STEPS = 3, 7  # a trial's size: neither is the other's, nor often a width


@dataclass(frozen=True)
class Call:
    """How a network takes a batch.

    Attributes:
        form: "tensor" for x alone, "lengths" for x and the lengths, "padded" for a `PaddedBatch`,
            "packed" for torch's `PackedSequence`.
        time_first: whether its tensors are (T, B, …).
        takes_resets: whether it has an argument `resets`, (B, T).
    """

    form: str = "tensor"
    time_first: bool = False
    takes_resets: bool = False

    def run(self, module: Module, batch: Batch) -> Any:
        """Whatever the network returns for a batch."""
        x, resets = batch.x, batch.resets
        if self.form == "padded":
            return module(PaddedBatch(x, batch.lengths, resets))
        if self.form == "packed":
            lengths = batch.lengths.cpu()
            return module(pack_padded_sequence(x, lengths, True, enforce_sorted=False))
        more = {"resets": resets} if self.takes_resets and resets is not None else {}
        x = x.transpose(0, 1) if self.time_first else x
        if self.form == "lengths":
            return module(x, batch.lengths, **more)
        return module(x, **more)


def find_call(
    where: str, module: Module, layers: tuple[RecurrentLayer, ...], piece: Piece
) -> tuple[Call, Answer]:
    """Find how to call a network, and where its outputs stand, by calling it on some of the data.

    Args:
        where: the beginning of messages.
        module: the network, in evaluation mode.
        layers: its recurrent layers.
        piece: data in the network's own layout.

    Raises:
        ShapeError: the network does not take such data.
        DataError: it returns nothing that has a dimension for the batch.
        ConfigError: it takes one number of sequences only, or says now this, now that.
    """
    names = inspect.signature(module.forward).parameters
    call = Call(_form(module, piece, list(names)), takes_resets="resets" in names)
    trial = _Trial(where, module, layers)
    if call.form in ("tensor", "lengths") and trial.is_time_first(call, piece.x):
        call = replace(call, time_first=True)
    x = piece.x.transpose(0, 1) if call.time_first and not piece.batch_first else piece.x
    T = min(x.shape[1], _STEPS)
    short = max(1, T - 2)
    try:
        small, large = trial.run(call, x, _ROWS - 1, short), trial.run(call, x, _ROWS, T)
    except ShapeError:  # unless the network wants the length that it was made for
        short = T = x.shape[1]
        trial.check_any_batch(call, x)
        small, large = trial.run(call, x, _ROWS - 1, T), trial.run(call, x, _ROWS, T)
    sizes = (_ROWS - 1, short), (_ROWS, T)
    answer = find_answer(where, (small, *sizes[0]), (large, *sizes[1]), call.time_first)
    trial.check_same(answer, call, x, T)
    return call, answer


def _form(module: Module, piece: Piece, names: list[str]) -> str:
    """How to pass what the data brings beside x."""
    if piece.form != "padded" or isinstance(module, DropIn | SequenceLayer):
        return piece.form
    if len(names) > 1 and "len" in names[1]:
        return "lengths"
    full = piece.lengths is None or bool((piece.lengths == piece.x.shape[1]).all())
    annotation = str(inspect.signature(module.forward).parameters[names[0]].annotation)
    return "tensor" if full and "PaddedBatch" not in annotation else "padded"


@dataclass(frozen=True)
class _Trial:
    """A network called on small cuts of the data."""

    where: str
    module: Module
    layers: tuple[RecurrentLayer, ...]

    def run(self, call: Call, x: Tensor, B: int, T: int) -> Any:
        """What comes back for B rows of T steps of x, (B', T', …), rows repeated if need be."""
        cut = x[torch.arange(B) % len(x), :T]
        with torch.no_grad(), self._watched([]):
            try:
                return call.run(self.module, Batch(cut, torch.full((B,), T, device=x.device)))
            except ElmanError:
                raise
            except Exception as error:
                raise ShapeError(self._refusal(cut, error)) from error

    def check_any_batch(self, call: Call, x: Tensor) -> None:
        """Raise `ShapeError` for a network that takes x, (B, T, …), but no other number of rows."""
        B, T = x.shape[:2]
        try:
            self.run(call, x, _ROWS, T)
        except ShapeError as error:
            with suppress(ShapeError):
                self.run(call, x, B, T)
                raise ConfigError(
                    f"{self.where}: `model` must take any number of sequences, got a "
                    f"{type(self.module).__name__} that takes {B} and not {_ROWS}. Let it make its "
                    f"state from what it reads, as x.new_zeros(L, x.shape[0], H), or pass none."
                ) from error

    def check_same(self, answer: Answer, call: Call, x: Tensor, T: int) -> None:
        """Raise `ConfigError` for a network that says another thing of the same data."""
        first, second = (answer.pick(self.run(call, x, _ROWS, T), _ROWS, T) for _ in range(2))
        if not torch.allclose(first, second, equal_nan=True):
            raise ConfigError(
                f"{self.where}: `model` must say the same of the same data in evaluation mode, got "
                f"a {type(self.module).__name__} that does not. It may keep its state from call to "
                "call, or draw random numbers: let each call begin from the same state."
            )

    def is_time_first(self, call: Call, x: Tensor) -> bool:
        """Whether dimension 0 of x, in the network's own layout, is what a layer walks along."""
        a, b = min(x.shape[0], 2), min(x.shape[1], 3)
        a = 1 if a == b else a
        walked: list[tuple[int, int]] = []
        done = False
        with torch.no_grad(), self._watched(walked), suppress(Exception):
            # What is wrong with the data shows when it is run in earnest.
            call.run(self.module, Batch(x[:a, :b], torch.full((a,), b, device=x.device)))
            done = True
        steps, rows = sum(steps for steps, _ in walked), walked[0][1] if walked else 0
        if call.form == "lengths":  # which fit batches first alone
            return not done or (steps, rows) == (a, b) != (b, a)
        if a != b and rows in (a, b):
            return rows == b
        return bool(self.layers) and not self.layers[0].batch_first

    def _refusal(self, cut: Tensor, error: Exception) -> str:
        kind = f"{str(cut.dtype).removeprefix('torch.')} of shape {tuple(cut.shape)}"
        said = str(error).strip().partition("\n")[0]
        return (
            f"{self.where}: `data` must be what the model takes, got {kind}, and "
            f"{type(self.module).__name__} said: {said}"
        )

    @contextmanager
    def _watched(self, walked: list[tuple[int, int]]) -> Iterator[None]:
        """Note steps and rows that the first layer to run walks; refuse inputs of other widths."""
        parts = dict(self.module.named_modules())
        first: list[str] = []

        def note(layer: RecurrentLayer, _part: Module, args: tuple[Any, ...]) -> None:
            first.append(layer.name)
            if layer.name == first[0] and args:
                walked.append(_size(layer, args[0]))
            width = _width(args[0]) if args else 0
            if width and layer.input_size and width != layer.input_size:
                raise ShapeError(
                    f"{self.where}: `data` must bring I={layer.input_size} numbers a step to "
                    f"layer '{layer.name}', got {width}."
                )

        handles = [
            parts["" if layer.is_module else layer.name].register_forward_pre_hook(
                partial(note, layer)
            )
            for layer in self.layers
        ]
        try:
            with uncompiled():  # where no such note would be taken
                yield
        finally:
            for handle in handles:
                handle.remove()


def _size(layer: RecurrentLayer, x: Any) -> tuple[int, int]:
    """How many steps a call of a layer walks, and in how many rows."""
    if isinstance(x, PackedSequence):
        return len(x.batch_sizes), int(x.batch_sizes[0])
    x = x.values if isinstance(x, PaddedBatch) else x
    if layer.is_cell:
        return 1, x.shape[0]
    if x.dim() < 3:
        return x.shape[0], 1
    rows, steps = x.shape[:2] if layer.batch_first else (x.shape[1], x.shape[0])
    return steps, rows


def _width(x: Any) -> int:
    """Numbers a step."""
    if isinstance(x, PackedSequence):
        return int(x.data.shape[-1])
    return int((x.values if isinstance(x, PaddedBatch) else x).shape[-1])
