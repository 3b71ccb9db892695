"""What a run was validated on, found again by what its command names."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from elman.errors import DataError, ElmanError
from elman.tasks.commands import as_named, named_data
from elman.tasks.fitted import Fitted

__all__ = ["held_out"]

Examples_co = TypeVar("Examples_co", covariant=True)


class _Corpus(Protocol[Examples_co]):
    """What a task opens of data."""

    @property
    def digests(self) -> Mapping[str, str]: ...
    @property
    def validation(self) -> Examples_co: ...
    @property
    def split(self) -> str: ...


def held_out(
    trained: Fitted,
    where: str,
    what: str,
    open_corpus: Callable[[list[str], str | None], _Corpus[Examples_co]],
) -> tuple[Examples_co, str]:
    """What a model was validated on, if what its run's command names still has the same bytes.

    Args:
        trained: the model.
        where: the beginning of the message, where there is no run.
        what: it in words, such as "the text that".
        open_corpus: from data and validation data, as named, to what may be it.

    Raises:
        DataError: it is not at hand.
    """
    command = ""
    if trained.run is not None:
        command, where = trained.run.description.command, str(trained.run.path)
    for data, validation in named_data(command):
        with contextlib.suppress(ElmanError):  # what the command names may be gone
            corpus = open_corpus(data, validation)
            if trained.data and dict(corpus.digests) == dict(trained.data):
                named = as_named(data if validation is None else validation)
                return corpus.validation, f"{named} ({corpus.split})"
    raise DataError(
        f"{where}: `DATA` must be given, since {what} the model was validated on is not at hand "
        f"(its command: {command or 'none'})."
    )
