import errno
import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from elman.baselines import count_file
from elman.baselines.kneser_ney import KneserNey
from elman.errors import CheckpointError

IDS = np.minimum(np.random.default_rng(0).geometric(0.3, 400) - 1, 7)
STARTS = np.arange(0, 400, 9)


@pytest.fixture
def saved(tmp_path):
    KneserNey.fit(IDS, 8, order=3, starts=STARTS).save(tmp_path / "baseline")
    return tmp_path / "baseline"


def rewrite(folder, change):
    """Apply `change(tensors, facts)` to the file; without a digest, which would say it all."""
    path = folder / "counts.safetensors"
    with safe_open(path, framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        facts = json.loads(file.metadata()["ngrams"])
    del facts["sha256"]
    change(tensors, facts)
    save_file(tensors, path, {"ngrams": json.dumps(facts)})


def test_a_saved_model_gives_the_same_bits(saved):
    fitted, loaded = KneserNey.fit(IDS, 8, order=3, starts=STARTS), KneserNey.load(saved)
    np.testing.assert_array_equal(
        fitted.log_probabilities(IDS, STARTS), loaded.log_probabilities(IDS, STARTS)
    )
    np.testing.assert_array_equal(fitted.next([1, 2]), loaded.next([1, 2]))


def test_the_file_is_mapped_and_not_copied(saved):
    counts = KneserNey.load(saved).trie.levels[2].counts
    while isinstance(counts.base, np.ndarray):
        counts = counts.base
    assert isinstance(counts, np.memmap)


def test_levels_without_any_ngram_survive(tmp_path):
    KneserNey.fit(np.array([0, 1]), 2, order=5).save(tmp_path)
    assert KneserNey.load(tmp_path).perplexity(np.array([0, 1])) > 1


def test_nothing_but_the_file_is_left_behind(saved):
    assert os.listdir(saved) == ["counts.safetensors"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda t, m: m.update(format="2"), "format 2, where 1 is known"),
        (lambda t, m: m.clear(), "no entry 'format'"),
        (lambda t, m: m.update(order="1000000000"), "order 1000000000"),
        (lambda t, m: m.update(order="many"), "invalid literal"),
        (lambda t, m: m.update(order="4"), "no entry 'first.3'"),
        (lambda t, m: m.update(vocabulary_size="-1"), "a vocabulary of -1 words"),
        (lambda t, m: m.update(vocabulary_size="9"), "9 counts of 10 n-grams"),
        (lambda t, m: m.update(vocabulary_size="2000000000"), "9 counts of 2000000001 n-grams"),
        (lambda t, m: t.pop("words.2"), "no entry 'words.2'"),
        (lambda t, m: t["words.2"].fill(8), "an unknown word at level 2"),
        (lambda t, m: t["words.2"].fill(0), "words out of order at level 2"),
        (lambda t, m: t["counts.3"].fill(0), "a count of 0 at level 3"),
        (lambda t, m: t["counts.1"].fill(0), "no words"),
        (lambda t, m: t["first.1"].fill(255), "offsets that do not divide level 2"),
        (lambda t, m: t.update({"first.1": t["first.1"][::-1].copy()}), "do not divide level 2"),
        (lambda t, m: t.update({"first.2": t["first.2"][:-1].copy()}), "offsets at level 2"),
        (lambda t, m: t.update({"counts.2": t["counts.2"][None]}), "no list of integers"),
        (lambda t, m: t.update({"counts.2": t["counts.2"] * 1.0}), "no list of integers"),
        (lambda t, m: t.update({"counts.2": t["counts.2"].astype(np.float16)}), "no entry 'F16'"),
        (lambda t, m: t["discounts"].fill(np.nan), "discounts"),
        (lambda t, m: t["discounts"].fill(5), "discounts"),
        (lambda t, m: t.update(discounts=t["discounts"][:1]), "discounts"),
    ],
)
def test_hostile_files_are_refused_by_name(saved, change, problem):
    rewrite(saved, change)
    with pytest.raises(CheckpointError, match=problem) as caught:
        KneserNey.load(saved)
    assert "counts.safetensors` must hold n-gram counts" in str(caught.value)
    assert "Fit the baseline again." in str(caught.value)


def test_the_same_counts_give_the_same_bytes(saved, tmp_path):
    for _ in range(8):
        KneserNey.fit(IDS, 8, order=3, starts=STARTS).save(tmp_path / "again")
        written = (tmp_path / "again" / "counts.safetensors").read_bytes()
        assert written == (saved / "counts.safetensors").read_bytes()


def test_a_changed_count_is_refused_though_it_could_be_one(saved):
    path = saved / "counts.safetensors"
    content = path.read_bytes()
    tensors = load_file(path)
    where = content.index(tensors["counts.3"].tobytes())
    path.write_bytes(content[:where] + b"\x01" + content[where + 1 :])
    assert path.read_bytes() != content
    with pytest.raises(CheckpointError, match="other bytes than were written: it is damaged"):
        KneserNey.load(saved)


def test_a_file_of_before_digests_is_taken_as_it_is(saved):
    model, path = KneserNey.load(saved), saved / "counts.safetensors"
    texts = {"format": "1", "order": "3", "vocabulary_size": "8"}
    save_file(load_file(path), path, texts)
    np.testing.assert_array_equal(KneserNey.load(saved).next([1, 2]), model.next([1, 2]))


@given(st.integers(0, 10**9), st.integers(0, 255))
def test_a_flipped_byte_is_refused_or_leaves_a_proper_distribution(where, value):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        KneserNey.fit(IDS, 8, order=3, starts=STARTS).save(Path(folder))
        path = Path(folder) / "counts.safetensors"
        data = bytearray(path.read_bytes())
        data[where % len(data)] = value
        path.write_bytes(data)
        try:
            model = KneserNey.load(Path(folder))
        except CheckpointError:
            return
        vocabulary = model.trie.vocabulary_size
        p = model.next([1 % vocabulary])
        assert (p > 0).all()
        assert p.sum() == pytest.approx(1)


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"\xff" * 100, b"\x02\0\0\0\0\0\0\0{}"])
def test_foreign_files_are_refused(tmp_path, content):
    (tmp_path / "counts.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match="must hold n-gram counts"):
        KneserNey.load(tmp_path)


def test_a_truncated_file_is_refused(saved):
    path = saved / "counts.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match="must hold n-gram counts"):
        KneserNey.load(saved)


def test_a_missing_file_or_a_folder_in_its_place_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="No such file"):
        KneserNey.load(tmp_path)
    (tmp_path / "counts.safetensors").mkdir()
    with pytest.raises(CheckpointError, match="must hold n-gram counts"):
        KneserNey.load(tmp_path)


def test_a_full_disk_is_named(saved, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(count_file, "save_file", full)
    with pytest.raises(CheckpointError, match="No space left on device"):
        KneserNey.fit(IDS, 8, order=2).save(saved)


def test_a_model_may_be_saved_in_the_place_it_is_mapped_from(saved):
    model = KneserNey.load(saved)
    before = model.next([1, 2])
    model.save(saved)
    for each in (model, KneserNey.load(saved)):
        np.testing.assert_array_equal(each.next([1, 2]), before)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CheckpointError, match="must be writable"):
        KneserNey.fit(IDS, 8, order=2).save(tmp_path / "file" / "baseline")
