"""Files of a page: known beforehand, of known types, from named folders, and nothing else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from elman.web.asgi import Receive, Scope, Send, headers_of, reply

__all__ = ["KINDS", "Files"]

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
"""Suffix → media type; files of other suffixes are not served."""


@dataclass(frozen=True)
class Files:
    """Serves the files of some folders.

    What may be served is listed once, from the folders themselves, so no address can lead out of
    them: an address is looked up, never joined to a path. Links are not followed.

    Attributes:
        paths: address → file.
    """

    paths: Mapping[str, Path]

    @classmethod
    def of(cls, folders: Mapping[str, Path], index: str = "index.html") -> "Files":
        """List the files of folders.

        Args:
            folders: beginning of the address, such as "/" or "/page/" → folder.
            index: the file that a bare "/" means.
        """
        found: dict[str, Path] = {}
        for prefix, folder in folders.items():
            for path in sorted(folder.rglob("*")):
                if path.suffix in KINDS and path.is_file() and not path.is_symlink():
                    found[prefix + path.relative_to(folder).as_posix()] = path
        if f"/{index}" in found:
            found["/"] = found[f"/{index}"]
        return cls(found)

    def holds(self, scope: Scope) -> bool:
        """Whether a request is for one of the files."""
        return scope["type"] == "http" and scope["path"] in self.paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  (ASGI)
        """Answer a request for one of them."""
        if scope["method"] not in ("GET", "HEAD"):
            headers = [("allow", "GET, HEAD")]
            await reply(send, 405, b"Only GET and HEAD.\n", "text/plain", headers)
            return
        path = self.paths[scope["path"]]
        with path.open("rb") as file:
            status, body = os.fstat(file.fileno()), file.read()
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        headers = [("etag", tag), ("cache-control", "no-cache")]
        if tag in headers_of(scope).get("if-none-match", []):
            await reply(send, 304, b"", KINDS[path.suffix], headers)
            return
        head = scope["method"] == "HEAD"
        await reply(send, 200, body, KINDS[path.suffix], headers, only_head=head)
