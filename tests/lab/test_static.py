"""The page's files are part of the package: a wheel takes what git holds of src/elman."""

import shutil
import subprocess
from pathlib import Path

import pytest

from elman.web.files import Files

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "elman"


@pytest.mark.skipif(shutil.which("git") is None, reason="git says what the repository holds")
def test_every_file_that_the_page_fetches_is_kept_and_so_installed() -> None:
    served = Files.of({"/": PACKAGE / "lab" / "static", "/page/": PACKAGE / "page"}).paths.values()
    kept = subprocess.run(
        ["git", "ls-files", "-z", "."], cwd=PACKAGE, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    assert {path.relative_to(PACKAGE).as_posix() for path in served} <= set(kept)
