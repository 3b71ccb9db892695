from pathlib import Path

import pytest
from tests.data.datasets.packages import deb_of, tar_of, zip_of

from elman.data.datasets import archives
from elman.data.datasets.archives import read_members
from elman.errors import DataError

MEMBERS = {"a/2.txt": b"two", "a/1.txt": b"one", "a/code.py": b"raise SystemExit"}


def write(folder: Path, content: bytes) -> Path:
    path = folder / "cats.pkg"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("pack", [zip_of, tar_of, deb_of])
def test_matching_files_in_the_order_of_their_names(tmp_path: Path, pack) -> None:
    members = read_members(write(tmp_path, pack(MEMBERS)), "a/*.txt")
    assert list(members.items()) == [("a/1.txt", b"one"), ("a/2.txt", b"two")]


@pytest.mark.parametrize("pack", [zip_of, tar_of, deb_of])
def test_names_that_lead_outside_reach_nothing(tmp_path: Path, pack) -> None:
    evil = {"../../evil.txt": b"evil", "/etc/evil.txt": b"evil"}
    before = set(tmp_path.parent.rglob("*"))
    archive = write(tmp_path, pack(evil))
    members = read_members(archive, "*.txt")
    assert set(members.values()) == {b"evil"}
    assert set(tmp_path.parent.rglob("*")) - before == {archive}


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    archive = write(tmp_path, tar_of({}, links={"a/1.txt": str(secret), "a/2.txt": "1.txt"}))
    with pytest.raises(DataError, match=r"must hold a/\*\.txt, got no such file inside"):
        read_members(archive, "a/*.txt")


@pytest.mark.parametrize("pack", [zip_of, tar_of, deb_of])
def test_sizes_are_bounded(tmp_path: Path, pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LIMIT_BYTES", 1000)
    archive = write(tmp_path, pack({"bomb.txt": b"0" * 1_000_000}))
    with pytest.raises(DataError, match=r"got: bomb.txt of 1,000,000 bytes, more than 1,000"):
        read_members(archive, "*.txt")


@pytest.mark.parametrize("pack", [zip_of, tar_of, deb_of])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_torn_archives(tmp_path: Path, pack, share: float) -> None:
    content = pack({"a.txt": bytes(range(256)) * 100})
    archive = write(tmp_path, content[: int(len(content) * share)])
    with pytest.raises(DataError, match=r"`cats.pkg` must be a whole package, got: "):
        read_members(archive, "*.txt")


@pytest.mark.parametrize("content", [b"", b"no archive", b"!<arch>\n", b"!<arch>\n" + b"?" * 60])
def test_no_archive(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match=r"`cats.pkg` must be a whole package, got: "):
        read_members(write(tmp_path, content), "*.txt")


def test_nothing_is_run_or_imported(tmp_path: Path) -> None:
    members = read_members(write(tmp_path, zip_of(MEMBERS)), "a/*.py")
    assert members == {"a/code.py": b"raise SystemExit"}
