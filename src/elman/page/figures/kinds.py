"""The figures of a result, by its kind: what the instruments write as JSON, drawn."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from elman.page.figures.eigenvalues import eigenvalue_plane
from elman.page.figures.gradient_by_lag import GradientCurve, gradient_by_lag
from elman.page.figures.loss_by_context import Reach, loss_by_context
from elman.page.figures.recall_by_lag import recall_by_lag
from elman.page.figures.saturation import Shares, saturation
from elman.page.figures.spectrum import singular_values
from elman.page.figures.surprisal import surprisal_strip
from elman.page.svg import Markup
from elman.wording import plural

__all__ = ["draw"]

Result = Mapping[str, Any]


def draw(result: Result) -> tuple[Markup, ...]:
    """Draw what `to_json()` of an instrument's result holds; nothing for kinds without a figure.

    Args:
        result: plain values, with the field "kind".

    >>> curve = {"name": "layer 1", "direction": "forward", "relative": [1.0, 0.5, 0.25]}
    >>> [figure[:4] for figure in draw({"kind": "gradient_flow", "layers": [curve]})]
    ['<svg']
    >>> draw({"kind": "poem"})
    ()
    """
    drawn = _KINDS.get(str(result.get("kind")))
    return () if drawn is None else drawn(result)


def _memory_horizon(result: Result) -> tuple[Markup, ...]:
    scale, unit = result["unit_per_step"], result["unit"]

    def placed(steps: int | None) -> float | None:
        return None if steps is None else steps * scale

    contexts = [n * scale for n in range(1, len(result["extra"]) + 1)]
    at = placed(result["steps"])
    reach = Reach(
        at=at,
        low=placed(result["low"]),
        high=placed(result["high"]),
        said=result["said"],
        tolerance=result["tolerance"],
    )
    measure = result["measure"]
    each = measure if measure == "change of output" else f"{measure} a step"
    return (
        loss_by_context(
            contexts,
            _numbers(result["extra"]),
            _numbers(result["errors"]),
            reach,
            x_label=f"context ({plural(unit)})",
            y_label=f"{each} above full context",
        ),
    )


def _gradient_flow(result: Result) -> tuple[Markup, ...]:
    curves = [
        GradientCurve(_layer_name(layer), _numbers(layer["relative"])) for layer in result["layers"]
    ]
    return (gradient_by_lag(curves, **_measure(result)),)


def _recall(result: Result) -> tuple[Markup, ...]:
    present = result.get("present")
    return (
        recall_by_lag(
            _numbers(result["scores"]),
            result["chance"],
            present=None if present is None else _numbers(present),
            measure=result["measure"],
            **_measure(result),
        ),
    )


def _surprisal(result: Result) -> tuple[Markup, ...]:
    return (surprisal_strip(result["tokens"], _numbers(result["bits"])),)


def _spectrum(result: Result) -> tuple[Markup, ...]:
    layers = result["layers"]
    return tuple(
        figure
        for layer in layers
        for figure in _layer_spectrum(layer, _layer_name(layer) if len(layers) > 1 else "")
    )


def _layer_spectrum(layer: Result, name: str) -> tuple[Markup, Markup]:
    """What one step stretches, and where its eigenvalues lie."""
    spread = (_numbers(layer[key]) for key in ("singular_values", "low", "high"))
    return (
        singular_values(*spread, name=name),
        eigenvalue_plane(
            [(real, imaginary) for real, imaginary in layer["eigenvalues"]], name=name
        ),
    )


def _saturation(result: Result) -> tuple[Markup, ...]:
    layers = [layer for layer in result["layers"] if layer["gates"]]
    return tuple(
        saturation(
            [Shares(gate["name"], gate["low"], gate["high"]) for gate in layer["gates"]],
            name=_layer_name(layer) if len(layers) > 1 else "",
        )
        for layer in layers
    )


def _measure(result: Result) -> dict[str, Any]:
    """What a lag counts."""
    return {"unit": result.get("unit", "step"), "unit_per_step": result.get("unit_per_step", 1.0)}


def _layer_name(layer: Result) -> str:
    """A layer with its direction, if that is not the usual one."""
    direction = layer.get("direction", "forward")
    name = str(layer["name"])
    return name if direction == "forward" else f"{name}, {direction}"


def _numbers(values: Sequence[float | None]) -> list[float]:
    """Values as they were before JSON, which has None for what is not finite."""
    return [float("nan") if value is None else value for value in values]


_KINDS: dict[str, Callable[[Result], tuple[Markup, ...]]] = {
    "memory_horizon": _memory_horizon,
    "gradient_flow": _gradient_flow,
    "recall": _recall,
    "spectrum": _spectrum,
    "saturation": _saturation,
    "surprisal": _surprisal,
}
