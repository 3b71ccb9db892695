"""How far back a model looks: its loss as a function of how many past steps it may see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from elman.checks import check_range
from elman.contracts import Inspectable, Material, Steppable
from elman.inspect.horizon import Horizon, summarise
from elman.inspect.losses import Loss
from elman.inspect.preparing import prepare
from elman.inspect.rows import evaluating
from elman.inspect.steppables import Text, as_reader, as_text
from elman.inspect.subject import Subject
from elman.inspect.truncation import Measured, choose_places, judges_ends, measure_truncated
from elman.inspect.wiping import WARM_UP, Wiping

__all__ = ["Approach", "approach_horizon", "memory_horizon"]

NATS, SHARE = 0.01, 0.01
"""Tolerances: nats per step; a share of the loss that one step leaves, or of the variance."""

_SMALLEST = 1e-12
_IN_NATS = ("CrossEntropyLoss", "NLLLoss", "cross_entropy", "nll_loss")
_FIRST, _LAST = 16, 256  # the longest context measured grows from one to the other
_WIPED, _ANEW = 4096, 512  # places, by how contexts are read
_FEW = 512  # places that show how far to look


def memory_horizon(
    model: Any,
    data: Any = None,
    tolerance: float | None = None,
    *,
    loss: Loss | None = None,
    max_context: int | None = None,
    positions: int | None = None,
    seed: int = 0,
) -> Horizon:
    r"""Measure how many past steps a model needs.

    At random places the model may see the last n steps only, and its loss there stands beside its
    loss with the full context:

        extra(n) = mean of ℓ(o_t | x_{t-n+1} … x_t) - ℓ(o_t | x_1 … x_t)
        steps    = min {n : extra(m) ≤ tolerance for all m ≥ n measured}

    with a 95 % interval by paired bootstrap over the places. A model that carries its state over a
    text of ids is read once from every place with its memory wiped; any other network reads every
    context anew, as a sequence of its own. A network that looks ahead keeps the steps after t in
    both. Without targets the change of the output is measured,

        extra(n) = mean of |o_t(n) - o_t|² / mean of |o_t - ō|²,

    and the result says so. A network that never started from a wiped memory in mid-sequence takes
    a few steps to find its feet; they count, since that is what a cut context costs it.

    Shapes: N steps of text, B sequences, T steps, I inputs.

    Args:
        model: a `torch.nn.Module` with recurrent layers, an estimator such as `LanguageModel`, or
            any `Steppable` over ids that gives logits or log-probabilities.
        data: ids of a text (N,), or whatever `elman.inspect.preparing.prepare` takes; data that the
            model was not trained on.
        tolerance: of `extra`; None for 0.01 nats (a perplexity 1 % higher), for 1 % of the loss
            that a context of one step leaves where the loss is another, and for 1 % of the
            variance where outputs are compared.
        loss: (outputs (n, O), targets (n, …)) -> their loss; None for the one by the targets' kind.
        max_context: the longest context measured, in steps; None grows it from 16 to 256 until
            the horizon is in sight or the data end: first at 512 places, then at all.
        positions: places at most; None for 4,096 by wiping, 512 by reading anew.
        seed: of the choice of places.

    Raises:
        ConfigError: a number is out of its range, or the model holds no recurrent layer.
        ShapeError: the data has a shape that the model does not take.
        DataError: the data is too short, or a weight or output is not finite.

    Source: the loss by truncated context is that of Khandelwal et al., "Sharp nearby, fuzzy far
    away", ACL 2018.

    >>> from elman.data.datasets.elman_sentences import generate, machine
    >>> from elman.data.datasets.elman_sentences.model import ExactModel
    >>> words = " <eos> ".join(generate(500, seed=7)).split()
    >>> ids = torch.tensor(machine().encode(words))
    >>> memory_horizon(ExactModel(), ids, 0.2, max_context=12, positions=500).steps
    3
    >>> memory_horizon(ExactModel(), ids[:10])
    Traceback (most recent call last):
    elman.errors.DataError: memory_horizon: the text must have at least 81 steps, got 10.
    Give more text, or look less far back.
    """
    *_, last = approach_horizon(
        model,
        data,
        tolerance,
        loss=loss,
        max_context=max_context,
        positions=positions,
        seed=seed,
    )
    return last.horizon


@dataclass(frozen=True)
class Approach:
    """What is known on the way to a horizon.

    Attributes:
        measured: what cut contexts cost at the places read so far.
        places: how many of them there will be, at contexts of this length.
        conclude: makes a horizon of it.
    """

    measured: Measured
    places: int
    conclude: Callable[[Measured], Horizon]

    @cached_property
    def horizon(self) -> Horizon:
        """What these places say of it, with an interval that narrows as they become more."""
        return self.conclude(self.measured)


def approach_horizon(
    model: Any,
    data: Any = None,
    tolerance: float | None = None,
    *,
    loss: Loss | None = None,
    max_context: int | None = None,
    positions: int | None = None,
    seed: int = 0,
) -> Iterator[Approach]:
    """Measure the memory horizon and say on the way what is known of it.

    Takes and raises what `memory_horizon` does, whose answer is the last one's horizon.

    >>> from elman.data.datasets.elman_sentences import generate, machine
    >>> from elman.data.datasets.elman_sentences.model import ExactModel
    >>> words = " <eos> ".join(generate(500, seed=7)).split()
    >>> ids = torch.tensor(machine().encode(words))
    >>> way = approach_horizon(ExactModel(), ids, 0.2, max_context=12, positions=1000)
    >>> [(each.horizon.positions, each.horizon.steps) for each in way]
    [(512, 3), (1000, 3)]
    """
    for name, value, least in (("max_context", max_context, 1), ("positions", positions, 2)):
        if value is not None:
            check_range("memory_horizon", name, value, at_least=least)
    if tolerance is not None:
        check_range("memory_horizon", "tolerance", tolerance, above=0)
    way = _way(model, data, loss, max_context or 1, positions, seed)
    lengths = list(way.lengths()) if max_context is None else [max_context]
    for longest in lengths:
        for measured, places in way.measure(longest):
            so_far = Approach(measured, places, lambda found: way.conclude(found, tolerance))
            yield so_far
            few = len(measured.extra) <= _FEW
            if few and longest < lengths[-1] and so_far.horizon.high is None:
                break  # look further before more places are read
        if so_far.horizon.high is not None:
            return


def _way(
    model: Any, data: Any, loss: Loss | None, least: int, positions: int | None, seed: int
) -> "_Way":
    """How this model's contexts are read."""
    material = model.material(data) if isinstance(model, Inspectable) else Material(model, data)
    text, reader = as_text(material), as_reader(material.module)
    if text is not None and loss is None and reader is not None:
        return _by_wiping(reader, text, material, positions or _WIPED, seed)
    subject = prepare("memory_horizon", model, data, loss, least=least + 1)
    return _by_reading_anew(subject, positions or _ANEW, seed)


