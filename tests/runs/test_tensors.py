import hashlib
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


TENSORS_WHOLE = {name: tensor.contiguous() for name, tensor in TENSORS.items()}
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


def places(path: Path) -> tuple[int, int]:
    """Where the tensors' bytes begin in a file, and where it ends."""
    content = path.read_bytes()
    return 8 + struct.unpack("<Q", content[:8])[0], len(content)


def test_every_flipped_bit_of_the_tensors_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    write_tensors(path, TENSORS, {"note": "ä"})
    whole, (begin, end) = path.read_bytes(), places(path)
    assert end - begin == 6 * 4 + 8
    for at in range(begin, end):
        for bit in range(8):
            changed = bytearray(whole)
            changed[at] ^= 1 << bit
            path.write_bytes(changed)
            with pytest.raises(
                CheckpointError, match=r"model\.safetensors: .* of SHA-256 .*damaged"
            ):
                read_tensors(tmp_path, path.name)


def test_a_changed_text_or_digest_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "resume.safetensors"
    write_tensors(path, {"a": torch.ones(2)}, {"resume": "step 17"})
    whole = path.read_bytes()
    digest = hashlib.sha256(b"step 17" + torch.ones(2).numpy().tobytes()).hexdigest().encode()
    for before, after in ((b"step 17", b"step 16"), (digest, digest[::-1]), (digest, b"x" * 64)):
        assert before in whole
        path.write_bytes(whole.replace(before, after))
        with pytest.raises(CheckpointError, match=r"resume\.safetensors: .* of SHA-256"):
            read_tensors(tmp_path, path.name)


def test_a_file_without_a_digest_is_read(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(save(TENSORS_WHOLE, {"note": "old"}))
    tensors, texts = read_tensors(tmp_path, "model.safetensors")
    assert texts == {"note": "old"}
    assert tensors["a"].tolist() == TENSORS["a"].tolist()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.bool, torch.uint8])
def test_tensors_of_any_type_have_a_digest(tmp_path: Path, dtype: torch.dtype) -> None:
    tensors = {"a": torch.tensor([[0, 1], [1, 1]]).to(dtype), "b": torch.tensor(1).to(dtype)}
    write_tensors(tmp_path / "probe.safetensors", tensors)
    found, texts = read_tensors(tmp_path, "probe.safetensors")
    assert texts == {}
    for name, tensor in tensors.items():
        torch.testing.assert_close(found[name], tensor, rtol=0, atol=0)
