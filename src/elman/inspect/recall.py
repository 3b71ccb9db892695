"""What a memory still holds: linear probes from the state to the inputs of the steps before.

Letters: B sequences, T steps, D numbers of a state, V words, E width of a word's code, K lags.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from elman.checks import check_range
from elman.contracts import Inspectable, Material, Steppable
from elman.errors import DataError, ShapeError
from elman.inspect.memories import Halves, split, text_states, watched_states
from elman.inspect.plots import Curve, plot_curves
from elman.inspect.probe import Probe
from elman.inspect.results import as_html, plain
from elman.inspect.ridge import Block, Code, explained, fit_ridge
from elman.inspect.rows import TextRows, cut, evaluating
from elman.inspect.steppables import Text, as_reader, as_text
from elman.inspect.subject import Subject, prepare
from elman.inspect.tables import Column, Table
from elman.page.figures import draw
from elman.wording import counted, percent, plural

__all__ = ["Recall", "recall"]

HELD = 0.5
"""From this score on an input counts as held."""

_ROWS = 32
_BINS = 20
_WIDEST = 256  # vocabularies up to here have a number of their own for each word
_CODE = 64  # width of a word's code in larger ones
_LAGS = 16
_LEAST = 20  # places to learn from, and to be measured on


@dataclass(frozen=True)
class Recall:
    """What a model's memory still holds, by lag: 0 for the step just read, 1 for the one before.

    Attributes:
        measure: "accuracy" where inputs are ids: the share of held-out steps whose input k steps
            back was read from the state; "R²" where they are values: the share of their variance.
        scores: by lag.
        chance: the score of always naming the commonest input, or the mean.
        present: the score of the same probe when it sees the present input in place of the state,
            by lag, which tells memory from inputs that resemble each other; None for ids.
        positions: held-out steps.
        probe: the reader; None for values.
        unit: what the data counts in, in the singular.
        unit_per_step: how many of it a step is.
    """

    measure: str
    scores: tuple[float, ...]
    chance: float
    present: tuple[float, ...] | None
    positions: int
    probe: Probe | None
    unit: str = "step"
    unit_per_step: float = 1.0

    @property
    def held(self) -> int:
        """How many inputs are held: the first lag whose score is below 0.5."""
        return next((k for k, score in enumerate(self.scores) if score < HELD), len(self.scores))

    def table(self) -> Table:
        """The score of every lag."""
        columns = [Column(f"{plural(self.unit)} back"), Column(self.measure, percent)]
        rows: list[tuple[float, ...]] = [
            (lag * self.unit_per_step, score) for lag, score in enumerate(self.scores)
        ]
        if self.present is not None:
            columns.append(Column("by the present input", percent))
            rows = [(*row, score) for row, score in zip(rows, self.present, strict=True)]
        notes = f"At {self.positions:,} held-out steps; chance: {percent(self.chance)}."
        return Table(
            "Recall: what a linear probe reads from the memory",
            tuple(columns),
            tuple(rows),
            (notes,),
        )

    def plot(self, axes: Any = None) -> Any:
        """Draw the score by lag with matplotlib (extra [plot]); the axes drawn on."""
        lags = [lag * self.unit_per_step for lag in range(len(self.scores))]
        curves = [Curve(lags, self.scores, "the memory")]
        if self.present is not None:
            curves.append(Curve(lags, self.present, "the present input"))
        return plot_curves(
            curves,
            axes,
            title="What the memory still holds",
            x_label=f"{plural(self.unit)} back",
            y_label=self.measure,
            levels=[(self.chance, "chance")],
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first; without the probe."""
        return plain("recall", self, without=("probe",))

    def _repr_html_(self) -> str:
        return as_html(self.table(), *draw(self.to_json()))


