import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import CheckpointError
from elman.runs import reading
from elman.runs.reading import inside, parse_json, read_json


def test_strict_json_is_read(tmp_path: Path) -> None:
    (tmp_path / "scores.json").write_text('{"ä": [1, 2.5, null]}', encoding="utf-8")
    assert read_json(tmp_path, "scores.json") == {"ä": [1, 2.5, None]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "must hold JSON, got: Expecting value"),
        (b'{"a": 1', "must hold JSON, got: Expecting"),
        (b"\xff\xfe{}", "must hold UTF-8 text"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": -Infinity}', "-Infinity is not a number"),
        (b'{"a": 1e999}', "the number 1e999 is too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "must hold JSON, got: Exceeds the limit"),
        (b"[" * 100_000, "must hold JSON, got: maximum recursion"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(CheckpointError, match=rf"config\.json: .*{said}"):
        read_json(tmp_path, "config.json")


def test_a_bomb_is_refused_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_JSON_BYTES", 10)
    (tmp_path / "config.json").write_text('{"a": 12345678}')
    with pytest.raises(CheckpointError, match="must have at most 10 bytes, got 15"):
        read_json(tmp_path, "config.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"scores\.json: the file must exist"):
        inside(tmp_path, "scores.json")


def test_links_may_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (tmp_path / "secret").write_text("{}")
    (run / "config.json").symlink_to("../secret")
    (run / "scores.json").write_text("{}")
    (run / "codec.json").symlink_to("scores.json")
    (run / "loop").symlink_to("loop")
    with pytest.raises(CheckpointError, match="must lie in its run's folder, got a link to"):
        inside(run, "config.json")
    assert inside(run, "codec.json").read_text() == "{}"
    with pytest.raises(CheckpointError, match="loop: the file must be readable"):
        inside(run, "loop")


def test_a_run_folder_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "scores.json").write_text("{}")
    (tmp_path / "link").symlink_to("real")
    assert read_json(tmp_path / "link", "scores.json") == {}


def test_pipes_and_folders_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.json")
    (tmp_path / "scores.json").mkdir()
    for name in ("config.json", "scores.json"):
        with pytest.raises(CheckpointError, match="must be a regular file"):
            read_json(tmp_path, name)


@given(st.text(max_size=50))
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(CheckpointError):
        parse_json("here", text)
