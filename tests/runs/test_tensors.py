import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from elman.errors import CheckpointError
from elman.runs.tensors import read_shapes, read_tensors, write_tensors

TENSORS = {
    "a": torch.arange(6.0).reshape(2, 3).t(),
    "b": torch.tensor(7, dtype=torch.int64),
    "c": torch.zeros(0, 4, dtype=torch.float64),
}


def test_tensors_and_texts_come_back(tmp_path: Path) -> None:
    write_tensors(tmp_path / "probe.safetensors", TENSORS, {"note": "ä"})
    tensors, texts = read_tensors(tmp_path, "probe.safetensors")
    assert texts == {"note": "ä"}
    for name, tensor in TENSORS.items():
        torch.testing.assert_close(tensors[name], tensor, rtol=0, atol=0)
    assert read_shapes(tmp_path, "probe.safetensors") == {"a": (3, 2), "b": (), "c": (0, 4)}


def test_what_was_read_does_not_change_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "probe.safetensors"
    write_tensors(path, {"a": torch.ones(1000)})
    tensors, _ = read_tensors(tmp_path, path.name)
    path.write_bytes(b"\0" * path.stat().st_size)
    assert tensors["a"].sum() == 1000
    assert tensors["a"].data_ptr() % 64 == 0


WHOLE = save({"a": torch.ones(4)})


def header(**entry: object) -> bytes:
    text = json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16], **entry}})
    return struct.pack("<Q", len(text)) + text.encode() + b"\0" * 16


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        WHOLE[:-1],
        WHOLE[:20],
        struct.pack("<Q", 2**62) + b"{}",
        header(shape=[2**40, 2**40]),
        header(shape=[-4]),
        header(data_offsets=[0, 2**50]),
        header(data_offsets=[8, 0]),
        header(dtype="F1000"),
    ],
)
@pytest.mark.parametrize("read", [read_tensors, read_shapes])
def test_damaged_and_hostile_files_are_refused(tmp_path: Path, content: bytes, read) -> None:
    (tmp_path / "probe.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"probe\.safetensors: the file must hold whole"):
        read(tmp_path, "probe.safetensors")


def test_reading_shapes_does_not_load_torch(tmp_path: Path) -> None:
    write_tensors(tmp_path / "probe.safetensors", TENSORS)
    program = (
        "import sys; from pathlib import Path; from elman.runs.tensors import read_shapes\n"
        f"read_shapes(Path({str(tmp_path)!r}), 'probe.safetensors')\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
