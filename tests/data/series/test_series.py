from pathlib import Path
from typing import Any

import numpy as np
import pytest

from elman.data.labelled import ColumnNames
from elman.data.series import read_series
from elman.errors import ConfigError, DataError

nan = float("nan")
VALUES = [[[1, 4], [2, nan], [3, 6]], [[7, 9]]]
LABELS = ["a", "b"]


def as_ts(path: Path) -> None:
    path.write_text(
        "# about\n@problemName Cats\n@timeStamps false\n@missing true\n@univariate false\n"
        "@classLabel true a b\n@data\n1,2,3:4,?,6:a\n\n# more\n7:9:b\n"
    )


def as_npz(path: Path) -> None:
    np.savez(path, X=np.concatenate(VALUES), lengths=np.array([3, 1]), y=np.array(LABELS))


def as_csv(path: Path) -> None:
    path.write_text(
        "series,time,x,label,y\n"
        "one,2026-01-02,2,a,\n"
        "two,2026-01-01T00:00:01,7,b,9\n"
        "one,2026-01-01T23:59,1,a,4\n"
        "one,2026-01-03,3,a,6\n"
    )


def as_parquet(path: Path) -> None:
    polars = pytest.importorskip("polars")
    polars.DataFrame(
        {
            "series": [1, 2, 1, 1],
            "time": [0.5, 1, 0.25, 10],
            "x": [2, 7, 1, 3],
            "label": ["a", "b", "a", "a"],
            "y": [None, 9.0, 4, 6],
        }
    ).write_parquet(path)


WRITERS = {".ts": as_ts, ".npz": as_npz, ".csv": as_csv, ".parquet": as_parquet}


def test_channels_are_told_apart_by_name(tmp_path: Path) -> None:
    """In the order of the first file, or in the one that is asked for; others go by their place."""
    first, other = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("series,x,y\np,1,2\n")
    other.write_text("series,y,x\nq,4,3\n")
    one, two = read_series([first, other], labelled=False)
    assert one.channels == two.channels == ("x", "y")
    assert two.content.tolist() == [[3, 4]]
    for names, expected in (
        (ColumnNames(order=("y", "x")), [2, 1]),
        (ColumnNames(order=("v", "x")), [1, 2]),
        (ColumnNames(order=("y", "x"), values=("x", "y")), [1, 2]),
    ):
        (found,) = read_series([first], names, labelled=False)
        assert found.content.tolist() == [expected]
    first.write_text("series,x,x\np,1,2\n")  # two of one name go by their place, too
    (found,) = read_series([first], ColumnNames(order=("x", "x")), labelled=False)
    assert found.content.tolist() == [[1, 2]]


@pytest.mark.parametrize("suffix", WRITERS)
def test_formats_say_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cats{suffix}"
    WRITERS[suffix](path)
    examples = list(read_series([path]))
    assert [example.label for example in examples] == LABELS
    for example, expected in zip(examples, VALUES, strict=True):
        assert example.content.dtype == np.float32
        np.testing.assert_array_equal(example.content, np.array(expected, np.float32))
        assert str(path) in example.origin


def test_arrays_of_other_shapes(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, X=np.zeros((2, 5, 3)), y=np.array([1.0, 0.0]), groups=np.array(["s", "t"]))
    examples = list(read_series([path]))
    assert [(e.content.shape, e.label, e.group) for e in examples] == [
        ((5, 3), "1", "s"),
        ((5, 3), "0", "t"),
    ]
    np.savez(path, X=np.zeros((2, 5)))
    assert [e.content.shape for e in read_series([path], labelled=False)] == [(5, 1)] * 2


def test_tables_without_times_or_labels_and_with_named_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,who,x,y,note\n1,s,5,6,-\n1,s,4,7,-\n")
    (example,) = read_series(
        [path], ColumnNames(series="id", group="who", values=("y", "x")), labelled=False
    )
    assert example.content.tolist() == [[6, 5], [7, 4]]
    assert (example.label, example.group) == ("", "s")


