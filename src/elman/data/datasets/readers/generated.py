"""Sentences of the built-in grammar."""

from collections.abc import Iterator, Mapping

from elman.data.datasets.elman_sentences import generate

__all__ = ["SENTENCES", "read"]

SENTENCES = {"train": (240_000, 1), "validation": (8_000, 2), "test": (8_000, 3)}
"""Split → how many sentences, and the seed they are drawn with."""


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:  # noqa: ARG001  # built in
    """A sentence a line, other sentences for each split."""
    for split, (count, seed) in SENTENCES.items():
        yield split, "".join(f"{sentence}\n" for sentence in generate(count, seed))
