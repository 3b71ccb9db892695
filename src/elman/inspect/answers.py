"""Where the output o_t stands in what a network returns, found by looking at it twice.

A network may return a tensor, a tuple, a dictionary or something nested; batch first, time first
or flattened; with one output a step or one a sequence. Called with two sizes of batch, it shows
by itself which dimension is which.

Letters: B sequences, T steps, O outputs.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from elman.errors import DataError
from elman.sequences import PaddedBatch

__all__ = ["Answer", "find_answer", "read_answer"]


@dataclass(frozen=True)
class Answer:
    """Where o_t stands.

    Attributes:
        place: which of the floating-point tensors in what is returned, counted depth first.
        batch: its dimension B.
        time: its dimension T; None where there is one output a sequence.
        flat: whether B and T are one dimension, `batch`.
        time_first: whether T is the slower one there.
    """

    place: int
    batch: int
    time: int | None
    flat: bool = False
    time_first: bool = False

    def pick(self, returned: Any, B: int, T: int) -> Tensor:
        """The outputs, (B, T, …), or (B, …) where there is one a sequence."""
        found = _tensors(returned)[self.place]
        if self.flat:
            found = found.movedim(self.batch, 0)
            sizes = (T, B) if self.time_first else (B, T)
            found = found.reshape(*sizes, *found.shape[1:])
            return found.transpose(0, 1) if self.time_first else found
        if self.time is None:
            return found.movedim(self.batch, 0)
        return found.movedim((self.batch, self.time), (0, 1))


def find_answer(
    where: str, small: tuple[Any, int, int], large: tuple[Any, int, int], time_first: bool
) -> Answer:
    """Find o_t from two calls.

    Args:
        where: the beginning of messages.
        small: what a call with B sequences of T steps returned, B and T.
        large: another one's, with another B and, if that can be, another T.
        time_first: whether steps are the slower dimension where both are flattened into one.

    Raises:
        DataError: no tensor has a dimension for the batch.
    """
    first, second = _tensors(small[0]), _tensors(large[0])
    for place, (a, b) in enumerate(zip(first, second, strict=False)):
        answer = _read(place, a, b, small[1:], large[1:], time_first)
        if answer is not None:
            return answer
    shapes = [tuple(tensor.shape) for tensor in second]
    raise DataError(
        f"{where}: `model` must return numbers for each of the B={large[1]} sequences that it "
        f"reads, got {f'shapes {shapes}' if shapes else type(large[0]).__name__}."
    )


def read_answer(returned: Any, B: int, T: int, time_first: bool) -> Answer | None:
    """Find o_t from one call with B sequences of T steps; None where sizes do not tell it."""
    for place, tensor in enumerate(_tensors(returned)):
        batches = [d for d, size in enumerate(tensor.shape) if size == B]
        times = [d for d, size in enumerate(tensor.shape) if size == T]
        flat = [d for d, size in enumerate(tensor.shape) if size == B * T]
        if len(batches) == 1 and len(times) < 2 and not flat and B != T:
            return Answer(place, batches[0], times[0] if times else None)
        if flat == [0] and not batches and not times:
            return Answer(place, 0, None, flat=True, time_first=time_first)
        if batches or times or flat:
            return None
    return None


def _read(
    place: int,
    a: Tensor,
    b: Tensor,
    small: tuple[int, int],
    large: tuple[int, int],
    time_first: bool,
) -> Answer | None:
    """What the dimensions of one tensor are, from its shapes in two calls."""
    if a.dim() != b.dim():
        return None
    sizes = list(zip(a.shape, b.shape, strict=True))
    flat = (small[0] * small[1], large[0] * large[1])
    batches = [d for d, size in enumerate(sizes) if size == (small[0], large[0])]
    times = [d for d, size in enumerate(sizes) if size == (small[1], large[1])]
    if batches:
        batch = batches[0]
        others = [d for d in times if d != batch]
        return Answer(place, batch, others[0] if others else None)
    if flat in sizes:
        return Answer(place, sizes.index(flat), None, flat=True, time_first=time_first)
    return None


def _tensors(returned: Any) -> list[Tensor]:
    """The floating-point tensors in what a network returned, in order, padded and batch first."""
    return list(_walk(returned))


def _walk(thing: Any) -> Iterator[Tensor]:
    if isinstance(thing, Tensor):
        if thing.is_floating_point():
            yield thing
    elif isinstance(thing, PackedSequence):
        yield from _walk(pad_packed_sequence(thing, batch_first=True)[0])
    elif isinstance(thing, PaddedBatch):
        yield from _walk(thing.values)
    elif isinstance(thing, Mapping):
        for key in sorted(thing, key=lambda key: key != "logits"):
            yield from _walk(thing[key])
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from _walk(part)
    elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        for field in dataclasses.fields(thing):
            yield from _walk(getattr(thing, field.name))
