"""Labelled texts out of CSV, JSON lines, and fastText's lines of `__label__NAME text`."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from elman.data.labelled.labelled import ColumnNames, Labelled
from elman.data.labelled.tables import column_of, has_column, header_of, name_in, read_rows
from elman.data.lines import lines_of, opened
from elman.errors import DataError

__all__ = ["LABEL", "read_texts", "text_format"]

LABEL = "__label__"

_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair: no character, and none of UTF-8's


def read_texts(
    paths: Iterable[Path], names: ColumnNames | None = None, *, labelled: bool = True
) -> Iterator[Labelled[str]]:
    r"""Texts with their classes, one after the other as they are read.

    A file whose first line begins with { has a JSON object a line; one whose first line begins
    with `__label__` is fastText's; any other is CSV with a line of names. Where no label is needed,
    a .txt file without such a line is plain text, a text a line.

    Args:
        paths: the files.
        names: which columns (of JSON, keys) hold what.
        labelled: whether each text must have a label; without, a column that is not there is
            passed over.

    Raises:
        DataError: a file cannot be read, or is not of its format; the message names the line.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cats.csv"
    >>> _ = path.write_text("text,label\n\"I love cats, too\",joy\nOh no\n")
    >>> texts = read_texts([path])
    >>> next(texts).content
    'I love cats, too'
    >>> next(texts)
    Traceback (most recent call last):
    elman.errors.DataError: data: line 3 of `...cats.csv` must have 2 columns as the first line has,
    got 1.
    """
    names = names or ColumnNames()
    for path in paths:
        found = False
        for example in _READERS[text_format(path, names, labelled=labelled)](path, names, labelled):
            if labelled and not example.label:
                raise DataError(f"data: {example.origin} must have a label, got none.")
            if not example.content.strip():
                raise DataError(f"data: {example.origin} must have a text, got none.")
            found = True
            yield example
        if not found:
            raise DataError(f"data: `{path}` must hold texts, got none.")


def text_format(path: Path, names: ColumnNames, *, labelled: bool = True) -> str:
    """'json', 'fasttext' or 'csv', by the first line that is not blank.

    Plain text counts as fastText's lines without labels.

    Raises:
        DataError: the file cannot be read, or is a JSON array.
    """
    with opened(path) as file:
        first = next((line for line in lines_of(file, str(path)) if line.strip()), "")
    if path.suffix in (".json", ".jsonl") and first.lstrip().startswith("["):
        raise DataError(
            f"data: `{path}` must have a JSON object a line, got an array. "
            "Write its elements a line each: jq -c '.[]' OLD > NEW"
        )
    if first.lstrip().startswith("{"):
        return "json"
    is_plain = not labelled and path.suffix == ".txt" and not _is_header(first, names)
    return "fasttext" if first.startswith(LABEL) or is_plain else "csv"


def _is_header(line: str, names: ColumnNames) -> bool:
    """Whether a line names the column of texts, or that of series' names."""
    cells = {cell.strip(' "\r\n').lower() for cell in re.split("[,;\t]", line)}
    return not cells.isdisjoint(
        {(names.text or "text").lower(), (names.series or "series").lower()}
    )


def _of_csv(path: Path, names: ColumnNames, labelled: bool) -> Iterator[Labelled[str]]:
    header = header_of(path)
    text = column_of(header, names.text, "text", str(path))
    has_label = labelled or has_column(header, names.label, "label")
    label = column_of(header, names.label, "label", str(path)) if has_label else None
    has_group = has_column(header, names.group, "group")
    group = column_of(header, names.group, "group", str(path)) if has_group else None
    for cells, line in read_rows(path):
        yield Labelled(
            cells[text],
            "" if label is None else cells[label].strip(),
            f"line {line:,} of `{path}`",
            "" if group is None else cells[group],
        )


def _of_json(path: Path, names: ColumnNames, labelled: bool) -> Iterator[Labelled[str]]:
    kind: type | None = None
    with opened(path) as file:
        for number, line in enumerate(lines_of(file, str(path)), 1):
            if not line.strip():
                continue
            where = f"line {number:,} of `{path}`"
            value = _object(line, where)
            text = _of_key(value, name_in([*value], names.text, "text"), where)
            if not isinstance(text, str):
                raise DataError(f"data: {where} must have a string as its text, got {text!r:.40}.")
            if labelled:
                _check_whole(text, "text", where)
            key = name_in([*value], names.label, "label")
            label = _of_key(value, key, where) if labelled else value.get(key)
            if label is not None:
                kind = kind or type(label)
                _check_label(label, kind, where)
                _check_whole(str(label), "label", where)
            group = value.get(name_in([*value], names.group, "group"), "")
            yield Labelled(text, "" if label is None else str(label), where, str(group))


def _of_fasttext(path: Path, names: ColumnNames, labelled: bool) -> Iterator[Labelled[str]]:  # noqa: ARG001  # the lines name nothing
    with opened(path) as file:
        for number, line in enumerate(lines_of(file, str(path)), 1):
            where = f"line {number:,} of `{path}`"
            mark, *rest = line.split(None, 1) or [""]
            text = rest[0].rstrip() if rest else ""
            if not mark:
                continue
            label = mark.removeprefix(LABEL) if mark.startswith(LABEL) else ""
            if labelled and not label:
                raise DataError(
                    f"data: {where} must begin with {LABEL} and a class, got '{mark:.40}'."
                )
            if text.startswith(LABEL):
                raise DataError(f"data: {where} must have one label, got several.")
            yield Labelled(text if label else line.strip(), label, where)


_READERS = {"csv": _of_csv, "json": _of_json, "fasttext": _of_fasttext}


def _object(line: str, where: str) -> dict[str, Any]:
    """The JSON object of a line."""
    try:
        value = json.loads(line.rstrip())
    except (ValueError, RecursionError) as error:
        got = str(error)
        if isinstance(error, json.JSONDecodeError):
            got = f"{error.msg} in column {error.colno}"
        raise DataError(f"data: {where} must be a JSON object, got: {got}.") from None
    if not isinstance(value, dict):
        raise DataError(f"data: {where} must be a JSON object, got {line.strip():.40}.")
    return value


def _of_key(value: dict[str, Any], key: str, where: str) -> Any:
    if key not in value:
        listed = ", ".join(f"'{name:.40}'" for name in [*value][:12])
        raise DataError(f"data: {where} must have the key '{key}', got {listed or 'none'}.")
    return value[key]


def _check_whole(text: str, what: str, where: str) -> None:
    """Raise if JSON's escapes made half a character, which no file of a run could hold."""
    if half := _HALF.search(text):
        raise DataError(
            f"data: {where} must have a {what} of whole characters, got {half[0]!a}, half of "
            "one, as of an emoji that was cut. Take it out."
        )


def _check_label(label: Any, kind: type, where: str) -> None:
    """Raise unless a label is a string, a whole number or a truth value like those before."""
    if not isinstance(label, str | int | bool):
        raise DataError(
            f"data: {where} must have a string or a whole number as its label, got {label!r:.40}."
        )
    if type(label) is not kind:
        raise DataError(
            f"data: {where} must have a label of the type of those before ({kind.__name__}), got "
            f"{label!r:.40}."
        )
