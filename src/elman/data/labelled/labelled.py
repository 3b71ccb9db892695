"""What a classifier learns from: a text or a series, and its class."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from elman.errors import DataError
from elman.wording import counted

__all__ = ["ColumnNames", "Labelled", "classes_of"]

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True, eq=False)
class Labelled(Generic[Content]):
    """A text or a series, and what it is.

    Attributes:
        content: a text, or the values of a series, (T, C) float32 with NaN where one is missing.
        label: the class; "" if it is not known.
        origin: where it stands, for messages: "line 3 of `cats.csv`".
        group: what it belongs to, such as its speaker; "" if that is not known. Whoever holds
            examples out may keep groups together.
        name: what the file calls it, such as the number of a series; "" if it has no name.
        channels: what the file calls the channels of a series; () if they have no names.

    >>> Labelled("I love cats", "joy", "line 1 of `cats.csv`").label
    'joy'
    """

    content: Content
    label: str
    origin: str
    group: str = ""
    name: str = ""
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ColumnNames:
    """Which columns of a table hold what; a column that is named must be there.

    Attributes:
        text: the text; "" takes 'text'.
        label: the class; "" takes 'label'.
        group: what an example belongs to; "" takes 'group' if there is such a column.
        series: which series a row belongs to; "" takes 'series'.
        time: the order of a series' rows; "" takes 'time' if there is such a column.
        values: the channels of a series; () takes all other columns.
        order: how to order the channels where none are named and a file has just these.
    """

    text: str = ""
    label: str = ""
    group: str = ""
    series: str = ""
    time: str = ""
    values: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


def classes_of(labels: Iterable[str], where: str) -> list[str]:
    """The classes among labels, in the order of numbers where all are whole numbers, else by name.

    Args:
        labels: a label for each example.
        where: what messages call their origin.

    Raises:
        DataError: there are fewer than two, or one is missing.

    >>> classes_of(["10", "9", "10"], "digits.ts"), classes_of(["joy", "anger"], "cats.csv")
    (['9', '10'], ['anger', 'joy'])
    >>> classes_of(["joy", "joy"], "cats.csv")
    Traceback (most recent call last):
    elman.errors.DataError: data: `cats.csv` must have at least two classes, got only 'joy' (2
    examples).
    """
    counts = Counter(labels)
    if "" in counts:
        raise DataError(
            f"data: `{where}` must have a label for each example, got {counts['']:,} without."
        )
    if len(counts) < 2:
        got = "".join(
            f"only '{name}' ({counted(count, 'example')})" for name, count in counts.items()
        )
        raise DataError(f"data: `{where}` must have at least two classes, got {got or 'none'}.")
    if all(name.isdecimal() for name in counts):
        return sorted(counts, key=lambda name: (int(name), name))
    return sorted(counts)
