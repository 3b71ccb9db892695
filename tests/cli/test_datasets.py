import json
from pathlib import Path

import pytest

from elman.cli.datasets import ListDatasets
from elman.cli.main import main
from elman.data import datasets


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELMAN_CACHE", str(tmp_path))


def test_lists_every_data_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets"]) == 0
    out = capsys.readouterr().out
    for dataset in datasets.DATASETS.values():
        assert dataset.name in out
        assert dataset.licence in out
    assert "fetched" not in out
    assert max(map(len, out.splitlines())) <= 120


def test_of_one_by_name_tells_source_cut_and_what_others_reached(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["datasets", "penn-treebank"]) == 0
    told = capsys.readouterr().out
    assert "source: Marcus et al. 1993, prepared by Mikolov et al. 2010" in told
    assert "cut: as published: 929,589, 73,760 and 82,430 tokens, <eos> included" in told
    assert "published: 124.7 perplexity, Elman network (Mikolov and Zweig 2012)" in told
    assert "kjv" not in told


def test_vectors_have_no_other_splits(capsys: pytest.CaptureFixture[str]) -> None:
    for words, promised in (["kjv", "glove"], True), (["glove"], False):
        assert main(["datasets", *words]) == 0
        told = capsys.readouterr().out
        assert "elman train tagging FILE --vectors NAME" in told
        assert ("NAME:validation" in told) is promised
        assert told.rstrip("\n") + "\n" == told


def test_fetches_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "fetch", "python-manual"]) == 0
    out = capsys.readouterr().out
    assert "Fetching python-manual (built in) …" in out
    assert f"python-manual lies in {tmp_path}" in out
    assert main(["datasets", "list", "python-manual"]) == 0
    listed = capsys.readouterr().out
    assert "fetched" in listed
    assert "kjv" not in listed


def test_json_lists_all_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert ListDatasets(json=True).run() == 0
    first, *others = json.loads(capsys.readouterr().out)["datasets"]
    assert len(others) == len(datasets.DATASETS) - 1
    assert first["name"] == "penn-treebank"
    assert first["package"]["version"] == "0.0.0"
    assert first["fetched"] is False
    assert first["files"] == {}
    assert first["task"] == "language"
    best = {"model": "AWD-LSTM", "value": 57.3, "source": "Merity et al. 2018"}
    assert {**best, "measure": "perplexity"} in first["results"]


def test_json_of_what_was_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "fetch", "python-manual", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["datasets"]
    assert one["fetched"] is True
    assert '"while" statement' in Path(one["files"]["train"]).read_text()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["fetch"], "`NAME` must be at least one name of penn-treebank, kjv"),
        (["fetch", "kjv", "sotu", "--archive", "x"], "`NAME` must be one name with --archive"),
        (["fetch", "soto"], "Did you mean 'sotu'?"),
        (["list", "soto"], "Did you mean 'sotu'?"),
    ],
)
def test_misuse(words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", *words]) == 2
    assert complaint in capsys.readouterr().err


def test_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.deb").write_bytes(b"other")
    assert main(["datasets", "fetch", "kjv", "--archive", str(tmp_path / "other.deb")]) == 1
    assert "must have SHA-256 d61b6aad" in capsys.readouterr().err
    assert not datasets.is_fetched("kjv")


def test_help_of_fetching_is_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["datasets", "fetch", "--help"])
    out = capsys.readouterr().out
    assert out.startswith("usage: elman datasets fetch [-h] NAME ... [--archive FILE] [--json]")
    assert "None" not in out
