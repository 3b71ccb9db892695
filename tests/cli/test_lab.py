"""`elman lab`: what it says in the terminal; the page is tested in tests/lab and tests/browser."""

from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Elman

from elman.errors import CheckpointError


@pytest.mark.parametrize("whole", [True, False])
def test_a_run_that_cannot_be_read_is_said_at_once_and_in_the_end_by_the_code(
    elman: Elman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    def open_lab(run: Path, runs: Path, *, ready: Any, failed: Any, **place: Any) -> bool:
        ready("http://127.0.0.1:8990/")
        if not whole:
            failed(CheckpointError(f"{run / 'config.json'}: it must be JSON, got '{{'."))
        return whole

    monkeypatch.setattr("elman.lab.serving.open_lab", open_lab)
    (tmp_path / "config.json").write_text("{")
    outcome = elman("lab", tmp_path, "--no-browser")
    assert outcome.out.splitlines()[0] == "Elman lab: http://127.0.0.1:8990/"
    assert outcome.code == (0 if whole else 1)
    assert ("config.json: it must be JSON" in outcome.err) != whole
    assert ("The page says so too." in outcome.err) != whole
