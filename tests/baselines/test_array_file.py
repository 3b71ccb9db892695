from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from elman.baselines.array_file import pack_texts, read_arrays, unpack_texts, write_arrays
from elman.errors import CheckpointError

ARRAYS = {"a": np.arange(6).reshape(2, 3), "b": np.zeros(0, np.uint8), "c": np.eye(3)[:, ::2]}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.safetensors"
    write_arrays(path, ARRAYS, kind="cat", other="é")
    arrays, facts = read_arrays(path, "cat")
    assert facts == {"other": "é"}
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)


@pytest.mark.parametrize("damage", [0, 40, -1])
def test_damage_is_told(tmp_path: Path, damage: int) -> None:
    path = tmp_path / "file.safetensors"
    write_arrays(path, ARRAYS, kind="cat")
    content = bytearray(path.read_bytes())
    content[damage] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"must hold a fitted cat, got: .*\. Fit it again\."):
        read_arrays(path, "cat")


def test_other_files_are_told(tmp_path: Path) -> None:
    path = tmp_path / "file.safetensors"
    with pytest.raises(CheckpointError, match="must hold a fitted cat"):
        read_arrays(path, "cat")
    save_file({"a": np.eye(2)}, path)
    with pytest.raises(CheckpointError, match="must hold a fitted cat"):
        read_arrays(path, "cat")
    write_arrays(path, ARRAYS, kind="dog")
    with pytest.raises(CheckpointError, match="no cat, or other bytes"):
        read_arrays(path, "cat")


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="must be writable"):
        write_arrays(tmp_path / "file" / "x.safetensors", ARRAYS, kind="cat")


def test_texts() -> None:
    texts = ["cats", "", "é\u2028x", "\r"]
    assert unpack_texts(pack_texts(texts)) == texts
