"""Vectors of words as wink-nlp has them: one JSON object, words listed the most frequent first.

A word's numbers are followed by their length and the word's place, which are left out.
"""

import json
from collections.abc import Iterator, Mapping

__all__ = ["read"]


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Word2vec's text format: how many and how wide, then a word a line and its numbers."""
    (content,) = members.values()
    found = json.loads(content)
    words, vectors, width = found["words"], found["vectors"], found["dimensions"]
    yield "train", f"{len(words)} {width}\n".encode()
    for word in words:
        yield "train", f"{word} {' '.join(map(str, vectors[word][:width]))}\n".encode()
