"""All instruments in one call, and the verdict in plain words."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from elman.contracts import Inspectable, Material
from elman.errors import ConfigError, DataError, ShapeError
from elman.inspect.advice import advise
from elman.inspect.contexts import approach_horizon
from elman.inspect.gradient_flow import gradient_flow
from elman.inspect.horizon import Horizon
from elman.inspect.losses import Loss
from elman.inspect.plots import new_axes
from elman.inspect.preparing import prepare
from elman.inspect.recall import recall
from elman.inspect.report import Advice, Report
from elman.inspect.results import Result
from elman.inspect.saturation import saturation
from elman.inspect.spectrum import spectrum
from elman.inspect.subject import Subject
from elman.inspect.tables import Column, Table
from elman.inspect.verdict import Findings, sentences
from elman.page.network import BrowserNetwork
from elman.page.recording import Recording
from elman.records import Observer, Record

__all__ = ["Diagnosis", "diagnose"]

Found = TypeVar("Found")

_LAGS = 50
_LOOKS = "how far back it looks"
_SILENCE_S = 1.0  # between two words about a measurement that takes long
_MOST_BATCHES = 64  # of data that can be read once only


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What all instruments found, and what it means.

    Attributes:
        headline: how far back it looks, in two or three words.
        verdict: what was found, a sentence each.
        advice: what to try, each with its evidence.
        found: what each instrument found; None where one could not measure.
        skipped: instruments that could not measure, and why.
        source: what was read: "data", "random" inputs, or what an estimator says of its own.
    """

    headline: str
    verdict: tuple[str, ...]
    advice: tuple[Advice, ...]
    found: Findings
    skipped: tuple[tuple[str, str], ...]
    source: str

    @property
    def results(self) -> tuple[Result, ...]:
        """What each instrument found, without those that could not measure."""
        found = self.found
        every = (found.horizon, found.flow, found.recall, found.saturation, found.spectrum)
        return tuple(result for result in every if result is not None)

    def __str__(self) -> str:
        advice = [f"{each.text} ({each.evidence})" for each in self.advice]
        skipped = [f"Not measured: {name}. {why}" for name, why in self.skipped]
        return "\n".join([" ".join(self.verdict), *advice, *skipped])

    def __repr__(self) -> str:
        return str(self)

    def report(
        self,
        title: str,
        *,
        play: Sequence[BrowserNetwork | Recording] = (),
        text: str = "I love cats",
    ) -> Report:
        """What `write_report` writes.

        Args:
            title: which model it was, on which data.
            play: the network itself where a page can run it, or recordings of it.
            text: what the network reads first on the page.
        """
        skipped = [f"Not measured: {name}. {why}" for name, why in self.skipped]
        return Report(
            title=title,
            headline=self.headline,
            verdict=self.verdict,
            advice=self.advice,
            results=self.results,
            play=play,
            text=text,
            notes=[f"It read {self.source}.", *skipped],
        )

    def table(self) -> Table:
        """The verdict, then what to try, a line each."""
        rows = [("found", said) for said in self.verdict]
        rows += [("try", f"{each.text} ({each.evidence})") for each in self.advice]
        rows += [(f"not measured: {name}", why) for name, why in self.skipped]
        return Table(f"Diagnosis: {self.headline}", (Column(""), Column("")), tuple(rows))

    def plot(self, axes: Any = None) -> Any:
        """Draw every result with matplotlib (extra [plot]); the axes drawn on, one for each.

        Args:
            axes: as many as there are results; None for a new row of them.
        """
        places = new_axes(len(self.results)) if axes is None else axes
        return [result.plot(place) for result, place in zip(self.results, places, strict=True)]

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first; the results under their own kinds."""
        return {
            "kind": "diagnosis",
            "headline": self.headline,
            "verdict": list(self.verdict),
            "advice": [vars(each) for each in self.advice],
            "source": self.source,
            "skipped": dict(self.skipped),
            "results": {found["kind"]: found for found in map(_as_json, self.results)},
        }

    def _repr_html_(self) -> str:
        shown = [getattr(result, "_repr_html_", lambda: "")() for result in self.results]
        return "".join([self.table()._repr_html_(), *shown])


def diagnose(
    model: Any,
    data: Any = None,
    loss: Loss | None = None,
    *,
    tolerance: float | None = None,
    seed: int = 0,
    observer: Observer | None = None,
) -> Diagnosis:
    """Look at a recurrent network with all instruments, and say what they found.

    Args:
        model: a `torch.nn.Module` with recurrent layers of `torch.nn` or `elman.nn`, or an
            estimator such as `LanguageModel`.
        data: what to read, best what the model was not trained on: inputs or (inputs, targets), as
            `elman.inspect.preparing.prepare` takes them; for an estimator what its verbs take. None
            for random inputs, or what the estimator has at hand.
        loss: (outputs (n, O), targets (n, …)) -> their loss; None for the one by the targets' kind.
        tolerance: of the memory horizon; see `memory_horizon`.
        seed: of all random choices.
        observer: told of each instrument as it begins.

    Returns:
        The diagnosis. An instrument that cannot measure on such data is named with its reason.

    Raises:
        ConfigError: the model holds no recurrent layer, or an option is out of its range.
        DataError: a weight is not finite, or the data has no known form, or but one step.
        ShapeError: the model does not take such data.

    >>> import torch
    >>> model = torch.nn.RNN(2, 1, nonlinearity="relu", bias=False, batch_first=True)
    >>> with torch.no_grad():    # h_t = h_{t-1} / 2 + x_t: half of the memory goes each step
    ...     _ = model.weight_hh_l0.fill_(0.5), model.weight_ih_l0.fill_(1.0)
    >>> found = diagnose(model, torch.rand(40, 30, 2))
    >>> found.verdict[:2]
    ('What it says depends on the last 6 steps.', 'The gradient falls below 1 % after 7 steps.')
    >>> diagnose(torch.nn.Linear(2, 4), torch.rand(40, 30, 2))
    Traceback (most recent call last):
    elman.errors.ConfigError: diagnose: `model` must hold a recurrent layer of torch.nn or elman.nn
    (RNN, GRU, LSTM, their cells, Elman, Recurrent), got a Linear of nothing.
    """
    given = _Given(_material(model, data))
    tell = observer or _ignore
    tell({"event": "stage", "text": "reading the data"})
    subject = prepare("diagnose", given, None, loss, least=2)
    attempt = _Attempts(tell)
    horizon = attempt(_LOOKS, lambda: _horizon(given, tolerance, loss, seed, tell))
    found = Findings(
        horizon=horizon,
        flow=attempt(
            "how far back it learns",
            lambda: gradient_flow(given, None, _lags(subject), loss, seed=seed),
        ),
        recall=attempt("what its memory holds", lambda: recall(given)),
        saturation=attempt("which gates and units are stuck", lambda: saturation(given)),
        spectrum=attempt("what a step does to its memory", lambda: spectrum(given, seed=seed)),
    )
    return Diagnosis(
        headline="no horizon" if horizon is None else horizon.said.partition(" (")[0],
        verdict=sentences(found, subject.unit, subject.unit_per_step),
        advice=advise(subject.layers, found, given.kept.training, given.kept.unknown),
        found=found,
        skipped=tuple(attempt.skipped),
        source=given.kept.source or subject.source,
    )


class _Given:
    """A model whose data was fetched once, for all instruments."""

    def __init__(self, kept: Material) -> None:
        self.kept = kept

    def material(self, data: Any = None) -> Material:  # noqa: ARG002  (it brings its own)
        """What was fetched."""
        return self.kept


class _Attempts:
    """Calls instruments; those that cannot measure on such data are noted with their reason."""

    def __init__(self, tell: Observer) -> None:
        self.skipped: list[tuple[str, str]] = []
        self._tell = tell

    def __call__(self, name: str, measure: Callable[[], Found]) -> Found | None:
        """Measure; None where that cannot be."""
        self._tell({"event": "stage", "text": f"measuring {name}"})
        try:
            return measure()
        except (DataError, ShapeError, ConfigError) as error:
            self.skipped.append((name, str(error)))
            return None


def _horizon(
    given: _Given, tolerance: float | None, loss: Loss | None, seed: int, tell: Observer
) -> Horizon:
    """The memory horizon; tells now and then what is known of it."""
    told = time.monotonic()
    for so_far in approach_horizon(given, None, tolerance, loss=loss, seed=seed):
        read, places = len(so_far.measured.extra), so_far.places
        if read < places and time.monotonic() > told + _SILENCE_S:
            known = f"{so_far.horizon.said} by {read:,} of {places:,} places"
            tell({"event": "stage", "text": f"measuring {_LOOKS}: so far {known}"})
            told = time.monotonic()
    return so_far.horizon


def _material(model: Any, data: Any) -> Material:
    """The network and its data; what can be read once only is kept."""
    if isinstance(model, Inspectable):
        return model.material(data)
    if isinstance(data, Iterator):
        data = list(islice(data, _MOST_BATCHES))
    return Material(model, data)


def _lags(subject: Subject) -> int:
    """How far back to follow gradients."""
    return max(1, min(_LAGS, subject.longest - 1))


def _ignore(record: Record) -> None:
    """Nobody watches."""


def _as_json(result: Result) -> dict[str, Any]:
    return result.to_json()
