from pathlib import Path

import pytest

from elman.data.labelled import ColumnNames, kind_of, read_texts
from elman.errors import DataError

CSV = "text,label,group\nI love cats,joy,a\nOh no,anger,b\n"
JSON = (
    '{"text": "I love cats", "label": "joy", "group": "a"}\n\n'
    '{"text": "Oh no", "label": "anger", "group": "b"}\n'
)
FASTTEXT = "__label__joy I love cats\n__label__anger Oh no\n"


def written(folder: Path, content: str) -> Path:
    path = folder / "texts"
    path.write_text(content)
    return path


JSON_IN_CAPITALS = JSON.replace("text", "Text").replace("label", "LABEL").replace("group", "Group")


@pytest.mark.parametrize("content", [CSV, JSON, JSON_IN_CAPITALS, FASTTEXT])
def test_formats_say_the_same(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    assert kind_of(path) == "text"
    examples = list(read_texts([path, path]))
    assert [(e.content, e.label) for e in examples] == [
        ("I love cats", "joy"),
        ("Oh no", "anger"),
    ] * 2
    assert [e.group for e in examples[:2]] == (["a", "b"] if content != FASTTEXT else ["", ""])
    lines = {CSV: (2, 3), FASTTEXT: (1, 2)}.get(content, (1, 3))
    assert [e.origin for e in examples[:2]] == [f"line {line} of `{path}`" for line in lines]


def test_a_tab_parts_class_and_text_too(tmp_path: Path) -> None:
    (example,) = read_texts([written(tmp_path, "__label__joy\tI love\tcats \n")])
    assert (example.label, example.content) == ("joy", "I love\tcats")


def test_columns_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, "id,body,mood,text\n1,I love,joy,-\n")
    names = ColumnNames(text="body", label="mood", group="id")
    (example,) = read_texts([path], names)
    assert (example.content, example.label, example.group) == ("I love", "joy", "1")


def test_names_in_capitals(tmp_path: Path) -> None:
    path = written(tmp_path, "Text,LABEL,Group\nI love,joy,a\n")
    assert kind_of(path) == "text"
    for labelled in (True, False):
        (example,) = read_texts([path], labelled=labelled)
        assert (example.content, example.label, example.group) == ("I love", "joy", "a")


@pytest.mark.parametrize("content", ["text\nI love\n", '{"text": "I love"}\n', "__label__ I love"])
def test_without_labels(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    (example,) = read_texts([path], labelled=False)
    assert example.label == ""
    with pytest.raises(DataError, match=r"line 1 of `.*` must (have|begin)"):
        list(read_texts([path]))


def test_a_plain_text_is_a_text_a_line_and_teaches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text("I love cats, too\n\n Oh no \n")
    assert [example.content for example in read_texts([path], labelled=False)] == [
        "I love cats, too",
        "Oh no",
    ]
    assert kind_of(path, labelled=False) == "text"
    for read in (kind_of, lambda path: list(read_texts([path]))):
        with pytest.raises(DataError, match=r"line 1 of .* must have a column 'text'"):
            read(path)
    for header, kind in (("Text;label\nI;joy", "text"), ('time,"series",x\n0,a,1', "series")):
        path.write_text(header)
        assert kind_of(path) == kind
    path.write_text("body\tmood\nI love\tjoy\n")
    names = ColumnNames(text="body", label="mood")
    for labelled in (True, False):
        (example,) = read_texts([path], names, labelled=labelled)
        assert (example.content, example.label) == ("I love", "joy")


def test_whole_numbers_as_labels(tmp_path: Path) -> None:
    path = written(tmp_path, '{"text": "a", "label": 1}\n{"text": "b", "label": 0}\n')
    assert [example.label for example in read_texts([path])] == ["1", "0"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "must begin with a line of column names"),
        ("text,label\n", "must hold texts, got none"),
        ("text,label\na,\n", "line 2 of `.*` must have a label, got none"),
        ("text,label\n ,joy\n", "line 2 of `.*` must have a text, got none"),
        ("txt,label\na,joy\n", r"line 1 of `.*` a column 'text', .* Did you mean 'txt'"),
        (
            '{"text": "a", "label": 1}\n{"text": "b", "label": "x"}\n',
            r"line 2 .*those before \(int",
        ),
        (
            '{"text": "a", "label": "half \\ud83d"}\n',
            r"line 1 .* a label of whole characters, got '.ud83d', half of one",
        ),
        (
            '{"text": "\\udc08 a", "label": "x"}\n',
            r"line 1 .* a text of whole characters, got '.udc08', half of one",
        ),
        ('{"text": "a", "label": 0.5}\n', r"line 1 .* a string or a whole number .*got 0\.5"),
        ('{"text": "a", "label": ["x"]}\n', r"line 1 .* a string or a whole number"),
        ('{"text": 5, "label": 1}\n', r"line 1 .* must have a string as its text, got 5"),
        ('{"txt": "a"}\n', r"line 1 .* must have the key 'text', got 'txt'"),
        ('{"text": "a",\n', r"line 1 .* must be a JSON object, got: .* in column 1[34]\.$"),
        ('{"text": "a", "n": ' + "9" * 5000 + "}", r"line 1 .* a JSON object, got: Exceeds"),
        ('{"text": ' + "[" * 100_000, r"line 1 .* a JSON object, got: maximum recursion"),
        ('{"text": "a", "label": "x"}\n[1]\n', r"line 2 .* must be a JSON object, got \[1\]"),
        ("__label__a x\nb y\n", r"line 2 .* must begin with __label__ and a class, got 'b'"),
        ("__label__a __label__b x\n", r"line 1 .* must have one label, got several"),
        ("__label__a\n", r"line 1 .* must have a text, got none"),
    ],
)
def test_bad_files(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint.replace("` a column", "` must have a column")):
        list(read_texts([written(tmp_path, content)]))


def test_kinds(tmp_path: Path) -> None:
    assert kind_of(written(tmp_path, "series,x\n")) == "series"
    assert kind_of(written(tmp_path, "a,b\n"), ColumnNames(series="a")) == "series"
    assert kind_of(written(tmp_path, "a,b\n"), ColumnNames(text="a")) == "text"
    with pytest.raises(DataError, match=r"column 'text' \(.*\) or 'series' \(.*\), got 'a', 'b'"):
        kind_of(written(tmp_path, "a,b\n"))
    with pytest.raises(DataError, match=r"Did you mean 'body'\? `text_column` or `series_column`"):
        kind_of(written(tmp_path, "body,mood\n"), ColumnNames(text="bdy"))
    with pytest.raises(DataError, match=r"got 'text\|label'\. Columns are parted by commas, tabs"):
        kind_of(written(tmp_path, "text|label\n"))


def test_files_of_other_formats_are_told_what_to_do(tmp_path: Path) -> None:
    array, listed = tmp_path / "x.npy", tmp_path / "x.json"
    array.write_bytes(b"\x93NUMPY\x01\0")
    with pytest.raises(DataError, match=r"arrays X and y, got one array alone.*savez\('x\.npz'"):
        kind_of(array)
    listed.write_text('[\n{"text": "a", "label": "x"}\n]\n')
    with pytest.raises(DataError, match=r"a JSON object a line, got an array\. .*jq -c"):
        kind_of(listed)
