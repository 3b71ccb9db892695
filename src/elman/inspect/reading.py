"""Reading one batch under watch, by a single call of the network where that tells enough.

Letters: B sequences, T steps.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from elman.errors import DataError
from elman.inspect.answers import read_answer
from elman.inspect.batches import Batch, Piece
from elman.inspect.calling import Call
from elman.inspect.gathering import is_finite, turned
from elman.inspect.preparing import Given
from elman.inspect.recording import Recording
from elman.inspect.subject import Subject
from elman.inspect.watching import watching
from elman.nn.modes import evaluating_module

__all__ = ["Reading", "read_batch", "read_once", "watch_batch"]


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network read and said, and what was seen meanwhile.

    Attributes:
        batch: what it read.
        outputs: what it said, (B, T, …), or (B, …) for one a sequence.
        seen: all its layers did.
    """

    batch: Batch
    outputs: Tensor
    seen: Recording


def read_batch(subject: Subject, batch: Batch) -> Reading:
    """Read a batch of a subject, without gradients.

    Raises:
        DataError: a layer walks other steps than the data's.
    """
    with subject.evaluating(), torch.no_grad(), watching(subject.module, subject.layers) as seen:
        outputs = subject.read(batch)
    return _checked(subject.where, Reading(batch, outputs, seen))


def watch_batch(subject: Subject, batch: Batch) -> Recording:
    """What layers do while they read a batch, without gradients; raises as `read_batch` does."""
    with subject.evaluating(), torch.no_grad(), watching(subject.module, subject.layers) as seen:
        features = subject.features(batch)
    return _checked(subject.where, Reading(batch, features, seen)).seen


def read_once(where: str, given: Given, piece: Piece) -> Reading | None:
    """Read a piece of data by calling the network once; None where more is to be found out first.

    Which dimension of x is time shows in what the first layer is given, and where the outputs
    stand in their shapes, if B, T and all other sizes differ. What is not finite in the weights or
    the data stays in the memory to its end, or to its beginning where it walks in reverse: all is
    looked through only if it shows there.

    Raises:
        DataError: a layer walks other steps than the data's.
    """
    x, module = piece.x, given.module
    if piece.form != "tensor" or piece.batch_first or x.dim() < 2 or x.shape[0] == x.shape[1]:
        return None
    try:
        with (
            evaluating_module(module),
            torch.no_grad(),
            watching(module, given.layers) as seen,
        ):
            returned = module(x)
    except Exception:  # what is wrong with it `find_call` says better
        return None
    rows = next((c.walks[0].rows.batch_size for c in seen.courses.values()), 0)
    if rows not in x.shape[:2]:
        return None
    time_first = rows == x.shape[1]
    B, T = x.shape[1::-1] if time_first else x.shape[:2]
    answer = read_answer(returned, B, T, time_first)
    if answer is None:
        return None
    outputs = answer.pick(returned, B, T)
    every = answer.time is not None or answer.flat
    ends = outputs[:, :: max(1, T - 1)] if every else outputs  # a view of the two
    if not is_finite(ends):
        return None
    batch = turned(where, piece, Call(time_first=time_first))
    return _checked(where, Reading(batch, outputs, seen))


def _checked(where: str, reading: Reading) -> Reading:
    """The same, once every layer is known to have walked the data's steps."""
    if not reading.seen.courses:
        raise DataError(f"{where}: `model` must run its recurrent layers, but none ran.")
    for course in reading.seen.courses.values():
        course.check(where, reading.batch, fewer=True)
    return reading
