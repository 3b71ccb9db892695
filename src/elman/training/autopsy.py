"""Why a training died: where the first number that is not finite came from, and what to try."""

import dataclasses
import functools
import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from elman.contracts import State, Trainable
from elman.errors import DivergenceError
from elman.fields import TrainingFields
from elman.records import Record
from elman.training.clipping import ClipReport, layer_name

__all__ = ["Circumstances", "Finding", "autopsy", "find_cause"]

_LEAP = 10.0  # a norm so many times the median of the steps before counts as an explosion


@dataclass(frozen=True)
class Circumstances:
    """What was known when a loss or a gradient was not finite.

    Attributes:
        fields: the options of training.
        epoch: the epoch at work, from 1.
        step: steps done before the bad one, in all; the bad one is the next.
        step_in_epoch: the bad step, from 1.
        steps_per_epoch: how many make an epoch.
        learning_rate: of the step before.
        loss: the loss of the bad step.
        clip: its gradients; None if the loss was not finite, so that there are none.
        norms: gradient norms of the steps before, oldest first.
        place: the run folder; empty without one.
        saved: what can be gone on with there, in words; empty if nothing.
    """

    fields: TrainingFields
    epoch: int
    step: int
    step_in_epoch: int
    steps_per_epoch: int
    learning_rate: float
    loss: float
    clip: ClipReport | None
    norms: Sequence[float]
    place: str
    saved: Sequence[str]


@dataclass(frozen=True)
class Finding:
    """Where the first number that is not finite stood.

    Attributes:
        what: 'weights', 'output', 'gradient' or 'loss'.
        layer: name of the layer; empty if the number arose in none.
        row: row of the batch, from 1; 0 if unknown.
        time: step of the sequence within the batch, from 1; 0 if unknown.
    """

    what: str
    layer: str = ""
    row: int = 0
    time: int = 0

    def __str__(self) -> str:
        """For people."""
        row = f", row {self.row} of the batch" if self.row else ""
        time = f", step {self.time} of its sequence" if self.time else ""
        layer = f"layer `{self.layer}`" if self.layer else "the network as a whole"
        said = {
            "weights": f"the weights of {layer}, before this step",
            "output": f"the output of {layer}{row}{time}",
            "gradient": f"the gradient that reaches {layer}{row}{time}",
            "loss": "the loss itself, from outputs that are all finite",
        }
        return said[self.what]


def autopsy(
    job: Trainable,
    batch: Any,
    state: State | None,
    replayed: Callable[[], None],
    known: Circumstances,
) -> tuple[DivergenceError, Record]:
    """Examine a step whose loss or gradient was not finite.

    Args:
        job: the training; its weights are those from before the step.
        batch: the batch of that step.
        state: the state it began with.
        replayed: sets the random generators to what they were before the step.
        known: what the loop knew.

    Returns:
        The error to raise, which says why, and the same as a record for the history.
    """
    blame = job.blame(batch)
    replayed()
    finding = find_cause(job, batch, state)
    named = "loss" if known.clip is None else "gradient norm"
    value = known.loss if known.clip is None else known.clip.norm_before
    text = (
        f"train: the {named} must be finite, got {value} at step {known.step + 1:,} "
        f"(epoch {known.epoch}, step {known.step_in_epoch:,} of {known.steps_per_epoch:,}).\n"
        f"First seen in: {finding}.\n"
        f"Data: {blame or 'nothing wrong was found in the batch.'}\n"
        f"Evidence: {'; '.join(_evidence(known))}.\n"
        f"Try: {' or '.join(_advice(known, finding, blame))}.{_saved(known)}"
    )
    facts = {**dataclasses.asdict(finding), named.replace(" ", "_"): str(value), "data": blame}
    return DivergenceError(text), facts


def find_cause(job: Trainable, batch: Any, state: State | None) -> Finding:
    """Run the step again with eyes on every layer, and say where it first went wrong.

    Looks, in this order, for weights, outputs of layers (innermost first), the loss, gradients of
    outputs (last layer first, as they arise) and gradients of weights that are not finite.
    """
    for name, weight in job.module.named_parameters():
        if not _finite(weight):
            return Finding("weights", layer_name(name))
    rows = _rows(batch, state)
    outputs: list[Finding] = []
    gradients: list[Finding] = []
    hooks = [
        module.register_forward_hook(_watch(name, rows, outputs, gradients))
        for name, module in job.module.named_modules()
    ]
    try:
        job.module.zero_grad()
        loss = job.loss(batch, state).loss
        if outputs or not _finite(loss):
            return outputs[0] if outputs else Finding("loss")
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    finally:
        for hook in hooks:
            hook.remove()
    if gradients:
        return gradients[0]
    for name, weight in job.module.named_parameters():
        if weight.grad is not None and not _finite(weight.grad):
            return Finding("gradient", layer_name(name))
    return Finding("loss")


