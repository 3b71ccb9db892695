"""A sequence that comes piece by piece, and what a network says of each piece.

Shapes: B sequences, T steps, I inputs, H hidden units, L layers.
"""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import Module

from elman.checks import as_kind, check_range
from elman.contracts import State
from elman.errors import ShapeError
from elman.streaming.readers import reader_of

__all__ = ["Stream"]


class Stream:
    """Reads B sequences piece by piece, as if each were read at once.

    However a sequence is cut, the results are those of the whole, to rounding. Nothing is recorded
    for gradients, and dropout is off. A layer's weights are packed when the stream is made, and
    frozen so: after they change, call `refresh`. The layers `RNN`, `GRU` and `LSTM`, ours and
    torch's, then read natively on the calling thread, past torch's dispatcher; `backend` says so.

    A model is one of these:

    - a layer of `elman.nn` or `torch.nn` in one direction; whatever its `batch_first`;
    - anything called as `model(x, state) -> (y, state)` that has `initial_state(batch_size)`
      (`elman.contracts.Steppable`), such as `elman.nn.Elman` or a language model's `module`;
    - any other module called as `model(x) -> y`, batch first, whose recurrent layers are called
      once each, without a state: the stream carries their states. All else in it must act on each
      step alone (embeddings, linear layers, activations), or pieces would not give the whole.

    A stream belongs to one thread at a time; several streams may run at once, also of one model,
    which must then be in evaluation mode unless it is read natively. Of models whose states the
    stream carries, one is read at a time.

    Args:
        model: what reads.
        batch_size: B, sequences read side by side.

    Raises:
        ConfigError: the model cannot read piece by piece: two directions, no recurrent layer, …;
            or `batch_size` is no whole number from 1.

    >>> layer = torch.nn.LSTM(3, 4)
    >>> stream = Stream(layer)
    >>> x = torch.randn(1, 7, 3)
    >>> pieces = [stream.step(x[:, :1]), stream.step(x[:, 1:5]), stream.step(x[:, 5:])]
    >>> whole, _ = layer(x.transpose(0, 1))
    >>> torch.allclose(torch.cat(pieces, 1), whole.transpose(0, 1), atol=1e-6)
    True
    >>> stream.step(x[0])
    Traceback (most recent call last):
    elman.errors.ShapeError: Stream.step: `x` must have shape (B=1, T, I=3) with T at
    least 1, got (7, 3).
    """

    def __init__(self, model: Module, batch_size: int = 1) -> None:
        self.batch_size = as_kind("Stream", "batch_size", batch_size, int)
        check_range("Stream", "batch_size", batch_size, at_least=1)
        self._model = model
        self._reader = reader_of(model)
        self._state = self._begin()

    @property
    def backend(self) -> str:
        """What reads: 'native', or 'torch' where torch's operators have to."""
        return self._reader.backend

    @property
    def state(self) -> State:
        """A copy of the memory, the batch in dimension 1 of each part; (h,) or (h, c) for a layer.

        Assign such a tuple to go on from there.

        Raises:
            ShapeError: what is assigned has other shapes.
        """
        return tuple(part.clone() for part in self._state)

    @state.setter
    def state(self, state: Sequence[Tensor]) -> None:
        tensors = isinstance(state, Sequence) and all(isinstance(p, Tensor) for p in state)
        wanted, got = _shapes(self._state), _shapes(state) if tensors else type(state).__name__
        if wanted != got:
            raise ShapeError(f"Stream.state: must have shapes {wanted}, got {got}.")
        self._state = tuple(map(_copied, state, self._state))

    def step(self, x: Tensor, out: Tensor | None = None) -> Tensor:
        """Read T more steps.

        Args:
            x: (B, T, I) for a layer, else what the model takes; T at least 1.
            out: layers only: where to put the result, contiguous (B, T, H), so that nothing is
                allocated; a new tensor if left out.

        Returns:
            (B, T, H) for a layer, what the model returns for a model.

        Raises:
            ShapeError: x or `out` do not fit.
        """
        output, self._state = self._reader.read(x, self._state, out)
        return output

    def reset(self, rows: Sequence[int] | None = None) -> None:
        """Begin anew: all sequences, or those in these rows of the batch.

        Args:
            rows: their numbers, from 0; None for all.

        Raises:
            ShapeError: one is not the number of a row.

        >>> stream = Stream(torch.nn.GRU(2, 3), batch_size=2)
        >>> _ = stream.step(torch.ones(2, 4, 2))
        >>> stream.reset([0])
        >>> (h,) = stream.state
        >>> h.any(-1).tolist()
        [[False, True]]
        """
        fresh = self._begin()
        if rows is None:
            self._state = fresh
            return
        index = self._index(rows)
        state = self.state
        for own, part in zip(state, fresh, strict=True):
            own[:, index] = part[:, index]
        self._state = state

    def clone(self) -> "Stream":
        """Another stream that stands where this one does; the weights are shared, not copied."""
        twin = copy.copy(self)
        twin._reader = copy.copy(self._reader)
        twin._state = self.state
        return twin

    def refresh(self) -> None:
        """Read the model's weights again; the memory stays, in the type that they have by now.

        Raises:
            ShapeError: the model's memory has other shapes by now.

        >>> layer = torch.nn.RNN(1, 1)
        >>> stream = Stream(layer)
        >>> with torch.no_grad():
        ...     for weight in layer.parameters():
        ...         _ = weight.zero_()
        >>> stream.refresh()
        >>> stream.step(torch.ones(1, 1, 1)).item()
        0.0
        """
        kept, self._reader = self._state, reader_of(self._model)
        self._state = self._begin()
        self.state = kept

    def _begin(self) -> State:
        """The state before anything was read, in memory of its own."""
        with torch.no_grad():
            parts = self._reader.initial_state(self.batch_size)
            return tuple(part.clone(memory_format=torch.contiguous_format) for part in parts)

    def _index(self, rows: Sequence[int]) -> Tensor:
        """The numbers of rows as a tensor; a mask is none."""
        try:
            index = torch.as_tensor(list(rows), device="cpu")
        except (TypeError, ValueError, RuntimeError):  # no sequence, or none of numbers
            index = torch.tensor([-1], device="cpu")
        kind = index.dtype
        numbers = not (index.numel() and (kind.is_floating_point or kind is torch.bool))
        if not (numbers and bool(((index >= 0) & (index < self.batch_size)).all())):
            raise ShapeError(
                f"Stream.reset: `rows` must be numbers from 0 to {self.batch_size - 1} in a "
                f"sequence, got {rows}."
            )
        return index.long()


@torch.no_grad()
def _copied(part: Tensor, like: Tensor) -> Tensor:
    """A state in memory of its own, of the type of `like`."""
    return torch.empty_like(like, memory_format=torch.contiguous_format).copy_(part)


def _shapes(state: Sequence[Tensor]) -> list[tuple[int, ...]]:
    return [tuple(part.shape) for part in state]
