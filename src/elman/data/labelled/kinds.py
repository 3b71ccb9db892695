"""Whether a file holds texts or series, by a look at it."""

from pathlib import Path

from elman.data.labelled.labelled import ColumnNames
from elman.data.labelled.tables import header_of, hint_of, name_in
from elman.data.labelled.texts import text_format
from elman.errors import DataError

__all__ = ["kind_of"]

_SERIES = (".ts", ".npz", ".parquet")


def kind_of(path: Path, names: ColumnNames | None = None, *, labelled: bool = True) -> str:
    """'text' or 'series': what `read_texts` and what `read_series` can read.

    Files in .ts, .npz and .parquet hold series, JSON lines and fastText's lines texts; CSV holds
    texts if it has a column for them, series if it has one that tells them apart; plain text holds
    texts where no label is needed.

    Raises:
        DataError: the file cannot be read, or has neither column.

    >>> kind_of(Path("digits.npz"))
    'series'
    """
    names = names or ColumnNames()
    if path.suffix in _SERIES:
        return "series"
    if path.suffix == ".npy":
        raise DataError(
            f"data: `{path}` must be a .npz file with arrays X and y, got one array alone. "
            f"Add the classes: np.savez('{path.stem}.npz', X=X, y=y)"
        )
    if text_format(path, names, labelled=labelled) != "csv":
        return "text"
    header = header_of(path)
    if name_in(header, names.text, "text") in header:
        return "text"
    if name_in(header, names.series, "series") in header:
        return "series"
    listed = ", ".join(f"'{name:.40}'" for name in header[:12])
    raise DataError(
        f"data: line 1 of `{path}` must have a column '{names.text or 'text'}' (a text a row) or "
        f"'{names.series or 'series'}' (a step of a series a row), got {listed}."
        f"{hint_of(names.text or names.series or 'text', header)} "
        "`text_column` or `series_column` names another."
    )
