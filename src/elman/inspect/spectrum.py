"""What one step does to the memory: singular values and eigenvalues of the step-to-step Jacobian.

Letters: n places along trajectories, B sequences, T steps, S numbers of a layer's state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor

from elman.checks import check_range
from elman.inspect.jacobian import Places
from elman.inspect.layers import title
from elman.inspect.plots import Curve, plot_curves, plot_plane
from elman.inspect.preparing import prepare
from elman.inspect.reading import watch_batch
from elman.inspect.recording import Course
from elman.inspect.results import as_html, plain
from elman.inspect.subject import Subject
from elman.inspect.tables import Column, Table
from elman.inspect.walks import Walked
from elman.page.figures import draw
from elman.wording import percent

__all__ = ["LayerSpectrum", "Spectrum", "spectrum"]

_ROWS, _STEPS = 16, 256  # of the data read at most
_WORK = 2e9  # n · S³ at most, but two places at least
_POINTS = 512  # eigenvalues kept, about
_WARM_UP = 10  # steps for a change to turn into the direction that grows most
_SPREAD = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class LayerSpectrum:
    """One layer in one direction.

    Attributes:
        name: the layer's.
        direction: "forward" or "reverse".
        singular_values: by rank, largest first: the median over places.
        low, high: the 10th and 90th percentile of each.
        log_largest: mean natural logarithm of the largest singular value: how much one step can
            stretch a change at most.
        eigenvalues: (real, imaginary) at some of the places.
        radius: mean spectral radius, the largest modulus of an eigenvalue.
        exponent: largest Lyapunov exponent along the trajectories: the mean natural logarithm of
            what one step does to the change that grows most in the long run. Below 0 memory fades,
            by a factor of exp(exponent) each step; -inf where a step leaves nothing of it.
        places: how many places the spectrum is of.
    """

    name: str
    direction: str
    singular_values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    log_largest: float
    eigenvalues: tuple[tuple[float, float], ...]
    radius: float
    exponent: float
    places: int

    @property
    def growing(self) -> float:
        """Share of directions that grow in one step."""
        return sum(value > 1 for value in self.singular_values) / len(self.singular_values)


@dataclass(frozen=True)
class Spectrum:
    """What one step does to a small change of the memory.

    Attributes:
        layers: by layer and direction.
        source: "data", or "random" inputs where none was given.
    """

    layers: tuple[LayerSpectrum, ...]
    source: str = "data"

    def table(self) -> Table:
        """The main figures of every layer."""
        rows = tuple(
            (
                title(layer.name, layer.direction),
                layer.singular_values[0],
                layer.singular_values[len(layer.singular_values) // 2],
                layer.growing,
                layer.radius,
                layer.exponent,
            )
            for layer in self.layers
        )
        titles = ("layer", "largest σ", "median σ")
        columns = (*map(Column, titles), Column("growing", percent))
        notes = [
            f"Jacobians of the state by the state one step before, at {self.layers[0].places:,} "
            "places; growing: share of singular values above 1.",
        ]
        if self.source != "data":
            notes.append("There is no data: inputs are random.")
        columns += (Column("spectral radius"), Column("exponent"))
        return Table("Spectrum of the step-to-step Jacobian", columns, rows, tuple(notes))

    def plot(self, axes: Any = None) -> Any:
        """Draw the eigenvalues about the unit circle with matplotlib (extra [plot])."""
        clouds = [
            (title(layer.name, layer.direction), [complex(*each) for each in layer.eigenvalues])
            for layer in self.layers
        ]
        return plot_plane(clouds, axes, title="Eigenvalues of the step-to-step Jacobian")

    def plot_singular_values(self, axes: Any = None) -> Any:
        """Draw singular values by rank with matplotlib (extra [plot]); the axes drawn on."""
        curves = [
            Curve(
                range(1, len(layer.singular_values) + 1),
                layer.singular_values,
                title(layer.name, layer.direction),
                layer.low,
                layer.high,
            )
            for layer in self.layers
        ]
        return plot_curves(
            curves,
            axes,
            title="Singular values of the step-to-step Jacobian",
            x_label="rank",
            y_label="singular value",
            levels=[(1.0, "neither grows nor fades")],
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, its "kind" first."""
        return plain("spectrum", self)

    def _repr_html_(self) -> str:
        return as_html(self.table(), *draw(self.to_json()))


def spectrum(model: Any, data: Any = None, *, positions: int = 64, seed: int = 0) -> Spectrum:
    r"""Measure what one step does to small changes of each layer's state, along real trajectories.

        J_t = d s_t / d s_{t-1},        s = h, or (h, c) of an LSTM; inputs stay the same
        exponent = mean over t of log(|J_t v_{t-1}| / |v_{t-1}|),        v_t = J_t v_{t-1}

    Every layer by itself: what it does to its own state through its own recurrence. Up to 256
    steps of 16 sequences are read, in float64, on a copy of the model; places are drawn from them
    where a state was carried in, fewer for wide layers.

    Args:
        model: any `torch.nn.Module` with recurrent layers of `torch.nn` or `elman.nn`, or one of
            Elman's models.
        data: see `elman.inspect.preparing.prepare`; None for random inputs.
        positions: places whose Jacobian is decomposed, at most.
        seed: of the choice of places, and of the changes that are followed.

    Raises:
        ConfigError: a number is out of its range, or the model has no recurrent layer.
        DataError: a sequence has fewer than two steps, or a weight is not finite.
        ShapeError: the model does not take such data.

    Source: Pascanu, Mikolov and Bengio, ICML 2013; Vogt et al., "On Lyapunov exponents for RNNs",
    Frontiers in Applied Mathematics and Statistics 8, 2022.

    >>> import math
    >>> network = torch.nn.RNN(2, 3, nonlinearity="relu", batch_first=True)
    >>> with torch.no_grad():    # h_t = relu(0.5 h_{t-1} + …): every change is halved
    ...     _ = network.weight_hh_l0.copy_(0.5 * torch.eye(3)), network.bias_hh_l0.fill_(9)
    >>> (layer,) = spectrum(network, torch.zeros(1, 40, 2)).layers
    >>> layer.singular_values, layer.radius, round(math.exp(layer.exponent), 6)
    ((0.5, 0.5, 0.5), 0.5, 0.5)
    >>> spectrum(network, torch.zeros(1, 1, 2))
    Traceback (most recent call last):
    elman.errors.DataError: spectrum: a sequence must have at least 2 steps, got 1 in the longest.
    Give longer sequences, or look less far back.
    """
    check_range("spectrum", "positions", positions, at_least=1)
    subject = prepare("spectrum", model, data, least=2).double()
    found: dict[tuple[str, str], list[Course]] = {}
    for seen in _read(subject):
        found.setdefault((seen.name, seen.direction), []).append(seen)
    generator = torch.Generator().manual_seed(seed)
    layers = tuple(_decompose(courses, positions, generator) for courses in found.values())
    return Spectrum(layers, subject.source)


