"""Vectors of words as wink-nlp has them: one JSON object, words listed the most frequent first.

A word's numbers are followed by their length and the word's place, which are left out.
"""

import json
from collections.abc import Iterator, Mapping

__all__ = ["read"]

_VECTORS = '"vectors":{'


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Word2vec's text format: how many and how wide, then a word a line and its numbers.

    Vectors are read one by one, since all of them as Python's numbers would take gigabytes.
    """
    (content,) = members.values()
    text = content.decode()
    at = text.index(_VECTORS) + len(_VECTORS)
    facts, decoder = json.loads(f"{text[:at]}}}}}"), json.JSONDecoder()
    yield "train", f"{facts['size']} {facts['dimensions']}\n".encode()
    for word in facts["words"]:
        found, at = decoder.raw_decode(text, at)
        if found != word:
            raise ValueError(f"the vector of {found!r} stands where that of {word!r} must")
        vector, at = decoder.raw_decode(text, at + len(":"))
        at += len(",")
        yield "train", f"{word} {' '.join(map(str, vector[: facts['dimensions']]))}\n".encode()
