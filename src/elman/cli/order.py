"""Words of a command line in the order that its parser needs: those of no option come first."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, get_origin

from elman.cli.flags import is_positional, options_of, type_of

__all__ = ["words_first"]


def words_first(words: Sequence[str], kind: type[Any]) -> list[str]:
    """The words with those that belong to no option before all options, else in their order.

    People put them where they like, as in ``elman next runs/mine --top 2 "I love"``.

    Args:
        words: as people gave them; what follows "--" stays behind it.
        kind: the verb's dataclass, whose fields are the options, in groups or not.

    >>> from typing import Annotated
    >>> import tyro
    >>> @dataclasses.dataclass
    ... class Next:
    ...     words: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    ...     top: int = 3
    ...     json: bool = False
    >>> words_first(["mine", "--top", "2", "--json", "I love"], Next)
    ['mine', 'I love', '--top', '2', '--json']
    """
    end = words.index("--") if "--" in words else len(words)
    if not any(map(is_positional, dataclasses.fields(kind))):
        return list(words)
    valued = dict(_options(kind))
    own: list[str] = []
    options: list[str] = []
    at = 0
    while at < end:
        word = words[at]
        takes = valued.get(word.replace("_", "-"), 0) if _is_option(word) else 0
        if takes is ...:  # how many there are is not known
            return list(words)
        (options if _is_option(word) else own).extend(words[at : min(at + 1 + takes, end)])
        at += 1 + takes
    return [*own, *options, *words[end:]]


def _is_option(word: str) -> bool:
    return len(word) > 1 and word.startswith("-")


def _options(kind: type[Any]) -> Iterator[tuple[str, Any]]:
    """Each option as it is typed, and how many words follow it; ... for any number."""
    for each in options_of(kind):
        wanted = type_of(each)
        takes = ... if get_origin(wanted) is tuple else int(wanted is not bool)
        yield "--" + each.name.replace("_", "-"), takes
        for note in getattr(each.type, "__metadata__", ()):
            yield from ((alias, takes) for alias in getattr(note, "aliases", None) or ())
