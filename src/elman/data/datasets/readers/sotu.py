"""State of the Union addresses: one file each, which is one long line."""

import re
from collections.abc import Iterator, Mapping

from elman.data.datasets.readers.dealing import deal

__all__ = ["read"]

# The last word of a sentence, where a capital letter (or a quotation) follows. A capital before the
# full stop is an initial, as in "U.S. Congress", and ends none.
_LAST_WORD = re.compile(r"(\S*[a-z0-9)%][.!?]+[\"”’)]*)\s+(?=[\"“‘(—]*[A-Z])")
_TITLES = frozenset(["Mr.", "Mrs.", "Ms.", "Dr.", "Gen.", "Col.", "Messrs.", "No.", "St.", "Sec."])


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Sentences as lines, speeches as documents, in the order of the files' names (of years)."""
    return deal(map(_speech, members.values()), every=10)


def _speech(content: bytes) -> str:
    """Break a speech into sentences."""
    text = " ".join(content.decode().split())
    return _LAST_WORD.sub(lambda m: m[0] if m[1] in _TITLES else f"{m[1]}\n", text) + "\n"
