"""Making any network and its data ready for the instruments: found, checked, cut into batches.

Letters: N steps of a text, B sequences, T steps, I inputs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import torch
from torch.nn import Embedding, Module

from elman.contracts import Inspectable, Material
from elman.errors import ConfigError, DataError
from elman.inspect.batches import Batch, Piece, read_pieces
from elman.inspect.calling import find_call
from elman.inspect.gathering import Cut, is_finite, on_module, random_piece, to_batch
from elman.inspect.layers import RecurrentLayer, find_layers
from elman.inspect.losses import Loss
from elman.inspect.subject import Subject
from elman.nn.modes import evaluating_module
from elman.wording import counted

__all__ = ["Given", "Request", "gather", "prepare", "prepare_for"]

_MOST_STEPS = 65_536  # of an iterable that might not end
_RANDOM_STEPS = 64
_TRIAL_STEPS = 7


@dataclass(frozen=True)
class Request:
    """What an instrument needs; see `prepare`.

    Attributes:
        where: the beginning of messages.
        least: steps that one sequence must have at least.
        rows: into how many rows to cut a text at most.
        needs_layers: whether the network must hold a recurrent layer.
        ahead: whether ids without targets may be predicted one step ahead, which takes the last
            one from the inputs.
    """

    where: str
    least: int = 1
    rows: int = 32
    needs_layers: bool = True
    ahead: bool = True


@dataclass(frozen=True, eq=False)
class Given:
    """A network and its data, found and checked, before the network has been called.

    Attributes:
        material: what the estimator handed over, or the user.
        layers: the network's recurrent layers.
        pieces: the data, on the network's device and in its dtype.
    """

    material: Material
    layers: tuple[RecurrentLayer, ...]
    pieces: Iterator[Piece]

    @property
    def module(self) -> Module:
        """The network."""
        return self.material.module


def prepare(
    where: str,
    model: Any,
    data: Any = None,
    loss: Loss | None = None,
    *,
    least: int = 1,
    rows: int = 32,
    needs_layers: bool = True,
) -> Subject:
    """Make a network and its data ready.

    What data may be, in the layout that the network itself takes (time first if it does):
    ids (N,), a text, which is cut into rows; ids (B, T); values (B, T, I); one sequence (T, I) of
    values; a pair (inputs, targets), or (inputs, lengths, targets) where the network's forward
    takes lengths; a `PaddedBatch`; a `PackedSequence`; or an iterable of these, such as a
    DataLoader, of which at most 65,536 steps are taken. None stands for random inputs. Ids without
    targets are predicted one step ahead if the outputs are over the vocabulary.

    Args:
        where: the beginning of messages.
        model: a `torch.nn.Module`, or an estimator that fits `contracts.Inspectable`.
        data: see above; for an estimator whatever it reads, such as text files.
        loss: what trained the network; None for one by the kind of the targets.
        least: steps that one sequence must have at least.
        rows: into how many rows to cut a text at most.
        needs_layers: whether the network must hold a recurrent layer.

    Raises:
        ConfigError: the model is none, or holds no recurrent layer.
        DataError: a weight is not finite, or the data is too short or of no known form.
        ShapeError: the network does not take such data.

    >>> model = torch.nn.LSTM(3, 4, batch_first=True)
    >>> subject = prepare("trace", model, torch.zeros(2, 5, 3))
    >>> subject.layers[0].kind, subject.read(subject.batches[0]).shape
    ('lstm', torch.Size([2, 5, 4]))
    >>> prepare("trace", model, torch.zeros(2, 5, 7))
    Traceback (most recent call last):
    elman.errors.ShapeError: trace: `data` must bring I=3 numbers a step to layer 'LSTM', got 7.
    """
    request = Request(where, least, rows, needs_layers)
    return prepare_for(request, gather(request, model, data), loss)


def prepare_for(request: Request, given: Given, loss: Loss | None = None) -> Subject:
    """What `prepare` does once all is gathered, for an instrument with needs of its own."""
    where, material = request.where, given.material
    _check_weights(where, given.module)
    with evaluating_module(given.module):
        first = next(given.pieces)
        call, answer = find_call(where, given.module, given.layers, first)
        subject = Subject(
            where=where,
            module=given.module,
            layers=given.layers,
            batches=(),
            call=call,
            answer=answer,
            loss=loss,
            source="random" if material.data is None else "data",
            unit=material.unit,
            unit_per_step=material.unit_per_step,
            names=material.names,
        )
        pieces = chain([first], given.pieces)
        subject = replace(subject, batches=tuple(_batches(subject, pieces, request.ahead)))
    if subject.longest < request.least:
        raise DataError(
            f"{where}: a sequence must have at least {counted(request.least, 'step')}, got "
            f"{subject.longest:,} in the longest. Give longer sequences, or look less far back."
        )
    return subject


def gather(request: Request, model: Any, data: Any) -> Given:
    """Find a network's layers and the pieces of its data; its weights are not looked at."""
    material = _material(request.where, model, data)
    layers = find_layers(request.where, material.module) if request.needs_layers else ()
    cut = Cut(request.where, request.least, request.rows)
    return Given(material, layers, _pieces(material, layers, cut))


