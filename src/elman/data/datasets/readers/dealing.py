"""Documents dealt out to train, validation and test, the same way every time."""

from collections.abc import Iterable, Iterator

__all__ = ["deal"]


def deal(documents: Iterable[str], every: int) -> Iterator[tuple[str, str]]:
    """Give every n-th document to test, the one after it to validation, all others to train.

    >>> [split for split, _ in deal("abcde", every=3)]
    ['train', 'train', 'test', 'validation', 'train']
    """
    for number, document in enumerate(documents, start=1):
        place = number % every
        split = "test" if place == 0 else "validation" if place == 1 < number else "train"
        yield split, document
