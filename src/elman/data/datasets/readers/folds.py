"""Folds dealt out to train, validation and test."""

from collections.abc import Iterator, Sequence

__all__ = ["by_fold"]


def by_fold(folds: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """The rows of each split: fold 0 is test, fold 1 validation, the others train, fold by fold.

    >>> dict(by_fold([2, 0, 1, 3, 2]))
    {'train': [0, 4, 3], 'validation': [2], 'test': [1]}
    """
    order = sorted(range(len(folds)), key=lambda row: folds[row])
    yield "train", [row for row in order if folds[row] > 1]
    yield "validation", [row for row in order if folds[row] == 1]
    yield "test", [row for row in order if folds[row] == 0]
