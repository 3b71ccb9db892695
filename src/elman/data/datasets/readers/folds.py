"""Folds: every class spread evenly over them, and dealt out to train, validation and test."""

from collections import Counter
from collections.abc import Iterator, Sequence

__all__ = ["FOLDS", "by_fold", "stratified"]

FOLDS = 10


def stratified(labels: Sequence[str]) -> list[int]:
    """The fold of each example: the n-th of its class goes to fold n mod 10.

    >>> stratified(["a", "b", "a", "a"])
    [0, 0, 1, 2]
    """
    seen, folds = Counter[str](), list[int]()
    for label in labels:
        folds.append(seen[label] % FOLDS)
        seen[label] += 1
    return folds


def by_fold(folds: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """The rows of each split: fold 0 is test, fold 1 validation, the others train, fold by fold.

    >>> dict(by_fold([2, 0, 1, 3, 2]))
    {'train': [0, 4, 3], 'validation': [2], 'test': [1]}
    """
    order = sorted(range(len(folds)), key=lambda row: folds[row])
    yield "train", [row for row in order if folds[row] > 1]
    yield "validation", [row for row in order if folds[row] == 1]
    yield "test", [row for row in order if folds[row] == 0]
