import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from elman.data.datasets.cache import cache_folder, splits_in, write_splits
from elman.data.datasets.dataset import SPLITS
from elman.errors import DataError

DOCUMENTS = [("train", "a\nb\n"), ("test", "c\n"), ("train", "d\n"), ("validation", "é\n")]


def test_documents_are_parted_by_blank_lines(cache: Path) -> None:
    splits = write_splits(cache / "cats", DOCUMENTS)
    assert splits == splits_in(cache / "cats")
    assert splits.train.read_bytes() == b"a\nb\n\nd\n"
    assert splits.validation.read_text(encoding="utf-8") == "é\n"
    assert splits.test.read_bytes() == b"c\n"
    assert sorted(path.name for path in cache.iterdir()) == ["cats"]
    assert sorted(path.stem for path in (cache / "cats").iterdir()) == sorted(SPLITS)


def test_an_interruption_leaves_nothing(cache: Path) -> None:
    def interrupted() -> Iterator[tuple[str, str]]:
        yield "train", "a\n"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_splits(cache / "cats", interrupted())
    assert list(cache.iterdir()) == []


def test_another_process_was_first(cache: Path) -> None:
    def slow() -> Iterator[tuple[str, str]]:
        write_splits(cache / "cats", DOCUMENTS)
        yield from DOCUMENTS

    write_splits(cache / "cats", slow())
    assert (cache / "cats" / "test.txt").read_text() == "c\n"
    assert [path.name for path in cache.iterdir()] == ["cats"]


def test_a_split_without_text(cache: Path) -> None:
    with pytest.raises(DataError, match=r"`cats` must have something for validation, got none"):
        write_splits(cache / "cats", DOCUMENTS[:3])
    assert list(cache.iterdir()) == []


def test_a_set_of_one_part_alone(cache: Path) -> None:
    splits = write_splits(
        cache / "cats", [("train", b"a 1\n"), ("train", b"b 2\n")], ".vec", ["train"]
    )
    assert splits.train.read_bytes() == b"a 1\nb 2\n"
    assert [path.name for path in (cache / "cats").iterdir()] == ["train.vec"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"must be a folder that can be written.* Set ELMAN_CACHE"):
        write_splits(tmp_path / "file" / "cats", DOCUMENTS)


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELMAN_CACHE", "own")
    assert cache_folder() == Path("own")
    monkeypatch.delenv("ELMAN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", f"{os.sep}xdg")
    assert cache_folder() == Path(os.sep, "xdg", "elman")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "elman"


def test_bytes_are_written_as_they_are(cache: Path) -> None:
    documents = [(split, b"\xff\r\n") for split in ("train", "validation", "test")]
    files = write_splits(cache / "cats", documents, ".npz")
    assert files.test.name == "test.npz"
    assert files.test.read_bytes() == b"\xff\r\n"