def _watch(
    name: str, rows: int, outputs: list[Finding], gradients: list[Finding]
) -> Callable[[nn.Module, Any, Any], None]:
    """A hook that notes outputs that are not finite, and gradients when they come back."""

    def look(what: str, tensor: Tensor, timed: bool, into: list[Finding]) -> None:
        if not into and not _finite(tensor):
            row, time = _place(tensor, rows)
            into.append(Finding(what, name, row, time if timed else 0))

    def hook(module: nn.Module, inputs: Any, output: Any) -> None:  # noqa: ARG001  (torch's signature)
        for number, tensor in enumerate(_tensors(output)):
            timed = number == 0  # what follows is a final state, without a dimension of time
            look("output", tensor, timed, outputs)
            if tensor.requires_grad:
                tensor.register_hook(  # type: ignore[no-untyped-call]  # torch leaves it untyped
                    functools.partial(look, "gradient", timed=timed, into=gradients)
                )

    return hook


def _place(tensor: Tensor, rows: int) -> tuple[int, int]:
    """Row and step, from 1, of the earliest bad number in a (B, T, …) or (T, B, …) tensor."""
    if tensor.ndim < 2 or rows not in tensor.shape[:2]:
        return 0, 0
    bad = ~torch.isfinite(tensor.detach())
    bad = bad.reshape(*bad.shape[:2], -1).any(-1)
    if tensor.shape[0] != rows:
        bad = bad.t()
    first = int(bad.any(0).nonzero()[0])
    row = int(bad[:, first].nonzero()[0]) + 1
    return row, first + 1 if tensor.ndim > 2 else 0


def _rows(batch: Any, state: State | None) -> int:
    """How many rows the batch has: B of the state, or the length of the first tensor."""
    if state and state[0].ndim > 1:
        return state[0].shape[1]
    return next((len(tensor) for tensor in _tensors(batch) if tensor.ndim), 0)


def _tensors(value: Any) -> Iterator[Tensor]:
    """The tensors within tuples, lists, dictionaries and dataclasses."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _tensors(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _tensors(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _tensors(getattr(value, field.name))


def _finite(tensor: Tensor) -> bool:
    values = tensor.coalesce().values() if tensor.is_sparse else tensor
    return bool(torch.isfinite(values).all())


def _saved(known: Circumstances) -> str:
    """A line on what the run folder still holds; none without a folder."""
    if not known.place:
        return ""
    if not known.saved:
        return f"\nSaved: nothing yet; {known.place} holds the records alone."
    return f"\nSaved: {known.place} still holds {' and '.join(known.saved)}."


def _evidence(known: Circumstances) -> list[str]:
    """The figures on which the advice rests."""
    fields = known.fields
    clip = f"{fields.clip_norm:g}" if fields.clip_norm else "off"
    lines = [f"learning rate {known.learning_rate:g}", f"clip_norm {clip}"]
    if known.norms:
        median, last = statistics.median(known.norms), known.norms[-1]
        lines.append(
            f"gradient norm {last:.3g} at the step before, median {median:.3g} of the last "
            f"{len(known.norms)}"
        )
    return lines


def _advice(known: Circumstances, finding: Finding, blame: str | None) -> list[str]:
    """What to try, most promising first."""
    if blame:
        return ["mend or remove that part of the data"]
    fields = known.fields
    grown = bool(known.norms) and known.norms[-1] > _LEAP * statistics.median(known.norms)
    lower = f"--learning-rate {known.fields.learning_rate / 4:g}"
    if not fields.clip_norm:
        usual = statistics.median(known.norms) if known.norms else 1.0
        norm = float(f"{usual:.1g}") if math.isfinite(usual) and usual > 0 else 1.0
        advice = [f"--clip-norm {norm:g}", lower]
        return advice if grown or finding.what != "weights" else advice[::-1]
    return [lower, f"--clip-norm {fields.clip_norm / 4:g}"]
