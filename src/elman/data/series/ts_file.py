"""Series in the .ts format of the UEA and UCR archives, as aeon and sktime read it.

A header of lines `@name value`, then @data, then a series a line: its channels one after the
other, each as values parted by commas, parted by colons from each other and from the class.
A missing value is ?. Lines that begin with # are comments.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elman.data.labelled.labelled import Labelled
from elman.data.lines import lines_of, opened
from elman.errors import DataError

__all__ = ["read_ts"]

_UNREAD = {"@timestamps": "time stamps", "@targetlabel": "numbers in place of classes"}


def read_ts(path: Path) -> Iterator[Labelled[NDArray[np.float32]]]:
    """Series as they are read; without @classLabel, or with ? as its class, one has no label.

    Raises:
        DataError: the file cannot be read, or a line is not of the format; the message names it.
    """
    header: dict[str, str] | None = {}
    classes: list[str] | None = None
    with opened(path) as file:
        for number, line in enumerate(lines_of(file, str(path)), 1):
            text, where = line.strip(), f"line {number:,} of `{path}`"
            if not text or text.startswith("#"):
                continue
            if header is None:
                yield _series(text, classes, where)
            elif text.lower() == "@data":
                classes, header = _classes(header), None
            elif text.startswith("@"):
                name, *value = text.split(None, 1)
                header[name.lower()] = " ".join(value)
                _check_read(name, header[name.lower()], where)
            else:
                raise DataError(
                    f"data: {where} must be a line such as @problemName before @data, "
                    f"got '{text:.40}'."
                )
    if header is not None:
        raise DataError(f"data: `{path}` must have a line @data, got none.")


def _check_read(name: str, value: str, where: str) -> None:
    """Raise if a line of the header tells of what is not read."""
    what = _UNREAD.get(name.lower())
    if what and value.lower().startswith("true"):
        raise DataError(f"data: {where} must say {name} false, got true: {what} are not read.")


def _classes(header: dict[str, str]) -> list[str] | None:
    """The classes that a header lists; None if series have none."""
    has, *classes = header.get("@classlabel", "false").split()
    return classes if has.lower() == "true" else None


def _series(text: str, classes: list[str] | None, where: str) -> Labelled[NDArray[np.float32]]:
    """The series of one line."""
    parts, label = text.split(":"), ""
    if classes is not None:
        label = parts.pop().strip()
        if classes and label not in (*classes, "?"):
            raise DataError(
                f"data: {where} must end with one of the classes {', '.join(classes):.80}, "
                f"got '{label:.40}'."
            )
    channels = [_channel(part, number, where) for number, part in enumerate(parts, 1)]
    lengths = [len(channel) for channel in channels]
    if len(set(lengths)) != 1:
        raise DataError(
            f"data: {where} must have as many values in each channel, got {_listed(lengths)}."
        )
    return Labelled(np.stack(channels, axis=1), label.replace("?", ""), where)


@np.errstate(over="ignore")  # what is too large becomes infinite, and is told then
def _channel(part: str, number: int, where: str) -> NDArray[np.float32]:
    """The values of one channel."""
    cells = part.replace("?", "nan").split(",")
    try:
        return np.array(cells, np.float32)
    except ValueError:
        for place, cell in enumerate(cells, 1):
            if not _is_number(cell):
                raise DataError(
                    f"data: {where} must have numbers parted by commas, "
                    f"got '{cell:.40}' as value {place:,} of channel {number}."
                ) from None
        raise


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _listed(lengths: list[int]) -> str:
    """Some lengths as words."""
    shown = ", ".join(map(str, lengths[:8]))
    return f"{shown}, …" if len(lengths) > 8 else shown