def _read(subject: Subject) -> Iterator[Course]:
    """The courses of some of the data."""
    rows = 0
    for batch in subject.batches:
        if rows < _ROWS:
            part = batch.rows(slice(0, _ROWS - rows))
            steps = part.steps(0, _STEPS) if subject.judges_steps else part
            yield from watch_batch(subject, steps).courses.values()
            rows += len(part.x)


def _decompose(courses: list[Course], positions: int, generator: torch.Generator) -> LayerSpectrum:
    """Singular values and eigenvalues at places drawn from one layer's courses."""
    walks = [walked for course in courses for walked in course.walks]
    S = sum(part.shape[1] for part in walks[0].states)
    n = min(positions, max(2, int(_WORK / S**3)))
    jacobians = torch.cat([each.jacobian() for each in _draw(walks, n, generator)])
    values = torch.linalg.svdvals(jacobians)  # (n, S)
    eigenvalues = torch.linalg.eigvals(jacobians)
    levels = torch.tensor(_SPREAD, dtype=values.dtype)
    low, middle, high = values.quantile(levels, dim=0).tolist()
    kept = eigenvalues[: max(1, _POINTS // S)].flatten()
    return LayerSpectrum(
        name=courses[0].name,
        direction=courses[0].direction,
        singular_values=tuple(middle),
        low=tuple(low),
        high=tuple(high),
        log_largest=float(values[:, 0].log().mean()),
        eigenvalues=tuple(zip(kept.real.tolist(), kept.imag.tolist(), strict=True)),
        radius=float(eigenvalues.abs().amax(1).mean()),
        exponent=_exponent(courses, generator),
        places=len(values),
    )


def _draw(walks: list[Walked], n: int, generator: torch.Generator) -> Iterator[Places]:
    """Up to n places where a state was carried in, walk by walk; anywhere if it never was."""
    carried = _carried(walks)
    owner = torch.cat([torch.full((len(each),), k) for k, each in enumerate(carried)])
    row = torch.cat([torch.arange(len(each)) for each in carried])
    may = torch.cat(carried).nonzero()[:, 0]
    chosen = may[torch.randperm(len(may), generator=generator)[:n]]
    for k in sorted(set(owner[chosen].tolist())):
        yield Places(walks[k], row[chosen][owner[chosen] == k])


def _carried(walks: list[Walked]) -> list[Tensor]:
    """Where a state other than zero entered each walk, (N,) bool; everywhere if that is nowhere."""
    carried = [
        torch.stack([part.ne(0).any(1) for part in walked.entered]).any(0).cpu() for walked in walks
    ]
    if any(bool(each.any()) for each in carried):
        return carried
    return [torch.ones_like(each) for each in carried]


def _exponent(courses: list[Course], generator: torch.Generator) -> float:
    """Mean logarithm of the growth of a change that is followed through the courses."""
    growths = [growth for course in courses for growth in _growths(course, generator)]
    warm_up = min(_WARM_UP, max(0, max(course.steps for course in courses) // 4))
    late = torch.cat([logs for step, logs in growths if step >= warm_up])
    return float((late if len(late) else torch.cat([logs for _, logs in growths])).mean())


def _growths(course: Course, generator: torch.Generator) -> Iterator[tuple[int, Tensor]]:
    """Which step of a walk, and the logarithm of the growth of one change in every sequence."""
    walks = course.walks[::-1] if course.reverse else course.walks
    like = walks[0].states[0]
    S = sum(part.shape[1] for part in walks[0].states)
    sequences = max(walked.scan.batch_sizes[0] for walked in walks)
    v = torch.randn(sequences, 1, S, generator=generator, dtype=torch.float64).to(like)
    v = v / v.norm(dim=2, keepdim=True)
    step = 0
    for walked, carried in zip(walks, _carried(walks), strict=True):
        sizes = walked.scan.batch_sizes
        offsets = [0, *accumulate(sizes)]
        order = range(len(sizes))
        for t in reversed(order) if course.reverse else order:
            rows = torch.arange(offsets[t], offsets[t + 1])
            pushed = Places(walked, rows).push(v[: sizes[t]])
            norms = pushed.norm(dim=2, keepdim=True)
            yield step, norms[:, 0, 0][carried[rows]].log()
            moved = torch.where(norms > 0, pushed / norms, v[: sizes[t]])
            v = torch.cat(
                [torch.where(carried[rows, None, None], moved, v[: sizes[t]]), v[sizes[t] :]]
            )
            step += 1
