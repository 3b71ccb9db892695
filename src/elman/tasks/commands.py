"""What a run's command says of its data, and data as people named it."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["as_named", "named_data"]

_DEMO = ["elman", "demo"]


def named_data(command: str) -> Iterator[tuple[list[str], str | None]]:
    """What ``elman train TASK DATA … --validation FILE`` may have meant by data and validation.

    Which words are values of options is not known here; whoever asks compares digests.

    >>> list(named_data("elman train language cats.txt --out runs/cats"))
    [(['cats.txt'], None), (['runs/cats'], None)]
    """
    try:
        words = shlex.split(command)
    except ValueError:
        return
    if words[:2] == _DEMO:
        yield ["elman-sentences"], None
    flags = [word for word in words if word.startswith("--validation=")]
    validation = flags[-1].partition("=")[2] if flags else None
    if "--validation" in words[:-1]:
        validation = words[words.index("--validation") + 1]
    options = [place for place, word in enumerate(words) if word.startswith("-")]
    first, last = (options[0], options[-1]) if options else (len(words), len(words))
    for begin, end in ((3, first), (last + 1, len(words)), (last + 2, len(words))):
        if words[begin:end]:
            yield words[begin:end], validation


def as_named(data: str | Path | Sequence[str | Path]) -> str:
    """Data as people typed it.

    >>> as_named(["cats.txt", Path("dogs.txt")])
    'cats.txt dogs.txt'
    """
    return " ".join(map(str, data)) if isinstance(data, list | tuple) else str(data)
