"""Checks of arguments, with messages that say where, what was expected and what came."""

import difflib
import math
import numbers
import operator
import os
from collections.abc import Collection
from typing import Any

from elman.errors import ChoiceError, ConfigError

__all__ = ["as_kind", "check_choice", "check_path", "check_range", "closest", "suggest"]

_KINDS: dict[type, tuple[Any, str]] = {
    bool: (bool, "True or False"),
    int: (numbers.Integral, "a whole number"),
    float: (numbers.Real, "a number"),
    str: (str, "a string"),
}
"""Kind → what passes for it, and how messages call that."""


def check_path(where: str, value: Any) -> None:
    """Raise `ConfigError` unless `value` is a path, as text or as a `pathlib.Path`.

    >>> check_path("elman.load", 3)
    Traceback (most recent call last):
    elman.errors.ConfigError: elman.load: `path` must be a path (a string or a pathlib.Path), got 3.
    """
    if not isinstance(value, str | os.PathLike):
        raise ConfigError(
            f"{where}: `path` must be a path (a string or a pathlib.Path), got {value!r:.60}."
        )


def suggest(name: str, choices: Collection[str]) -> str:
    """Return `` Did you mean '…'?`` when `name` is close to one of `choices`, else nothing."""
    close = closest(name, choices)
    return "" if close is None else f" Did you mean '{close}'?"


def closest(name: str, choices: Collection[str]) -> str | None:
    """The one of `choices` that `name` resembles most in any case, if it resembles one."""
    folded = {choice.lower(): choice for choice in choices}
    close = difflib.get_close_matches(name.lower(), list(folded), n=1, cutoff=0.5)
    return folded[close[0]] if close else None


def check_choice(where: str, name: str, value: str, choices: Collection[str]) -> None:
    """Raise `ChoiceError` unless `value` is one of `choices`.

    >>> check_choice("Config", "cell", "ltsm", ("gru", "lstm"))
    Traceback (most recent call last):
    elman.errors.ChoiceError: Config: `cell` must be one of 'gru', 'lstm'; got 'ltsm'.
    Did you mean 'lstm'?
    """
    if value in choices:
        return
    listed = ", ".join(f"'{choice}'" for choice in choices)
    raise ChoiceError(
        f"{where}: `{name}` must be one of {listed}; got '{value}'.{suggest(str(value), choices)}"
    )


def check_range(
    where: str,
    name: str,
    value: Any,
    *,
    at_least: float | None = None,
    above: float | None = None,
    at_most: float | None = None,
    below: float | None = None,
) -> None:
    """Raise `ConfigError` unless the number `value` lies within the bounds given.

    >>> check_range("LanguageConfig", "dropout", 1.5, at_least=0, below=1)
    Traceback (most recent call last):
    elman.errors.ConfigError: LanguageConfig: `dropout` must be at least 0 and below 1, got 1.5.
    """
    fits = (
        (at_least is None or value >= at_least)
        and (above is None or value > above)
        and (at_most is None or value <= at_most)
        and (below is None or value < below)
    )
    if fits:
        return
    bounds = (("at least", at_least), ("above", above), ("at most", at_most), ("below", below))
    said = " and ".join(f"{word} {bound}" for word, bound in bounds if bound is not None)
    raise ConfigError(f"{where}: `{name}` must be {said}, got {value!r}.")


def as_kind(where: str, name: str, value: Any, kind: type) -> Any:
    """Return `value` as a plain bool, int, float or str; NumPy's numbers pass for Python's.

    Nothing else is converted: neither "64" to a number nor 8.5 to a whole one, and True is none.

    Raises:
        ConfigError: `value` is no `kind`.

    >>> as_kind("LanguageConfig", "dropout", 0, float)
    0.0
    >>> as_kind("LanguageConfig", "layers", 1.5, int)
    Traceback (most recent call last):
    elman.errors.ConfigError: LanguageConfig: `layers` must be a whole number, got 1.5.
    """
    passes, said = _KINDS[kind]
    if not isinstance(value, passes) or (isinstance(value, bool) and kind is not bool):
        raise ConfigError(f"{where}: `{name}` must be {said}, got {value!r:.60}.")
    if kind is int:
        return operator.index(value)
    try:
        return kind(value)
    except OverflowError:  # a whole number beyond any float; its range is checked elsewhere
        return math.inf if value > 0 else -math.inf
