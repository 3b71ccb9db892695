"""Plots with matplotlib (extra [plot]). They draw plain numbers and calculate nothing.

Every function takes `axes`, or None for new ones, and returns the axes that it drew on, so that
`result.plot()` shows in a notebook and `result.plot(axes)` takes its place in a larger figure.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from elman.errors import ConfigError

__all__ = [
    "Curve",
    "new_axes",
    "plot_bars",
    "plot_counts",
    "plot_curves",
    "plot_image",
    "plot_plane",
]

_MOST_NUMBERED = 20  # rows whose numbers can still be told apart


@dataclass(frozen=True)
class Curve:
    """One curve of a plot.

    Attributes:
        x: where its points stand.
        y: their values.
        label: what it shows; "" for none.
        low: lower ends of an interval about each point; None for no interval.
        high: its upper ends.
    """

    x: Sequence[float]
    y: Sequence[float]
    label: str = ""
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


def plot_curves(
    curves: Sequence[Curve],
    axes: Any,
    *,
    title: str,
    x_label: str,
    y_label: str,
    levels: Sequence[tuple[float, str]] = (),
    log: bool = False,
) -> Any:
    """Draw curves, with intervals where they have some, and level lines with their names.

    Args:
        curves: what to draw.
        axes: where; None for new axes.
        title: above it all.
        x_label: with its unit.
        y_label: with its unit.
        levels: heights of horizontal lines, and what they mean.
        log: whether heights stand on a logarithmic scale.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    axes = _ready(axes, title, x_label, y_label)
    for curve in curves:
        (line,) = axes.plot(curve.x, curve.y, marker=".", label=curve.label or "_")
        if curve.low is not None and curve.high is not None:
            axes.fill_between(curve.x, curve.low, curve.high, alpha=0.2, color=line.get_color())
    for height, name in levels:
        axes.axhline(height, linestyle=":", color="grey", label=name)
    if log:
        axes.set_yscale("log")
    if levels or any(curve.label for curve in curves):
        axes.legend(frameon=False)
    return axes


def plot_bars(
    names: Sequence[str], values: Sequence[float], axes: Any, *, title: str, y_label: str
) -> Any:
    """Draw a bar for each name, in order; bars of the same name stay apart."""
    axes = _ready(axes, title, "", y_label)
    places = range(len(names))
    axes.bar(places, values)
    axes.set_xticks(places, names, rotation=45 if len(names) > 6 else 0, ha="right")
    return axes


def plot_plane(
    clouds: Sequence[tuple[str, Sequence[complex]]], axes: Any, *, title: str, radius: float = 1.0
) -> Any:
    """Draw clouds of points on the complex plane, each with its name, and a circle about 0."""
    axes = _ready(axes, title, "real", "imaginary")
    circle = _library("patches").Circle((0, 0), radius, fill=False, linestyle=":", color="grey")
    axes.add_patch(circle)
    for name, points in clouds:
        real, imaginary = [point.real for point in points], [point.imag for point in points]
        axes.scatter(real, imaginary, s=8, alpha=0.5, label=name)
    axes.set_aspect("equal", adjustable="datalim")
    if len(clouds) > 1:
        axes.legend(frameon=False)
    return axes


def plot_image(
    rows: Sequence[Sequence[float]], axes: Any, *, title: str, x_label: str, y_label: str
) -> Any:
    """Draw numbers as colours between blue and red, zero in the middle, a row for each sequence."""
    axes = _ready(axes, title, x_label, y_label)
    bound = max((abs(value) for row in rows for value in row), default=0.0) or 1.0
    image = axes.imshow(
        rows, cmap="RdBu_r", vmin=-bound, vmax=bound, aspect="auto", interpolation="nearest"
    )
    axes.figure.colorbar(image, ax=axes)
    return axes


def plot_counts(
    counts: Sequence[Sequence[int]],
    names: Sequence[str],
    axes: Any,
    *,
    title: str,
    x_label: str,
    y_label: str,
) -> Any:
    """Draw a square of counts, each row as shares of its sum from white to blue, numbers within.

    Args:
        counts: of the name of the row with that of the column, (K, K).
        names: of rows and columns, K; of more than 20 the numbers are left out.
        axes: what to draw on; None for new ones.
        title: what stands above.
        x_label: what columns are.
        y_label: what rows are.
    """
    axes = _ready(axes, title, x_label, y_label)
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
    axes.figure.colorbar(image, ax=axes, label=f"share of the {y_label}")
    places = range(len(names))
    axes.set_xticks(places, names, rotation=45, ha="right")
    axes.set_yticks(places, names)
    if len(names) <= _MOST_NUMBERED:
        for y, (row, of_row) in enumerate(zip(counts, shares, strict=True)):
            for x, (count, share) in enumerate(zip(row, of_row, strict=True)):
                colour = "white" if share > 0.5 else "black"
                axes.text(x, y, f"{count:,}", ha="center", va="center", color=colour)
    return axes


def new_axes(count: int) -> list[Any]:
    """New axes side by side."""
    size = (6.4 * max(1, count), 4.8)
    _, axes = _library("pyplot").subplots(
        1, max(1, count), layout="constrained", figsize=size, squeeze=False
    )
    return list(axes[0][:count])


def _ready(axes: Any, title: str, x_label: str, y_label: str) -> Any:
    """Axes with their words."""
    if axes is None:
        _, axes = _library("pyplot").subplots(layout="constrained")
    axes.set_title(title)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    return axes


def _library(part: str) -> Any:
    """A part of matplotlib, loaded when first used."""
    try:
        return importlib.import_module(f"matplotlib.{part}")
    except ImportError as error:
        raise ConfigError(
            "plot: the `matplotlib` library must be installed, got none. "
            "Install it, in Elman's folder: pip install '.[plot]'"
        ) from error
