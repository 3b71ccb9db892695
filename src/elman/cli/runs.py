"""Which run a command means: the one named first, else the latest under runs/."""

import os
from collections.abc import Iterable
from pathlib import Path

from elman.errors import CheckpointError, ConfigError
from elman.runs import latest
from elman.runs.names import CONFIG, MODEL
from elman.wording import visible

__all__ = ["RUNS", "choose_run", "require_words", "unknown_words"]

RUNS = Path("runs")
_NAMED = 20


def choose_run(words: tuple[str, ...], task: str | None = None) -> tuple[Path, tuple[str, ...]]:
    """Tell the run from the words that follow it.

    Args:
        words: the positional arguments of a command: [RUN] and what it works on.
        task: what a run that is not named must be of; None for any task.

    Returns:
        The run's folder, and the words without it.

    Raises:
        CheckpointError: no run is named, and there is none under runs/.
        ConfigError: a run is named, but not first.
    """
    if words and _means_run(words[0]):
        return Path(words[0]), words[1:]
    for word in filter(_is_run, words[1:]):
        raise ConfigError(
            f"elman: `RUN` must come first, got '{word}' after '{words[0]}'. Change their order."
        )
    try:
        return latest(RUNS, task), words
    except CheckpointError as error:
        if not words:
            raise
        raise CheckpointError(
            f"elman: '{words[0]:.60}' is no run folder, so the latest run is meant. {error}"
        ) from error


def require_words(words: tuple[str, ...], where: str, what: str) -> tuple[str, ...]:
    """Return `words`, or raise `ConfigError` if there are none."""
    if words:
        return words
    raise ConfigError(f"{where}: `{what}` must be given, got nothing.")


def unknown_words(words: Iterable[str]) -> str:
    """What is said of words that a model does not know.

    >>> unknown_words(["dragons", "purr"])
    'Not in the vocabulary, read as <unk>: dragons, purr.'
    """
    named = list(words)
    more = len(named) - _NAMED
    told = [*named[:_NAMED], f"and {more:,} more"] if more > 0 else named
    return f"Not in the vocabulary, read as <unk>: {visible(', '.join(told))}."


def _means_run(word: str) -> bool:
    """Whether a word is a run folder, be it damaged, or is under runs/ and should be one."""
    path = Path(word)
    below = path.parts[:1] == RUNS.parts and len(path.parts) == 2
    return _is_run(word) or (below and not os.path.isfile(word))


def _is_run(word: str) -> bool:
    """Whether a word is a run folder, be it damaged."""
    parts = [os.path.join(word, name) for name in (CONFIG, MODEL)] if word else []
    return any(map(os.path.exists, parts))