def recall(
    model: Any,
    data: Any = None,
    *,
    vocabulary_size: int | None = None,
    embedding: Tensor | None = None,
    lags: int | None = None,
    penalty: float = 1e-4,
) -> Recall:
    r"""Train a linear probe for each lag and measure it on data that it was not trained on.

        W_k = argmin over W, b of sum over t of |W s_t + b - code(x_{t-k})|² + λ|W diag(σ)|²

    s_t is the whole state after step t, all parts and all layers that walk forward, and σ² the sum
    of squares of each of its numbers about their mean, so that units do not matter. The code of an
    id is one-hot for vocabularies up to 256, else its embedding, in the 64 directions that vary
    most; values are their own code, each scaled to variance 1. The first four fifths of the data
    train the probe, in closed form and in float64; the rest measures it.

    Shapes: N steps of text, B sequences, T steps, I inputs, V words, E width of the embedding.

    Args:
        model: a `torch.nn.Module` with recurrent layers, an estimator such as `LanguageModel`, or
            any `Steppable` over ids.
        data: ids of a text (N,), or whatever `elman.inspect.subject.prepare` takes, which the
            model should not have been trained on.
        vocabulary_size: V; None for that of the model's embedding, else the largest id and one.
        embedding: (V, E), for V above 256; None for the model's own.
        lags: how many steps back to look, the present one included; None for 16, or half the
            longest sequence if that is less.
        penalty: λ.

    Raises:
        ConfigError: a number is out of its range, or the model holds no recurrent layer.
        ShapeError: a tensor has another shape, or the embedding is missing.
        DataError: the data is too short, or a weight or state is not finite.

    Source: closed-form linear probes, Alain and Bengio, arXiv:1610.01644; recall by lag, Jaeger's
    memory capacity, GMD report 152, 2001.

    >>> _ = torch.manual_seed(0)
    >>> class Shift:
    ...     '''Remembers the last two inputs, and nothing more.'''
    ...     def initial_state(self, batch_size):
    ...         return (torch.zeros(1, batch_size, 8),)
    ...     def __call__(self, x, state=None, resets=None):
    ...         memory, = state or self.initial_state(len(x))
    ...         for word in x.T:
    ...             now = torch.nn.functional.one_hot(word, 4).float()
    ...             memory = torch.cat([now[None], memory[..., :4]], dim=-1)
    ...         return memory[0, :, None], (memory,)
    >>> found = recall(Shift(), torch.randint(4, (4000,)), lags=3)
    >>> [round(score, 1) for score in found.scores], found.held
    ([1.0, 1.0, 0.2], 2)
    >>> recall(Shift(), torch.randint(4, (20,)), lags=3)
    Traceback (most recent call last):
    elman.errors.DataError: recall: the text must have at least 30 steps, got 20. Give more text, or
    look less far back.
    """
    if lags is not None:
        check_range("recall", "lags", lags, at_least=1)
    check_range("recall", "penalty", penalty, above=0)
    if vocabulary_size is not None:
        check_range("recall", "vocabulary_size", vocabulary_size, at_least=2)
    material = model.material(data) if isinstance(model, Inspectable) else Material(model, data)
    text, reader = as_text(material), as_reader(material.module)
    if text is not None and reader is not None:
        codes = _codes(material.module, text[0], vocabulary_size, embedding)
        found = _read_text(reader, text, codes, lags or _LAGS, penalty)
    else:
        subject = prepare("recall", model, data, least=(lags or 1) + 1)
        lags = lags or max(1, min(_LAGS, subject.longest // 2))
        with subject.evaluating(), torch.no_grad():
            found = _read_sequences(subject, lags, vocabulary_size, embedding, penalty)
    return replace(found, unit=material.unit, unit_per_step=material.unit_per_step)


def _read_text(reader: Steppable, text: Text, codes: Tensor, lags: int, penalty: float) -> Recall:
    """Of a text of ids, step by step with the state carried."""
    rows = cut("recall", *text, _ROWS, 10 * lags)
    T = rows.ids.shape[1]
    fitted, held_out = _columns(rows, 0, T * 4 // 5), _columns(rows, T * 4 // 5, T)
    with evaluating(reader):
        return _recall_ids(
            text_states(reader, fitted, lags), text_states(reader, held_out, lags), codes, penalty
        )


def _read_sequences(
    subject: Subject,
    lags: int,
    vocabulary_size: int | None,
    embedding: Tensor | None,
    penalty: float,
) -> Recall:
    """Of any network: what its layers held while it read its data."""
    halves = split(subject)
    fitted, held_out = (
        watched_states(subject, halves, lags, fitted=learning) for learning in (True, False)
    )
    least = min(halves.places(lags, fitted=learning) for learning in (True, False))
    if least < _LEAST:
        raise DataError(
            f"recall: `data` must leave at least {_LEAST} steps to learn from and to be measured "
            f"on {counted(lags, 'step')} back, got {least}. Give more sequences or longer ones, "
            "or look less far back."
        )
    x = subject.batches[0].x
    if x.is_floating_point():
        return _recall_values(fitted, held_out, halves, lags, penalty)
    if x.dim() != 2:
        raise DataError(f"recall: inputs must be ids (B, T) or values, got {tuple(x.shape)}.")
    ids = torch.cat([batch.x.flatten() for batch in subject.batches])
    codes = _codes(subject.module, ids, vocabulary_size, embedding)
    return _recall_ids(fitted, held_out, codes, penalty)


def _recall_ids(
    fitted: Iterable[Block], held_out: Iterable[Block], codes: Tensor, penalty: float
) -> Recall:
    """Fit the reader of ids, and measure it."""
    weights, bias = fit_ridge(fitted, lambda inputs: codes[inputs], penalty)
    margins, hits, present = _measure(held_out, weights, bias, codes)
    edges, precision = _calibrate(margins, hits)
    probe = Probe(weights, bias, codes, edges, precision, hits.mean(1))
    chance = float(torch.bincount(present).max()) / len(present)
    return Recall("accuracy", tuple(probe.accuracy.tolist()), chance, None, hits.shape[1], probe)


def _recall_values(
    fitted: Iterable[Block], held_out: Iterable[Block], halves: Halves, lags: int, penalty: float
) -> Recall:
    """Fit the reader of values and one that sees the present input only, and measure both."""
    code = _scaling(halves)
    learned, measured = list(fitted), list(held_out)
    scores = explained(measured, code, *fit_ridge(learned, code, penalty))
    now = [[(code(x)[:, 0], x) for _, x in blocks] for blocks in (learned, measured)]
    present = explained(now[1], code, *fit_ridge(now[0], code, penalty))
    return Recall("R²", scores, 0.0, present, halves.places(lags, fitted=False), None)


def _scaling(halves: Halves) -> Code:
    """Scale each number of the inputs by its mean and deviation, and leave out what never varies.

    Raises:
        DataError: none varies.
    """
    seen = [
        batch.x.cpu()[first & batch.mask.cpu()].flatten(1).double()
        for batch, first in zip(halves.batches, halves.fitted, strict=True)
    ]
    values = torch.cat(seen)
    mean, deviation = values.mean(0), values.std(0)
    varies = (deviation > 1e-6 * values.abs().amax(0)).nonzero()[:, 0]
    if not len(varies):
        raise DataError("recall: the inputs must vary, got the same numbers at every step.")
    return lambda x: ((x.flatten(2).double() - mean) / deviation)[..., varies]


def _codes(
    module: Any, ids: Tensor, vocabulary_size: int | None, embedding: Tensor | None
) -> Tensor:
    """The code of each word, (V, E): one-hot, or the embedding's directions that vary most."""
    parts = module.modules() if isinstance(module, torch.nn.Module) else ()
    tables = [part.weight for part in parts if isinstance(part, torch.nn.Embedding)]
    least = int(ids.max()) + 1
    V = vocabulary_size or max(2, least, *(len(table) for table in tables[:1]))
    if least > V:
        raise ShapeError(f"recall: ids must lie below V={V}, got {least - 1}.")
    if V <= _WIDEST:
        return torch.eye(V)
    if embedding is None:
        embedding = next((table.detach().cpu() for table in tables if len(table) == V), None)
    if embedding is None or embedding.dim() != 2 or len(embedding) != V:
        got = None if embedding is None else tuple(embedding.shape)
        raise ShapeError(
            f"recall: `embedding` must have shape (V={V}, E) for more than {_WIDEST} words, "
            f"got {got}."
        )
    centred = (embedding - embedding.mean(0)).double()
    _, directions = torch.linalg.eigh(centred.T @ centred)
    codes: Tensor = (centred @ directions[:, -_CODE:]).float()
    return codes


def _columns(text: TextRows, begin: int, end: int) -> TextRows:
    """Some steps of every row."""
    resets = None if text.resets is None else text.resets[:, begin:end]
    return TextRows(text.ids[:, begin:end], resets)


def _measure(
    blocks: Iterable[Block], weights: Tensor, bias: Tensor, codes: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Margins of all readings, and whether they were right: (K, n) each; and the present ids."""
    nothing = torch.zeros(len(weights), 0)
    reader = Probe(weights, bias, codes, nothing, nothing, nothing)
    margins, hits, present = [], [], []
    for states, inputs in blocks:
        read = [reader.decode(states, lag) for lag in range(reader.lags)]
        margins.append(torch.stack([margin for _, margin in read]))
        hits.append(torch.stack([words for words, _ in read]) == inputs.T)
        present.append(inputs[:, 0])
    return torch.cat(margins, dim=1), torch.cat(hits, dim=1).float(), torch.cat(present)


def _calibrate(margins: Tensor, hits: Tensor) -> tuple[Tensor, Tensor]:
    """Part margins into classes of equal size; the share of right readings in each."""
    parts = torch.linspace(0, 1, _BINS + 1)[1:-1]
    edges = torch.quantile(margins, parts, dim=1).T.contiguous()  # (K, Q - 1)
    place = torch.searchsorted(edges, margins)
    right = torch.zeros(len(margins), _BINS).scatter_add(1, place, hits)
    count = torch.zeros(len(margins), _BINS).scatter_add(1, place, torch.ones_like(hits))
    return edges, right / count.clamp_min(1)
