"""The Collaborative International Dictionary of English, out of Debian's dict-gcide.

The file is gzip with an index for random access (dictzip). An entry begins with a line that is not
indented and gives the pronunciation between backslashes; its paragraphs are wrapped, and parted by
blank lines. What stands before the first entry is about the dictionary itself.
"""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping

from elman.data.datasets.readers.dealing import deal
from elman.errors import DataError

__all__ = ["read"]


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Paragraphs as lines, entries as documents.

    Raises:
        DataError: the file is damaged.
    """
    (data,) = members.values()
    try:
        with gzip.open(io.BytesIO(data)) as file:
            yield from deal(_entries(map(_decoded, file)), every=50)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"gcide: the file must be whole gzip data, got: {error}.") from error


def _entries(lines: Iterable[str]) -> Iterator[str]:
    """Gather the lines of each entry, a paragraph a line."""
    paragraphs, words = list[str](), list[str]()
    begun = False
    for line in lines:
        begins = "\\" in line and not line[0].isspace()
        if words and (begins or line.isspace()):
            paragraphs.append(" ".join(words))
            words = []
        if begins:
            if begun:
                yield "\n".join([*paragraphs, ""])
            paragraphs, begun = [], True
        words += line.split()
    yield "\n".join([*paragraphs, " ".join(words)]).rstrip() + "\n"


def _decoded(line: bytes) -> str:
    """UTF-8, but for a few lines that kept the bytes of Windows-1252."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
