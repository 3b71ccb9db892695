"""Small packages that stand in for real ones."""

import hashlib
import io
import tarfile
import zipfile
from typing import Any

from elman.data.datasets import Package


def zip_of(members: dict[str, bytes]) -> bytes:
    """A wheel, as far as we look."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tar_of(
    members: dict[str, bytes], mode: Any = "w:gz", links: dict[str, str] | None = None
) -> bytes:
    """An npm tarball; `links` are symbolic links, name → target."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, target in (links or {}).items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def deb_of(members: dict[str, bytes]) -> bytes:
    """A Debian package: an ar archive that holds data.tar.xz."""
    parts = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": b"odd",
        "data.tar.xz": tar_of(members, "w:xz"),
    }
    content = b"!<arch>\n"
    for name, part in parts.items():
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(part):<10}`\n"
        content += header.encode() + part + b"\n" * (len(part) % 2)
    return content


def package_of(manager: str, content: bytes, member: str) -> Package:
    """The registration of a small package."""
    return Package(
        manager=manager,
        name="cats",
        version="1.2",
        sha256=hashlib.sha256(content).hexdigest(),
        member=member,
        download_bytes=len(content),
    )
