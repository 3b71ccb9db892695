import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from elman.errors import CheckpointError
from elman.runs.lock import Lock

HOLDER = """
import sys, time
from pathlib import Path
from elman.runs.lock import Lock
lock = Lock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_writer_is_refused_by_the_number_of_the_first(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(CheckpointError, match=rf"process {holder.pid} is writing to this one"):
            Lock(tmp_path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        Lock(tmp_path).release()  # the lock of a dead process is free
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_one_process_cannot_lock_twice_but_again(tmp_path: Path) -> None:
    lock = Lock(tmp_path)
    with pytest.raises(CheckpointError, match=rf"this one \(process {os.getpid()}\)"):
        Lock(tmp_path)
    lock.release()
    lock.release()
    Lock(tmp_path).release()


def test_a_lock_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"\.lock: .*No such file or directory"):
        Lock(tmp_path / "missing")
    target = tmp_path / "elsewhere"
    target.write_text("kept")
    (tmp_path / ".lock").symlink_to(target)
    with pytest.raises(CheckpointError, match=r"\.lock: "):
        Lock(tmp_path)
    assert target.read_text() == "kept"


def test_a_hostile_note_in_the_lock_is_not_repeated(tmp_path: Path) -> None:
    lock = Lock(tmp_path)
    (tmp_path / ".lock").write_bytes(b"\x1b[31m\xff")
    with pytest.raises(CheckpointError, match="another process is writing"):
        Lock(tmp_path)
    lock.release()


def test_a_withdrawn_lock_leaves_no_file_and_is_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = Lock(tmp_path)
    lock.withdraw()
    assert list(tmp_path.iterdir()) == []
    path, real = tmp_path / ".lock", os.open

    def removed_meanwhile(*words: object) -> int:
        opened = real(*words)
        path.unlink()
        path.write_text("")
        return opened

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", removed_meanwhile)
        with pytest.raises(CheckpointError, match="another process is writing"):
            Lock(tmp_path)
    Lock(tmp_path).release()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_lock_that_cannot_be_signed_holds_all_the_same(tmp_path: Path) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))  # as on a full disk
    try:
        lock = Lock(tmp_path)
        with pytest.raises(CheckpointError, match="another process is writing to this one"):
            Lock(tmp_path)
        lock.release()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    Lock(tmp_path).release()
