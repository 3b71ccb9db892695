import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from elman.errors import CheckpointError
from elman.runs.snapshot import Snapshot, read_snapshot, write_snapshot

SNAPSHOT = Snapshot(
    weights={"head.weight": torch.randn(3, 2)},
    optimizer={"head.weight/exp_avg": torch.randn(3, 2), "head.weight/step": torch.tensor(5.0)},
    random={"cpu": torch.get_rng_state()},
    state=tuple(torch.full((1, 2), float(part)) for part in range(11)),
    epochs=5,
    epoch=2,
    step=3,
    steps=23,
    schedule={"rate": 0.1},
    stopping={"best": 1 / 3},
    meters={"interval": {"loss_sum": 0.1 + 0.2}},
    history_bytes=1234,
    training_s=5.25,
)


def test_it_comes_back_to_the_bit(tmp_path: Path) -> None:
    write_snapshot(tmp_path, SNAPSHOT)
    found = read_snapshot(tmp_path)
    for group in ("weights", "optimizer", "random"):
        for name, tensor in getattr(SNAPSHOT, group).items():
            assert torch.equal(getattr(found, group)[name], tensor)
    assert [part[0, 0].item() for part in found.state] == list(range(11))
    for name in ("epochs", "epoch", "step", "steps", "schedule", "stopping", "meters", "finished"):
        assert getattr(found, name) == getattr(SNAPSHOT, name)
    assert (found.history_bytes, found.training_s) == (1234, 5.25)


def header_of(path: Path) -> dict[str, Any]:
    write_snapshot(path, SNAPSHOT)
    from safetensors import safe_open

    with safe_open(path / "resume.safetensors", "pt") as file:
        return json.loads(file.metadata()["resume"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "must hold `resume` of format 1"),
        ({"epoch": -1}, "`epoch` must be a number of at least 0, got -1"),
        ({"epoch": 1.5}, "`epoch` must be a number of at least 0, got 1.5"),
        ({"step": "3"}, "`step` must be a number"),
        ({"step": True}, "`step` must be a number"),
        ({"steps": None}, "`steps` must be a number"),
        ({"training_s": 10**400}, "`training_s` must be a number"),
        ({"finished": 0}, "`finished` must be a string"),
        ({"schedule": {"rate": "x"}}, "`schedule` must be an object of numbers"),
        ({"schedule": [1]}, "`schedule` must be an object of numbers"),
        ({"meters": {"interval": 3}}, "`meters` must be objects of numbers"),
    ],
)
def test_hostile_numbers_are_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    header = json.dumps(header_of(tmp_path) | changes)
    save_file({"weights/a": torch.zeros(1)}, tmp_path / "resume.safetensors", {"resume": header})
    with pytest.raises(CheckpointError, match=rf"resume\.safetensors: .*{said}"):
        read_snapshot(tmp_path)


@pytest.mark.parametrize("metadata", [{}, {"resume": "[]"}, {"resume": '{"format": NaN}'}])
def test_a_foreign_file_of_tensors_is_refused(tmp_path: Path, metadata: dict[str, str]) -> None:
    save_file({"a": torch.zeros(1)}, tmp_path / "resume.safetensors", metadata)
    with pytest.raises(CheckpointError, match=r"resume\.safetensors: "):
        read_snapshot(tmp_path)


def test_a_tensor_of_no_group_is_refused(tmp_path: Path) -> None:
    header = json.dumps(header_of(tmp_path))
    save_file({"virus": torch.zeros(1)}, tmp_path / "resume.safetensors", {"resume": header})
    with pytest.raises(CheckpointError, match="must not hold a tensor 'virus'"):
        read_snapshot(tmp_path)


def test_a_truncated_file_is_refused_and_a_missing_one_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="must exist"):
        read_snapshot(tmp_path)
    write_snapshot(tmp_path, SNAPSHOT)
    path = tmp_path / "resume.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(CheckpointError, match="must hold whole tensors"):
        read_snapshot(tmp_path)