def test_names_in_capitals_and_an_index_without_a_name_are_no_channels(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for index in ("", "Unnamed: 0", "__index_level_0__"):
        path.write_text(f"{index},Series,Time,x,Label,Group\n0,s,2,5,a,g\n1,s,1,4,a,g\n")
        (example,) = read_series([path])
        assert example.content.tolist() == [[4], [5]]
        assert (example.label, example.group) == ("a", "g")


def test_steps_at_the_same_time_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("series,time,label,x\ns,1,a,5\ns,0,a,9\ns,1,a,3\n")
    (example,) = read_series([path])
    assert example.content.tolist() == [[9], [5], [3]]


def test_numbers_as_names_in_parquet_and_what_is_missing_there(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    path = tmp_path / "x.parquet"
    rows = {"series": [1.0, 2.0], "time": [0.0, 1.0], "label": [3.0, 4.0], "x": [0.5, 1.5]}

    def write(**others: list[float | None]) -> None:
        polars.DataFrame({**rows, **others}).write_parquet(path)

    write()
    found = [(e.label, e.origin) for e in read_series([path])]
    assert found == [("3", f"series '1' of `{path}`"), ("4", f"series '2' of `{path}`")]
    for missing in (None, nan):
        write(label=[3.0, missing])
        with pytest.raises(DataError, match=r"series '2' of .* must have a label, got none"):
            list(read_series([path]))
        write(series=[1.0, missing])
        with pytest.raises(DataError, match=r"line 2 .* belongs to in column 'series', got noth"):
            list(read_series([path]))
    for missing in (None, nan, float("inf")):
        write(time=[0.0, missing])
        with pytest.raises(DataError, match=r"line 2 .* a number or a date .* in column 'time'"):
            list(read_series([path]))


def test_unlabelled_ts(tmp_path: Path) -> None:
    path = tmp_path / "x.ts"
    path.write_text("@classLabel\ttrue\ta b\n@data\n1,2:a\n")
    assert [e.label for e in read_series([path])] == ["a"]  # tabs part, too
    path.write_text("@classLabel false\n@data\n1,2\n")
    (example,) = read_series([path], labelled=False)
    assert example.content.tolist() == [[1], [2]]
    path.write_text("@classLabel true a b\n@data\n1,2:?\n")
    assert [e.label for e in read_series([path], labelled=False)] == [""]
    with pytest.raises(DataError, match=r"line 3 of `.*x.ts` must have a label, got none"):
        list(read_series([path]))


TS = "@classLabel true a b\n@data\n"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (TS + "1,2:3:a\n", r"line 3 .* as many values in each channel, got 2, 1\."),
        (TS + "1,2:3,x:a\n", r"line 3 .* got 'x' as value 2 of channel 2\."),
        (TS + "1,2:3,4:c\n", r"line 3 .* one of the classes a, b, got 'c'\."),
        (TS + "1,2:a\n1:2:a\n", r"line 4 .* must have 1 channel, as line 3 .* has, got 2\."),
        (TS + "?,?:a\n", r"line 3 .* must have a value, got none but missing ones\."),
        (TS + "1,inf:a\n", r"line 3 .* got an infinite one in step 2, channel 1\."),
        (TS, r"must hold series, got none\."),
        ("@classLabel true a b\n1,2:a\n", r"line 2 .* before @data, got '1,2:a'"),
        ("@classLabel true a b\n", r"must have a line @data, got none"),
        (TS + "1,1e300:a\n", r"line 3 .* got an infinite one in step 2, channel 1\."),
        (
            "@timeStamps true\n@data\n",
            r"line 1 .* @timeStamps false, got true: time stamps are not",
        ),
        ("#\n@targetLabel true\n@data\n", r"line 2 .* false, got true: numbers in place of class"),
        ("series,label\n", r"line 1 .* before @data"),
    ],
)
def test_bad_ts(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "bad.ts"
    path.write_text(content)
    with pytest.raises(DataError, match=complaint):
        list(read_series([path]))


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        ({"Z": np.zeros(3)}, "must have an array X, got Z"),
        ({"X": np.zeros((2, 3, 1))}, "series 0 of `.*` must have a label, got none"),
        ({"X": np.zeros((2, 3, 1)), "y": np.zeros(3)}, r"y of shape \(N=2,\), got \(3,\)"),
        ({"X": np.zeros((2, 3, 1)), "y": np.array([0.5, 1])}, "whole numbers or texts in y, got f"),
        ({"X": np.array(["a"])}, "must have numbers in X, got <U1"),
        ({"X": np.zeros(3)}, r"must have X of shape \(N, T, C\), got \(3,\)"),
        ({"X": np.zeros((3, 1)), "lengths": np.array([2])}, "sum to the 3 steps of X, got 2"),
        ({"X": np.zeros(3), "lengths": np.array([3])}, r"X of shape \(steps, C\) and lengths"),
        (
            {"X": np.zeros((3, 1)), "lengths": np.array([3, 0]), "y": np.array([1, 0])},
            "series 1 of `.*` must have at least one step, got none",
        ),
        ({"X": np.full((1, 1, 1), 1e300), "y": ["a"]}, "got an infinite one in step 1, channel 1"),
        ({"X": np.array([None])}, r"plain arrays, got objects, .* unequal lengths .* `lengths`"),
    ],
)
def test_bad_npz(tmp_path: Path, arrays: dict[str, Any], complaint: str) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=complaint):
        list(read_series([path]))


