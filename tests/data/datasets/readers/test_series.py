"""The readers that turn packages of arrays into ours."""

import io
import pickle
from typing import Any

import numpy as np
import pytest

from elman.data.datasets.readers import pendigits, spoken_digits, ts, wrist_motion
from elman.errors import DataError


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def loaded(content: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def test_spoken_digits_are_stratified() -> None:
    y = np.repeat(np.arange(2), 11)
    lengths = np.arange(1, 23)
    X = np.repeat(np.arange(22), lengths)[:, None].astype(np.float32)
    parts = {
        split: loaded(content)
        for split, content in spoken_digits.read({"d": npz(X=X, y=y, lengths=lengths)})
    }
    assert parts["test"]["y"].tolist() == ["0", "0", "1", "1"]
    assert parts["test"]["lengths"].tolist() == [1, 11, 12, 22]
    assert parts["test"]["X"][:, 0].tolist() == np.repeat([0, 10, 11, 21], [1, 11, 12, 22]).tolist()
    assert parts["validation"]["groups"].tolist() == ["fold 1"] * 2
    assert parts["train"]["groups"].tolist() == [f"fold {n}" for n in range(2, 10) for _ in "01"]


def test_pendigits_are_points_in_stratified_folds() -> None:
    lines = [", ".join(map(str, [*range(n, n + 16), n % 2])) for n in range(40)]
    content = "\n".join([*lines, ""]).encode()
    parts = {split: loaded(content) for split, content in pendigits.read({"p": content})}
    assert parts["validation"]["y"].tolist() == ["0", "1"] * 2
    assert parts["validation"]["lengths"].tolist() == [8] * 4
    assert parts["validation"]["X"][:2].tolist() == [[2, 3], [4, 5]]
    assert parts["test"]["X"][::8, 0].tolist() == [0, 1, 20, 21]
    assert len(parts["train"]["y"]) == 32


def watch(**changes: Any) -> bytes:
    content = {
        "X": [np.full((n, 6), n, float) for n in range(1, 12)],
        "y": np.arange(11) % 2,
        "y_labels": ["ABD", "ROW"],
        "subject": [*range(1, 11), 1],
    }
    pickled = pickle.dumps(np.array(content | changes, object), protocol=2)
    return b"header\n" + pickled.replace(b"numpy._core", b"numpy.core")  # as older releases write


def test_wrist_motion_holds_subjects_out() -> None:
    parts = {split: loaded(content) for split, content in wrist_motion.read({"w": watch()})}
    assert parts["test"]["groups"].tolist() == ["subject 9", "subject 10"]
    assert parts["validation"]["groups"].tolist() == ["subject 7", "subject 8"]
    assert parts["train"]["lengths"].tolist() == [1, 2, 3, 4, 5, 6, 11]
    assert parts["train"]["y"].tolist() == ["ABD", "ROW", "ABD", "ROW", "ABD", "ROW", "ABD"]


class Hostile:
    """What a pickle can do to those who load it."""

    def __reduce__(self) -> Any:
        return (exec, ("raise SystemExit",))


def test_wrist_motion_runs_nothing_of_the_file() -> None:
    with pytest.raises(DataError, match=r"arrays of seglearn 1\.2\.5, got: .*exec, which is no"):
        list(wrist_motion.read({"w": b"header\n" + pickle.dumps(Hostile(), protocol=2)}))


@pytest.mark.parametrize("content", [b"", b"\n", watch()[:-20], watch(subject=["a"])])
def test_wrist_motion_refuses_other_files(content: bytes) -> None:
    with pytest.raises(DataError, match=r"wrist-motion: the file must hold the arrays"):
        list(wrist_motion.read({"w": content}))


def test_ts_files_keep_their_official_test_split() -> None:
    train = b"# about\n@data\n" + b"".join(b"%d:a\n" % n for n in range(1, 11))
    members = {"Cats_TEST.ts": b"@data\n0:b\n", "Cats_TRAIN.ts": train}
    parts = dict(ts.read(members))
    assert parts["test"] == b"@data\n0:b\n"
    assert parts["validation"] == b"# about\n@data\n5:a\n10:a\n"
    assert parts["train"].count(b":a") == 8


def test_ts_files_without_data() -> None:
    with pytest.raises(DataError, match=r"`Cats_TRAIN.ts` must have a line @data"):
        list(ts.read({"Cats_TRAIN.ts": b"1:a\n"}))
