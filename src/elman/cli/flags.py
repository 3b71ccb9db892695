"""Errors in the words of the command line: `--top-k` where Python has an argument `top_k`."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import tyro

from elman.tasks.registry import TASKS

__all__ = ["in_flags", "is_positional", "options_of", "type_of"]

# A name in backticks, unless what stands there is a path, as in "data: `seed` must be a file".
_NAME = re.compile(r"(?<!data: )`(\w+)`")
_WORD = re.compile(r"\b[A-Z]{3,}\b")
_PLACE_IN_PYTHON = re.compile(r"\A[A-Z][\w.]*(?=: )")
_ESTIMATORS = "|".join(task.estimator for task in TASKS.values())
_CONFIGS = "|".join(f"{task.capitalize()}Config" for task in TASKS)
_OURS = re.compile(rf"\A((?:{_ESTIMATORS})\.\w+|{_CONFIGS}|Sampling|Streams|diagnose)(?=: )")
"""Names in Python that no file of a user's has, which the first may."""


def in_flags(message: str, verb: str, command: Any) -> str:
    """A message about arguments as one about the flags and the words that people gave.

    Args:
        message: as the library has it.
        verb: the verb, such as "train language".
        command: the verb's dataclass, whose fields are the options, in groups or not.

    >>> from typing import Annotated
    >>> @dataclasses.dataclass
    ... class Generate:
    ...     words: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="PROMPT DATA")] = ""
    ...     top_k: int = 0
    >>> in_flags("Sampling: `top_k` must be at least 0, got -1.", "generate", Generate())
    'elman generate: `--top-k` must be at least 0, got -1.'
    >>> in_flags("LanguageModel.next_tokens: `prompt` must hold a word, got 1.", "next", Generate())
    'elman next: `PROMPT` must hold a word, got 1.'
    >>> in_flags("diagnose: `data` must bring two steps, got 1.", "inspect", Generate())
    'elman inspect: `DATA` must bring two steps, got 1.'
    >>> in_flags("Notes.txt: must hold text.", "generate", Generate())
    'Notes.txt: must hold text.'
    """
    flags = {each.name: "--" + each.name.replace("_", "-") for each in options_of(command)}
    words = {word.lower(): word for word in _positional(command)}
    told = _renamed(message, flags)
    place = _OURS if told == message else _PLACE_IN_PYTHON
    return place.sub(f"elman {verb}", _renamed(told, words))


def _renamed(message: str, names: Mapping[str, str]) -> str:
    """A message with names in backticks as `names` has them."""
    return _NAME.sub(lambda found: f"`{names.get(found[1], found[1])}`", message)


def _positional(command: Any) -> Iterator[str]:
    """What its help calls the words of a command that are no options, as in [RUN] DATA."""
    for each in filter(is_positional, dataclasses.fields(command)):
        for note in getattr(each.type, "__metadata__", ()):
            yield from _WORD.findall(getattr(note, "metavar", None) or "")


def is_positional(option: dataclasses.Field[Any]) -> bool:
    """Whether a field of a verb's dataclass takes the words that belong to no option."""
    return tyro.conf.Positional in getattr(option.type, "__metadata__", ())


def options_of(kind: Any) -> Iterator[dataclasses.Field[Any]]:
    """The options of a verb's dataclass, those of its groups included; no positional arguments."""
    for each in dataclasses.fields(kind):
        if is_positional(each):
            continue
        if dataclasses.is_dataclass(group := type_of(each)):
            yield from options_of(group)
        else:
            yield each


def type_of(option: dataclasses.Field[Any]) -> Any:
    """The type of a field without its annotations."""
    return get_args(option.type)[0] if hasattr(option.type, "__metadata__") else option.type