def _material(where: str, model: Any, data: Any) -> Material:
    """The network and its data, whoever brings them."""
    if isinstance(model, Module):
        return Material(getattr(model, "_orig_mod", model), data)  # what torch.compile was given
    if isinstance(model, Inspectable):
        return model.material(data)
    raise ConfigError(
        f"{where}: `model` must be a torch.nn.Module or one of Elman's models, "
        f"got {type(model).__name__}."
    )


def _check_weights(where: str, module: Module) -> None:
    """Raise `DataError` where a weight or a buffer is NaN or infinite."""
    for name, weight in chain(module.named_parameters(), module.named_buffers()):
        if not is_finite(weight):
            kind = "NaN" if bool(weight.isnan().any()) else "infinity"
            raise DataError(f"{where}: the weights must be finite, got {kind} in `{name}`.")


def _pieces(material: Material, layers: tuple[RecurrentLayer, ...], cut: Cut) -> Iterator[Piece]:
    """The data piece by piece, batch first where it was one long sequence."""
    if material.data is None:
        piece = random_piece(material.module, layers, max(_RANDOM_STEPS, 2 * cut.least))
        yield on_module(material.module, piece)
        return
    for piece in read_pieces(cut.where, material.data):
        if material.resets is not None:
            piece = replace(piece, resets=material.resets)
        yield on_module(material.module, cut.apply(piece, layers))


def _batches(subject: Subject, source: Iterator[Piece], may_shift: bool) -> Iterator[Batch]:
    """Batches of at most so many steps in all, with ids predicted one ahead where they are."""
    steps, ahead = 0, None if may_shift else False
    for piece in source:
        batch = to_batch(subject.where, piece, subject.call)
        if ahead is None:
            ahead = batch.targets is None and _speaks_ids(subject, batch)
        if ahead:
            batch = _one_ahead(batch)
        yield batch
        steps += int(batch.lengths.sum())
        if steps >= _MOST_STEPS:
            return


def _speaks_ids(subject: Subject, batch: Batch) -> bool:
    """Whether the network reads ids and says a number for each of the vocabulary at every step."""
    if batch.x.is_floating_point() or batch.x.dim() != 2 or batch.x.shape[1] < 2:
        return False
    sizes = {m.num_embeddings for m in subject.module.modules() if isinstance(m, Embedding)}
    if subject.names is not None:
        sizes.add(len(subject.names))
    with torch.no_grad():
        outputs = subject.read(batch.rows(slice(0, 1)).steps(0, _TRIAL_STEPS))
    return subject.speaks_each_step and outputs.dim() == 3 and outputs.shape[2] in sizes


def _one_ahead(batch: Batch) -> Batch:
    """Every id as the target of the step before it."""
    return Batch(
        batch.x[:, :-1],
        (batch.lengths - 1).clamp_min(0),
        batch.x[:, 1:],
        None if batch.resets is None else batch.resets[:, :-1],
    )
