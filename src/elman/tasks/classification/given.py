"""What people give a classifier to judge: texts, series, or files of them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from elman.data.labelled import Labelled
from elman.errors import DataError
from elman.tasks.classification.codec import ClassCodec
from elman.tasks.classification.corpus import Example
from elman.tasks.classification.trained import Trained

__all__ = ["Contents", "examples_of"]

Contents = str | Path | Any | Sequence[Any]
"""A text or a series (T, C), several of them, or a `pathlib.Path` to a file, labelled or not."""


def examples_of(trained: Trained, data: Contents, where: str) -> list[Example]:
    """What is to be judged.

    Args:
        trained: the model.
        data: see `Contents`.
        where: the beginning of messages.

    Raises:
        DataError: a file cannot be read, or something given is neither text nor series.
    """
    if isinstance(data, Path):
        return trained.read([data], labelled=False)
    if not isinstance(data, Iterable):
        raise DataError(
            f"{where}: `data` must be a text or a series, several of them, or a pathlib.Path to a "
            f"file, got {data!r:.60}."
        )
    one = isinstance(data, str) or getattr(data, "ndim", 0) == 2
    several = [data] if one else list(data)
    return [
        _example(trained.codec, each, f"{where}: `data[{k}]`") for k, each in enumerate(several)
    ]


def _example(codec: ClassCodec, content: Any, where: str) -> Example:
    if codec.is_text:
        if not isinstance(content, str):
            raise DataError(f"{where} must be a text, got {content!r:.60}.")
        return Labelled(content, "", where.partition("`")[2].rstrip("`"))
    try:
        with np.errstate(over="ignore"):  # what is too large is infinite, and told below
            values = np.asarray(content, np.float32)
    except (TypeError, ValueError):
        values = np.zeros(0, np.float32)
    if values.ndim != 2 or not values.size or np.isnan(values).all() or np.isinf(values).any():
        got = f"shape {values.shape}" if values.size else f"{content!r:.40}"
        file = " Name a file of series to have it read." if isinstance(content, str) else ""
        raise DataError(
            f"{where} must be a series of numbers of shape (T, C={codec.channels}), "
            f"with a value at least and none of them infinite, got {got}.{file}"
        )
    return Labelled(values, "", where.partition("`")[2].rstrip("`"))
