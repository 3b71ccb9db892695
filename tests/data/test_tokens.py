import tracemalloc
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data import text
from elman.data.codecs import CharacterCodec, Codec, SubwordCodec, WordCodec
from elman.data.text import TextSpan, read_blocks
from elman.data.tokens import TokenFile, encode_files
from elman.errors import ChoiceError, DataError

LINES = st.lists(st.sampled_from(["I love cats", "cats .", "you", "", " "]), max_size=20)
CODECS: list[Codec] = [
    WordCodec.fit(["I love cats", "cats ."], word_split="whitespace"),
    WordCodec.fit(["I love cats", "cats ."], word_split="punctuation"),
    CharacterCodec.fit(["I love cats", "cats ."]),
    SubwordCodec.fit(["I love cats", "cats ."] * 9, size=300),
]


def write(folder: Path, content: str, name: str = "corpus.txt") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def naive(files: list[list[str]], codec: Codec, boundaries: str) -> tuple[list[int], list[int]]:
    """The slow twin of `encode_files`: line by line."""
    ids: list[int] = []
    starts: list[int] = []
    for lines in files:
        new = True
        for line in lines:
            if not line.strip():
                new = new or boundaries == "document"
                continue
            if new or boundaries == "sentence":
                starts.append(len(ids))
            ids += [*codec.encode(line), codec.eos_id]
            new = False
    return ids, starts


@pytest.mark.parametrize("boundaries", ["stream", "sentence", "document"])
@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.unit)
@given(
    files=st.lists(LINES.filter(lambda lines: any(map(str.strip, lines))), min_size=1, max_size=3)
)
def test_agrees_with_encoding_line_by_line(
    tmp_path_factory: pytest.TempPathFactory, codec: Codec, boundaries: str, files: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("tokens")
    paths = [write(folder, "\n".join(lines), f"{i}.txt") for i, lines in enumerate(files)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BLOCK_BYTES", 32)
        tokens = encode_files(paths, codec, boundaries=boundaries)
    ids, starts = naive(files, codec, boundaries)
    assert tokens.ids.tolist() == ids
    assert tokens.starts.tolist() == starts


def test_a_long_line_is_closed_once(tmp_path: Path) -> None:
    codec = WordCodec.fit(["word"])
    tokens = encode_files([write(tmp_path, "word " * 500_000)], codec, boundaries="sentence")
    assert len(tokens) == 500_001
    assert tokens.starts.tolist() == [0]


def test_penn_treebank_counts_are_those_of_lines_and_words(tmp_path: Path) -> None:
    path = write(tmp_path, " no it was n't black monday \n but <unk> \n\n")
    codec = WordCodec.fit(read_blocks(path))
    assert len(encode_files([path], codec)) == 6 + 2 + 2


def test_ids_are_as_small_as_the_vocabulary_allows(tmp_path: Path) -> None:
    path = write(tmp_path, "a b")
    small = WordCodec.fit(["a b"])
    large = WordCodec([*small.tokens, *map(str, range(1 << 16))], "whitespace")
    assert encode_files([path], small).ids.dtype == np.uint16
    assert encode_files([path], large).ids.dtype == np.uint32


def test_parts_of_files(tmp_path: Path) -> None:
    path = write(tmp_path, "a\nb\na\n")
    codec = WordCodec.fit(["a a b"])
    assert encode_files([TextSpan(path, 2, 4)], codec).ids.tolist() == [3, 1]


def test_ids_are_mapped_and_go_when_closed(tmp_path: Path) -> None:
    with encode_files([write(tmp_path, "a b")], WordCodec.fit(["a b"])) as tokens:
        assert not tokens.ids.flags.writeable
        assert not tokens.ids.flags.owndata
        assert len(tokens) == 3
    assert len(tokens) == 0


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a b")
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    tokens = encode_files([path], WordCodec.fit(["a b"]))
    assert list(room.iterdir()) == []
    assert tokens.ids.tolist() == [2, 3, 1]


def test_memory_stays_within_some_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK_BYTES", 1 << 14)
    path = write(tmp_path, "I love cats and dogs .\n" * 100_000)
    codec = WordCodec.fit(read_blocks(path))
    tracemalloc.start()
    tokens = encode_files([path], codec)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(tokens) == 700_000
    assert peak_bytes < path.stat().st_size / 2


def test_unknown_boundaries(tmp_path: Path) -> None:
    with pytest.raises(
        ChoiceError, match=r"`boundaries` must be one of .* Did you mean 'sentence'"
    ):
        encode_files([write(tmp_path, "a")], WordCodec.fit(["a"]), boundaries="sentences")


def test_no_sources() -> None:
    with pytest.raises(DataError, match=r"`sources` must hold text, got none"):
        encode_files([], WordCodec.fit(["a"]))


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> IO[bytes]:
        return Path("/dev/full").open("wb", buffering=0)

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(DataError, match=r"must have room .* got a full disk\. .* TMPDIR"):
        encode_files([write(tmp_path, "a")], WordCodec.fit(["a"]))


def test_ids_at_hand() -> None:
    tokens = TokenFile.from_ids([5, 6, 7], starts=[0, 2])
    assert tokens.ids.tolist() == [5, 6, 7]
    assert tokens.starts.tolist() == [0, 2]
