"""A run that is killed at any moment ends with the same bits as one that was left in peace."""

import json
import subprocess
import sys
from pathlib import Path

import torch

from elman.runs import Run
from elman.runs.snapshot import read_snapshot

ROOT = Path(__file__).resolve().parents[2]


def without_times(record: dict) -> dict:
    return {key: value for key, value in record.items() if not key.endswith("_s")}


def test_kill_minus_nine_at_any_moment(tmp_path: Path) -> None:
    driver = [sys.executable, "-m", "tests.training.killed", tmp_path]
    subprocess.run(driver, cwd=ROOT, check=True)
    sessions = json.loads((tmp_path / "sessions.json").read_text())
    assert sessions["killed"] >= 20
    assert sessions["last_status"] == 0
    saved, same = read_snapshot(tmp_path / "whole"), read_snapshot(tmp_path / "killed")
    for group in ("weights", "optimizer", "random"):
        before, after = getattr(saved, group), getattr(same, group)
        assert before.keys() == after.keys()
        for name, tensor in before.items():
            assert torch.equal(tensor, after[name]), name
    for name in ("epoch", "step", "steps", "schedule", "stopping", "finished"):
        assert getattr(saved, name) == getattr(same, name)
    whole, other = Run.open(tmp_path / "whole"), Run.open(tmp_path / "killed")
    assert list(map(without_times, whole.history())) == list(map(without_times, other.history()))
    best = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "killed")]
    assert best[0] == best[1]
    assert sorted(p.name for p in other.path.iterdir()) == sorted(
        p.name for p in whole.path.iterdir()
    )
    assert other.description == whole.description
