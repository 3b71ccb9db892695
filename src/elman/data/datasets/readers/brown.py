"""The Brown Corpus in its tagged form: files of one sample each, a sentence a line.

Tags are as in the corpus, but for what marks a word's place rather than its kind: in a title (-tl),
a headline (-hl), as a cited word (-nc), in a foreign language (fw-).
"""

import re
from collections.abc import Iterator, Mapping

from elman.data.datasets.readers.dealing import deal

__all__ = ["plain_tag", "read"]

_PLACE = re.compile(r"^fw-|(?:-(?:tl|hl|nc))+$")


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Sentences as lines of word/tag, samples as documents, in the order of the files' names."""
    return deal(map(_sample, members.values()), every=10)


def plain_tag(tag: str) -> str:
    """A tag without what marks the word's place.

    >>> plain_tag("nn-tl-hl"), plain_tag("fw-in+at-tl"), plain_tag("--"), plain_tag("ppss+ber-n")
    ('nn', 'in+at', '--', 'ppss+ber-n')
    """
    return _PLACE.sub("", tag)


def _sample(content: bytes) -> str:
    """The sentences of a file, blank lines left out."""
    lines = (line.split() for line in content.decode("ascii").split("\n"))
    return "".join(f"{' '.join(map(_plain, tokens))}\n" for tokens in lines if tokens)


def _plain(token: str) -> str:
    word, _, tag = token.rpartition("/")
    return f"{word}/{plain_tag(tag)}"