@dataclass(frozen=True)
class _Way:
    """How contexts are read, and what is told of them.

    Attributes:
        measure: what contexts up to a length cost, at ever more places, and how many those will be.
        most: the longest that the data can show.
        kind: what is measured, as in `Horizon`.
        unit: what the data counts in.
        unit_per_step: how many of it a step is.
    """

    measure: Callable[[int], Iterator[tuple[Measured, int]]]
    most: int
    kind: str
    unit: str
    unit_per_step: float

    def lengths(self) -> Iterator[int]:
        """Longest contexts to try, each twice the one before."""
        longest = _FIRST
        while longest < min(self.most, _LAST):
            yield longest
            longest *= 2
        yield min(self.most, _LAST)

    def conclude(self, measured: Measured, tolerance: float | None) -> Horizon:
        """The horizon at a tolerance, or at the one that suits what is measured."""
        full_loss = float(measured.full.mean())
        if tolerance is None:
            one_step = full_loss + float(measured.extra[:, 0].mean())
            suits = {"nats": NATS, "change of output": SHARE}
            tolerance = suits.get(self.kind, max(SHARE * abs(one_step), _SMALLEST))
        return summarise(
            measured.extra,
            full_loss=full_loss,
            tolerance=tolerance,
            measure=self.kind,
            unit=self.unit,
            unit_per_step=self.unit_per_step,
        )


def _by_wiping(
    reader: Steppable, text: Text, material: Material, positions: int, seed: int
) -> _Way:
    """Read on from wiped memories."""
    ids, resets = text

    def measure(longest: int) -> Iterator[tuple[Measured, int]]:
        with evaluating(reader):
            wiping = Wiping(reader, ids, resets, longest=longest, positions=positions, seed=seed)
        for places in (*range(_FEW, wiping.places, _FEW), wiping.places):
            with evaluating(reader):  # not while others are told of it
                measured = wiping.measure(places)
            yield measured, wiping.places

    most = max(_FIRST, (len(ids) - 1) // (WARM_UP + 1))
    return _Way(measure, most, "nats", material.unit, material.unit_per_step)


def _by_reading_anew(subject: Subject, positions: int, seed: int) -> _Way:
    """Read every context as a sequence of its own."""

    def measure(longest: int) -> Iterator[tuple[Measured, int]]:
        with subject.evaluating(), torch.no_grad():
            places = choose_places(subject, longest, positions, seed)
            measured = measure_truncated(subject, places, longest)
        yield measured, len(measured.extra)

    most = subject.longest - 1 if judges_ends(subject) else (subject.longest - 1) // 2
    return _Way(measure, max(1, most), _kind(subject), subject.unit, subject.unit_per_step)


def _kind(subject: Subject) -> str:
    """What is measured."""
    targets = subject.batches[0].targets
    if targets is None:
        return "change of output"
    if subject.loss is not None:
        named = getattr(subject.loss, "__name__", type(subject.loss).__name__)
        return "nats" if named in _IN_NATS else "loss"
    return "squared error" if targets.is_floating_point() else "nats"
