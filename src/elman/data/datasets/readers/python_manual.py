"""The reference manual inside CPython, which its own help() shows."""

import importlib
from collections.abc import Iterator, Mapping

from elman.data.datasets.readers.dealing import deal
from elman.errors import DataError

__all__ = ["read"]


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:  # noqa: ARG001  # built in
    """Lines as they stand, topics as documents, in the order of their names."""
    try:
        topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    except ImportError as error:
        raise DataError(
            "python-manual: this Python must have the module pydoc_data, got none. "
            "Install the whole of its standard library."
        ) from error
    return deal((_lines(text) for _, text in sorted(topics.items())), every=10)


def _lines(text: str) -> str:
    """The lines of a topic that are not blank."""
    return "".join(f"{line.rstrip()}\n" for line in text.split("\n") if line.strip())
