import errno
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from elman.errors import CheckpointError
from elman.runs import writing
from elman.runs.tensors import write_tensors
from elman.runs.writing import clear_leftovers, remove, replace_file, replace_folder, write_json


def fill(text: str):
    return lambda path: path.write_text(text)


def test_a_file_is_replaced_whole_and_nothing_else_remains(tmp_path: Path) -> None:
    target = tmp_path / "scores.json"
    replace_file(target, fill("old"))
    replace_file(target, fill("new"))
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["scores.json"]


def test_files_are_readable_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_tensors(tmp_path / "model.safetensors", {"a": torch.zeros(2)})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "model.safetensors").stat().st_mode) == 0o644


def test_json_is_strict(tmp_path: Path) -> None:
    write_json(tmp_path / "scores.json", {"ä": [1, 2.5]})
    with pytest.raises(ValueError, match="Out of range float values"):
        write_json(tmp_path / "scores.json", {"value": float("nan")})
    assert json.loads((tmp_path / "scores.json").read_text()) == {"ä": [1, 2.5]}


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    target = tmp_path / "model.safetensors"
    write_tensors(target, {"a": torch.ones(3)})
    before = target.read_bytes()

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing.os, call, full)
    with pytest.raises(
        CheckpointError, match=r"model.safetensors: .* No space left on device\. What"
    ):
        write_tensors(target, {"a": torch.zeros(3)})
    monkeypatch.undo()
    assert target.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.safetensors"]


def test_a_write_that_really_fails_leaves_the_old_file_whole(tmp_path: Path) -> None:
    """A limit on file sizes stands for the full disk: the system refuses, whoever writes."""
    target = tmp_path / "model.safetensors"
    write_tensors(target, {"a": torch.ones(3)})
    before = target.read_bytes()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
    try:
        with pytest.raises(CheckpointError, match=r"must be writable, got: .*[Tt]oo large"):
            write_tensors(target, {"a": torch.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert target.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.safetensors"]


def test_a_disk_that_is_really_full_leaves_the_old_file_whole(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        target = disk / "model.safetensors"
        write_tensors(target, {"a": torch.ones(3)})
        before = target.read_bytes()
        with pytest.raises(CheckpointError, match="No space left on device"):
            write_tensors(target, {"a": torch.zeros(100_000)})
        assert target.read_bytes() == before
        assert os.listdir(disk) == ["model.safetensors"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"missing/scores.json: .* No such file or directory"):
        write_json(tmp_path / "missing" / "scores.json", {})


def test_an_interrupted_write_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupted(path: Path) -> None:
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_file(tmp_path / "scores.json", interrupted)
    assert os.listdir(tmp_path) == []


KILLED_IN_WRITING = """
import os, signal, sys
from pathlib import Path
from elman.runs.writing import replace_file
def write(path):
    path.write_text("half")
    (path.parent / ".tmpXYZ").write_text("of a library")
    os.kill(os.getpid(), signal.SIGKILL)
replace_file(Path(sys.argv[1]), write)
"""


def test_a_killed_write_leaves_the_old_file_and_what_can_be_cleared(tmp_path: Path) -> None:
    target = tmp_path / "scores.json"
    target.write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED_IN_WRITING, target], check=False)
    assert done.returncode == -signal.SIGKILL
    assert target.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == [".scores.json.part", "scores.json"]
    (tmp_path / ".notes.part").write_text("not ours")
    clear_leftovers(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".notes.part", "scores.json"]


def test_a_folder_is_replaced_by_a_whole_one(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        (path / "counts").write_text("1")

    replace_folder(tmp_path / "baseline", write)
    (tmp_path / "baseline" / "extra").write_text("old")
    replace_folder(tmp_path / "baseline", write)
    assert os.listdir(tmp_path) == ["baseline"]
    assert os.listdir(tmp_path / "baseline") == ["counts"]


def test_a_folder_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    replace_folder(tmp_path / "baseline", lambda path: (path / "counts").write_text("1"))

    def full(path: Path) -> None:
        (path / "counts").write_text("2")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CheckpointError, match="No space left"):
        replace_folder(tmp_path / "baseline", full)
    assert (tmp_path / "baseline" / "counts").read_text() == "1"
    assert os.listdir(tmp_path) == ["baseline"]


def test_removing_never_follows_links_nor_descends(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter").write_text("dear")
    (tmp_path / "baseline").symlink_to(mine)
    remove(tmp_path / "baseline")
    assert (mine / "letter").exists()
    assert not (tmp_path / "baseline").is_symlink()
    nested = tmp_path / "nested"
    (nested / "deep").mkdir(parents=True)
    with pytest.raises(CheckpointError, match="not empty"):
        remove(nested)
    assert (nested / "deep").is_dir()
