import os
from pathlib import Path

import pytest

from elman.errors import CheckpointError
from elman.runs import Description, Run, latest

MINE = Description(task="language", config={"layers": 1})


def test_the_latest_run_is_the_one_written_last(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"must hold a run, got none.*elman demo"):
        latest(tmp_path / "runs")
    for when, name in enumerate(("b", "a")):
        with Run.begin(tmp_path / "runs" / name, MINE) as run:
            run.write_tensors("model.safetensors", {})
        for file in (tmp_path / "runs" / name).iterdir():
            os.utime(file, (when, when))
    (tmp_path / "runs" / "foreign").mkdir()
    (tmp_path / "runs" / "foreign" / "config.json").write_text("{}")
    assert latest(tmp_path / "runs").name == "a"
    os.utime(tmp_path / "runs" / "b" / "config.json", (9, 9))
    assert latest(tmp_path / "runs").name == "b"
    os.utime(tmp_path / "runs" / "a" / ".lock", (10, 10))  # by a command that was refused
    assert latest(tmp_path / "runs").name == "b"


def test_a_run_without_weights_is_not_the_latest(tmp_path: Path) -> None:
    with Run.begin(tmp_path / "bad", MINE) as run:
        run.write_json("tokenizer.json", [])
    with pytest.raises(CheckpointError, match=r"with weights, got none .* \('bad' was only begun"):
        latest(tmp_path)
    with pytest.raises(CheckpointError, match=r"bad: the run must hold weights.*never trained"):
        Run.open(tmp_path / "bad").require_weights()
    with Run.begin(tmp_path / "good", MINE) as run:
        run.write_tensors("model.safetensors", {})
    os.utime(tmp_path / "bad" / "config.json", (2**33, 2**33))
    assert latest(tmp_path) == tmp_path / "good"
    Run.open(tmp_path / "good").require_weights()
