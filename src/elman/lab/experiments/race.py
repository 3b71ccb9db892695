"""The race: four networks of equal size learn to recall a symbol across a gap, side by side.

Shapes: B sequences, T steps, E features, K symbols.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.checks import check_choice, check_range
from elman.lab.experiments.racers import KINDS, LEARNING_RATES, Racer, make_racer, weights_of
from elman.lab.experiments.recall_task import RecallTask
from elman.training.clipping import clip_gradients
from elman.training.uncompiled import AdamW

__all__ = ["Entrant", "Finish", "Measure", "RaceFields", "race"]

_LEARNED = 0.99  # share of right answers, twice in a row
_SPAN = 10  # steps between two measurements
_HELD_OUT = 256  # sequences that accuracy is measured on
_TRACED = 32  # of those, sequences that gradients are measured on


@dataclass(frozen=True, kw_only=True)
class RaceFields:
    """What the visitor may set.

    Attributes:
        gap: steps of noise between the symbol and the question.
        kinds: who races; some of `racers.KINDS`.
        steps: of training, at most.
        budget: weights of each network, at most.
        batch_size: sequences a step.
        clip_norm: longest gradient allowed; 0 for any.
        seed: of first weights and sequences; every racer sees the same ones.

    Raises:
        ConfigError: a number is out of its range.
        ChoiceError: a kind is unknown.
    """

    gap: int = 20
    kinds: tuple[str, ...] = KINDS
    steps: int = 600
    budget: int = 11_000
    batch_size: int = 32
    clip_norm: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for kind in self.kinds:
            check_choice("RaceFields", "kinds", kind, KINDS)
        check_range("RaceFields", "kinds", len(set(self.kinds)), at_least=1)
        check_range("RaceFields", "steps", self.steps, at_least=1, at_most=10_000)
        check_range("RaceFields", "budget", self.budget, at_least=3_000, at_most=100_000)
        check_range("RaceFields", "batch_size", self.batch_size, at_least=1, at_most=256)
        check_range("RaceFields", "clip_norm", self.clip_norm, at_least=0)
        check_range("RaceFields", "seed", self.seed, at_least=0, below=2**31)
        _ = self.task

    @property
    def task(self) -> RecallTask:
        """What is to be learned."""
        return RecallTask(self.gap)


@dataclass(frozen=True)
class Entrant:
    """A network at the start.

    Attributes:
        kind: one of `racers.KINDS`.
        weights: how many numbers it learns.
        learning_rate: of AdamW.
    """

    kind: str
    weights: int
    learning_rate: float


@dataclass(frozen=True)
class Measure:
    """How far a network has come.

    Attributes:
        kind: one of `racers.KINDS`.
        step: steps of training so far.
        accuracy: share of right answers on sequences it does not train on.
        loss: mean of -log p(symbol) on them, in nats.
        gradient_norm: of the last step of training, before clipping; 0 at the start.
        by_lag: for k = 0 … T-1, the norm of the derivative of the loss by the features k steps
            before the question, a mean over sequences, relative to its sum over k; empty if that
            sum is 0 or not finite. The symbol stands at the last.
    """

    kind: str
    step: int
    accuracy: float
    loss: float
    gradient_norm: float
    by_lag: tuple[float, ...]


@dataclass(frozen=True)
class Finish:
    """How a network ended.

    Attributes:
        kind: one of `racers.KINDS`.
        outcome: 'learned' (99 % right twice in a row), 'out of steps', or 'diverged'.
        step: steps of training done.
        accuracy: the last one measured.
    """

    kind: str
    outcome: str
    step: int
    accuracy: float


def race(fields: RaceFields) -> Generator[Entrant | Measure | Finish]:
    """Train the networks in turn, ten steps each, and tell what happens as it happens.

    Closing the iterator stops the race. Nothing is drawn from torch's own random numbers once the
    networks are made.

    Yields:
        Each `Entrant`; then `Measure` after `Measure`, by turns; for each network one `Finish`.

    >>> told = list(race(RaceFields(gap=1, kinds=("gru",), steps=5)))
    >>> told[0].kind, told[0].weights <= 11_000, type(told[-1]).__name__
    ('gru', True, 'Finish')
    >>> RaceFields(kinds=("grue",))
    Traceback (most recent call last):
    elman.errors.ChoiceError: RaceFields: `kinds` must be one of 'elman', 'gru', 'lstm',
    'transformer'; got 'grue'. Did you mean 'gru'?
    """
    lanes = [_Lane(kind, fields) for kind in dict.fromkeys(fields.kinds)]
    for lane in lanes:
        yield Entrant(lane.kind, weights_of(lane.racer), LEARNING_RATES[lane.kind])
    for lane in lanes:
        yield lane.measure()
    while lanes:
        for lane in lanes:
            lane.train(min(_SPAN, fields.steps - lane.step))
            yield lane.measure()
            if lane.outcome:
                yield Finish(lane.kind, lane.outcome, lane.step, lane.accuracy)
        lanes = [lane for lane in lanes if not lane.outcome]


class _Lane:
    """One network on its way."""

    def __init__(self, kind: str, fields: RaceFields) -> None:
        self.kind, self.fields = kind, fields
        self.racer: Racer = make_racer(kind, fields.task, fields.budget, fields.seed)
        self.optimizer = AdamW(self.racer.parameters(), lr=LEARNING_RATES[kind], weight_decay=0.0)
        self.draws = torch.Generator().manual_seed(fields.seed)
        self.held_out = fields.task.draw(_HELD_OUT, torch.Generator().manual_seed(2**31))
        self.step, self.accuracy, self.gradient_norm = 0, 0.0, 0.0
        self.learned = 0  # measurements in a row at which it was
        self.outcome = ""

    def train(self, steps: int) -> None:
        """Learn from `steps` batches; end where numbers stop being finite."""
        for _ in range(steps):
            tokens, answers = self.fields.task.draw(self.fields.batch_size, self.draws)
            logits = self.racer.answer(self.racer.embed(tokens))
            self.optimizer.zero_grad()
            torch.nn.functional.cross_entropy(logits, answers).backward()  # type: ignore[no-untyped-call]
            clipped = clip_gradients(self.racer.named_parameters(), self.fields.clip_norm)
            self.gradient_norm = clipped.norm_before
            self.step += 1
            if not clipped.finite:
                self.outcome = "diverged"
                return
            self.optimizer.step()

    def measure(self) -> Measure:
        """Where it stands; decides whether it has finished."""
        tokens, answers = self.held_out
        with torch.no_grad():
            logits = self.racer.answer(self.racer.embed(tokens))
            loss = torch.nn.functional.cross_entropy(logits, answers).item()
            self.accuracy = (logits.argmax(-1) == answers).float().mean().item()
        self.learned = self.learned + 1 if self.accuracy >= _LEARNED else 0
        if not math.isfinite(loss):
            self.outcome = "diverged"
        elif self.learned == 2:
            self.outcome = self.outcome or "learned"
        elif self.step >= self.fields.steps:
            self.outcome = self.outcome or "out of steps"
        by_lag = _gradient_by_lag(self.racer, tokens[:_TRACED], answers[:_TRACED])
        return Measure(self.kind, self.step, self.accuracy, loss, self.gradient_norm, by_lag)


def _gradient_by_lag(racer: Racer, tokens: Tensor, answers: Tensor) -> tuple[float, ...]:
    """See `Measure.by_lag`."""
    features = racer.embed(tokens).detach().requires_grad_()
    loss = torch.nn.functional.cross_entropy(racer.answer(features), answers, reduction="sum")
    (gradient,) = torch.autograd.grad(loss, features)  # each sequence's own
    norms = torch.linalg.vector_norm(gradient.double(), dim=-1).mean(0).flip(0)
    total = norms.sum().item()
    if not total or not math.isfinite(total):
        return ()
    return tuple((norms / total).tolist())
