"""Series in the .ts files of the UEA and UCR archives, which are kept as they are."""

from collections.abc import Iterator, Mapping

from elman.errors import DataError

__all__ = ["read"]

_EVERY = 5


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The official test split; of the official training split every 5th series is validation.

    Raises:
        DataError: there are not the two files.
    """
    for name, data in members.items():
        if name.endswith("_TEST.ts"):
            yield "test", data
        elif name.endswith("_TRAIN.ts"):
            header, mark, body = data.partition(b"@data\n")
            if not mark:
                raise DataError(f"datasets: `{name}` must have a line @data, got none.")
            lines = body.splitlines(keepends=True)
            kept = [line for number, line in enumerate(lines, 1) if number % _EVERY]
            yield "train", header + mark + b"".join(kept)
            yield "validation", header + mark + b"".join(lines[_EVERY - 1 :: _EVERY])
