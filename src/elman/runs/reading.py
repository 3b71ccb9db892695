"""Reading files that may be damaged or hostile: regular, inside their folder, strict JSON."""

import json
import math
import stat
from pathlib import Path
from typing import Any

from elman.errors import CheckpointError

__all__ = ["inside", "parse_json", "read_json"]

MOST_JSON_BYTES = 256 * 2**20  # a vocabulary of ten million words fits; a bomb does not


def inside(folder: Path, name: str) -> Path:
    """The path of the file `name` in `folder`, once it is known to be a regular file in there.

    Raises:
        CheckpointError: it is missing, not a regular file, or a link that leads out of the folder.
    """
    path = folder / name
    try:
        kind = path.stat().st_mode
        escapes = not path.resolve(strict=True).is_relative_to(folder.resolve(strict=True))
    except FileNotFoundError:
        raise CheckpointError(f"{path}: the file must exist; it is missing.") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise CheckpointError(f"{path}: the file must be readable, got: {error}.") from error
    if escapes:
        raise CheckpointError(
            f"{path}: the file must lie in its run's folder, got a link to {path.resolve()}. "
            "Put a copy in its place if you trust it."
        )
    if not stat.S_ISREG(kind):
        raise CheckpointError(f"{path}: it must be a regular file, got something else.")
    return path


def read_json(folder: Path, name: str) -> Any:
    """The content of a JSON file of a run.

    Raises:
        CheckpointError: it is missing, unreadable, not UTF-8, not strict JSON, or absurdly large.
    """
    path = inside(folder, name)
    size_bytes = path.stat().st_size
    if size_bytes > MOST_JSON_BYTES:
        raise CheckpointError(
            f"{path}: the file must have at most {MOST_JSON_BYTES:,} bytes, got {size_bytes:,}."
        )
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{path}: the file must hold UTF-8 text, got: {error}.") from error
    return parse_json(str(path), text)


def parse_json(where: str, text: str) -> Any:
    """Parse strict JSON: no NaN, no infinity, no number too large for a float.

    >>> parse_json("config.json", '{"layers": 2}')
    {'layers': 2}
    >>> parse_json("config.json", '{"learning_rate": NaN}')
    Traceback (most recent call last):
    elman.errors.CheckpointError: config.json: the file must hold JSON, got: NaN is not a number.

    Raises:
        CheckpointError: it is not.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{where}: the file must hold JSON, got: {error}.") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"the number {digits:.20} is too large")
    return value
