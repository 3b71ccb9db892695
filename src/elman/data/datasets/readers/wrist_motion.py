"""Shoulder exercises as a watch on the wrist felt them, out of the package seglearn.

The file is an array that holds a pickle. It is read by an unpickler that knows arrays and nothing
else, so that no code of the file's can run.
"""

import _codecs
import io
import pickle
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from elman.data.datasets.readers.arrays import npz_of
from elman.errors import DataError

__all__ = ["TEST", "VALIDATION", "read"]

TEST, VALIDATION = (9, 10), (7, 8)
"""The subjects held out."""

_RECONSTRUCT: Any = np.empty(0).__reduce__()[0]
_KNOWN: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): _codecs.encode,
}


def read(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Subjects 9 and 10 are test, 7 and 8 validation, the others train; groups name the subjects.

    Raises:
        DataError: the file holds anything but arrays, lists, texts and numbers.
    """
    (data,) = members.values()
    try:
        content = _ArraysOnly(io.BytesIO(data[data.index(b"\n") + 1 :])).load().item()
        series, names = content["X"], content["y_labels"]
        labels = [names[int(label)] for label in content["y"]]
        subjects = [int(subject) for subject in content["subject"]]
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, KeyError, IndexError) as error:
        raise DataError(
            f"wrist-motion: the file must hold the arrays of seglearn 1.2.5, got: {error}."
        ) from error
    held = dict.fromkeys(TEST, "test") | dict.fromkeys(VALIDATION, "validation")
    for split in ("train", "validation", "test"):
        rows = [row for row, one in enumerate(subjects) if held.get(one, "train") == split]
        yield (
            split,
            npz_of(
                [series[row] for row in rows],
                [labels[row] for row in rows],
                [f"subject {subjects[row]}" for row in rows],
            ),
        )


class _ArraysOnly(pickle.Unpickler):  # find_class lets nothing run but what it names
    """Loads arrays, lists, texts and numbers; whatever else a pickle may name is refused."""

    def find_class(self, module: str, name: str) -> Any:
        """One of the few that arrays need."""
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"{module}.{name}, which is no array")
        return _KNOWN[module, name]