@pytest.mark.parametrize("content", [b"", b"cats", b"PK\x03\x04 cats"])
def test_no_npz(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"bad.npz` must be a .npz file, got a file of another"):
        list(read_series([path]))
    with pytest.raises(DataError, match=r"must be a file that can be read, got: "):
        list(read_series([tmp_path / "none.npz"]))


def test_a_damaged_npz(tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, X=np.zeros((2, 3, 1)))
    path.write_bytes(path.read_bytes().replace(b"NUMPY", b"NUMPI"))
    with pytest.raises(DataError, match=r"must be a .npz file of plain arrays, got: "):
        list(read_series([path]))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("series,label,x\n1,a,2\n1,b,2\n", r"line 3 .* the label 'a', as line 2 .*, got 'b'"),
        ("series,label,x\n1,a,cats\n", r"line 2 .* a number in column 'x', got 'cats'"),
        ("series,label,x\n1,a,inf\n", r"line 2 .* a finite number in column 'x', got inf\."),
        ("series,label,x\n1,a,-1e39\n", r"line 2 .* a finite number in column 'x', got -1e\+39\."),
        ("series;label;x\n1;a;2,5\n", r"line 2 .* 'x', got '2,5'\. Write decimals with a point\."),
        ("series,label,x\n1,a,2\n ,a,2\n", r"line 3 .* belongs to in column 'series', got noth"),
        ("series,time,label,x\n1,nan,a,2\n", r"line 2 .* or a date .* 'time', got 'nan'"),
        ("series,label\n1,a\n", r"must have a column of values, got none beside"),
        ("id,label,x\n1,a,2\n", r"line 1 .* must have a column 'series', got 'id', 'label', 'x'"),
        ("series,x\n1,2\n", r"line 1 .* must have a column 'label'"),
        ("series,time,label,x\n1,noon,a,2\n", r"line 2 .* or a date .* 'time', got 'noon'"),
        ("series,time,label,x\n1,1,a,2\n1,2026-01-01,a,2\n", "times of one kind in series '1'"),
        ("series,label,x\n1,a,2\n1,a\n", r"line 3 .* must have 3 columns"),
    ],
)
def test_bad_tables(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=complaint):
        list(read_series([path]))


def test_no_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bad.parquet"
    path.write_bytes(b"cats")
    pytest.importorskip("polars")
    with pytest.raises(DataError, match=r"must be a Parquet file, got: "):
        list(read_series([path]))
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(ConfigError, match=r"pip install '\.\[tables\]'"):
        list(read_series([path]))
