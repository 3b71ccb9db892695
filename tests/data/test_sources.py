from pathlib import Path
from typing import Any

import pytest

from elman.data.sources import expand
from elman.errors import ChoiceError, DataError


def write(path: Path) -> Path:
    path.write_text("I love cats")
    return path


def test_a_file_several_and_a_folder(tmp_path: Path) -> None:
    b, a = write(tmp_path / "b.txt"), write(tmp_path / "a.txt")
    write(tmp_path / "c.md")
    assert expand(str(a)) == [a]
    assert expand([b, str(a)]) == [b, a]
    assert expand(tmp_path) == [a, b]


def test_a_folder_without_text(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"must hold files \(\*.txt\), got a folder without"):
        expand(tmp_path)


def test_nothing() -> None:
    with pytest.raises(DataError, match=r"must name a file, got nothing"):
        expand([])


def test_a_file_goes_before_a_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "kjv")
    assert expand("kjv") == [Path("kjv")]


def test_a_data_set_and_its_splits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ELMAN_CACHE", str(tmp_path))
    (train,), (test,) = expand("python-manual"), expand("python-manual:test")
    assert (train.name, test.name) == ("train.txt", "test.txt")
    assert expand("python-manual", split="validation") == [train.with_name("validation.txt")]
    assert '"while"' in train.read_text()


def test_a_split_that_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ChoiceError, match=r"`split` must be one of .* got 'tset'.*'test'"):
        expand("python-manual:tset")


def test_a_name_that_is_not() -> None:
    with pytest.raises(DataError, match=r"Did you mean 'penn-treebank'\? `elman datasets` lists"):
        expand("pen-treebank")


def test_text_itself() -> None:
    with pytest.raises(DataError, match=r"`I love cats I.*` must be a file.* got none of these"):
        expand("I love cats " * 10_000)


@pytest.mark.parametrize("data", ["I love cats", ["I love cats", "You love dogs"]])
def test_sentences_in_place_of_a_file(data: Any) -> None:
    with pytest.raises(DataError, match=r"`I love cats` .* text itself, save it to a file"):
        expand(data)


@pytest.mark.parametrize(
    ("data", "said"), [(None, "got None.$"), (5, "got 5.$"), ([["I"]], "got .*save it to")]
)
def test_neither_a_name_nor_a_path(data: Any, said: str) -> None:
    with pytest.raises(DataError, match=f"`data` must be a file, a folder, the.*{said}"):
        expand(data)


def test_a_folder_of_the_task(tmp_path: Path) -> None:
    treebank, _ = write(tmp_path / "cats.conllu"), write(tmp_path / "cats.md")
    assert expand(tmp_path, task="tagging") == [treebank]
    with pytest.raises(DataError, match=r"must hold files \(\*\.txt\)"):
        expand(tmp_path)


def test_a_data_set_of_another_task() -> None:
    with pytest.raises(DataError, match=r"`brown` must be a data set for language, got .* tagging"):
        expand("brown")
    with pytest.raises(DataError, match="`kjv` must be a data set for classification"):
        expand("kjv:test", task="classification")
