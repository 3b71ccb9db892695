"""Treebanks in CoNLL-U, kept as they are."""

import re
from collections.abc import Iterator, Mapping

from elman.data.datasets.readers.dealing import deal

__all__ = ["read"]

_BLANK = re.compile(r"\n(?:[^\S\n]*\n)+")


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Sentences with their comments, each a document of its own."""
    (data,) = members.values()
    sentences = _BLANK.split(data.decode().replace("\r\n", "\n").strip("\n"))
    return deal((f"{sentence}\n" for sentence in sentences if sentence.strip()), every=10)
