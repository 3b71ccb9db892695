"""A text as parallel rows, and a model's losses along them.

Letters: N steps of text, R rows, T steps of a row, V words, E features.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from elman.contracts import Scorable, State, Steppable
from elman.errors import DataError, ShapeError

__all__ = ["TextRows", "cut", "evaluating", "losses", "nats_of", "read_features"]

_LENGTHS = 4  # a row of less would be mostly its beginning
_CELLS = 4_000_000  # numbers held at once when outputs are scored


@dataclass(frozen=True)
class TextRows:
    """A text cut into rows of equal length; what does not fill a row is left out.

    Attributes:
        ids: (R, T) int64.
        resets: (R, T) bool, where memory is wiped before a step; None for nowhere.
    """

    ids: Tensor
    resets: Tensor | None


def cut(where: str, ids: Tensor, resets: Tensor | None, rows: int, least: int) -> TextRows:
    """Cut a text into at most `rows` rows, each of several times `least` steps if it can be.

    Raises:
        ShapeError: `ids` or `resets` is not one row of the same length.
        DataError: the text is shorter than `least`.
    """
    if ids.dim() != 1:
        raise ShapeError(f"{where}: `ids` must have shape (N,), got {tuple(ids.shape)}.")
    if resets is not None and resets.shape != ids.shape:
        N, got = len(ids), tuple(resets.shape)
        raise ShapeError(f"{where}: `resets` must have shape (N={N},) as `ids`, got {got}.")
    if len(ids) < least:
        raise DataError(
            f"{where}: the text must have at least {least:,} steps, got {len(ids):,}. "
            "Give more text, or look less far back."
        )
    R = max(1, min(rows, len(ids) // (_LENGTHS * least)))
    T = len(ids) // R
    return TextRows(
        ids[: R * T].reshape(R, T).long(),
        None if resets is None else resets[: R * T].reshape(R, T),
    )


def losses(model: Steppable, x: Tensor, targets: Tensor, resets: Tensor | None) -> Tensor:
    """Nats of each target, (R, T), reading x from the initial state on. Float64.

    Raises:
        DataError: a loss is NaN.
    """
    if isinstance(model, Scorable):
        found = [
            nats_of(model, features, targets[:, span])
            for span, features in _features(model, x, resets)
        ]
        return torch.cat(found, dim=1)
    state, said = None, []
    t, steps = 0, 1  # one step tells how wide the outputs are
    while t < x.shape[1]:
        span = slice(t, t + steps)
        outputs, state = model(x[:, span], state, None if resets is None else resets[:, span])
        logs = torch.log_softmax(outputs, dim=-1)
        said.append(-logs.gather(-1, targets[:, span, None])[..., 0].double())
        t += steps
        steps = max(1, _CELLS // (len(x) * outputs.shape[-1]))
    return _checked(torch.cat(said, dim=1))


def read_features(model: Scorable, x: Tensor, resets: Tensor | None) -> Tensor:
    """Features at each step of x, (R, T, E), reading it from the initial state on."""
    return torch.cat([features for _, features in _features(model, x, resets)], dim=1)


def nats_of(model: Scorable, features: Tensor, targets: Tensor) -> Tensor:
    """Nats of targets of any shape, from features (…, E). Float64.

    Raises:
        DataError: a loss is NaN.
    """
    logs = model.log_probabilities(features.flatten(0, -2), targets.flatten())
    return _checked(-logs.double().view(targets.shape))


def _features(model: Scorable, x: Tensor, resets: Tensor | None) -> Iterator[tuple[slice, Tensor]]:
    """Features of x, some steps at a time."""
    state: State | None = None
    t, steps = 0, 1  # one step tells how wide they are
    while t < x.shape[1]:
        span = slice(t, t + steps)
        found, state = model.features(
            x[:, span], state, None if resets is None else resets[:, span]
        )
        yield span, found
        t += steps
        steps = max(1, _CELLS // (len(x) * found.shape[-1]))


def _checked(nats: Tensor) -> Tensor:
    """The same; raises `DataError` for NaN."""
    if bool(nats.isnan().any()):
        raise DataError("inspect: the model must give numbers, got NaN. Are its weights finite?")
    return nats


@contextmanager
def evaluating(model: Steppable) -> Iterator[None]:
    """Without gradients and dropout; the model's mode is given back."""
    training = isinstance(model, torch.nn.Module) and model.training
    if isinstance(model, torch.nn.Module):
        model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        if isinstance(model, torch.nn.Module):
            model.train(training)
