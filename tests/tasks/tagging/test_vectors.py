import json
from pathlib import Path

import pytest
import torch
from tests.tasks.tagging.conftest import SMALL

from elman import Tagger
from elman.errors import CheckpointError, DataError
from elman.records import Record
from elman.runs.tensors import write_tensors
from elman.tasks.tagging.vectors import read_vectors


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "words.vec"


def test_headers_and_words_with_spaces_are_understood(file: Path) -> None:
    file.write_text("3 2\nthe 1 2\nNew York 3 4\ndog 5 6 \n")
    found = read_vectors(file, {"the", "New York", "cat"})
    assert found.words == ("the", "New York")
    assert found.table.tolist() == [[1, 2], [3, 4]]
    file.write_text("2 2\nNew York 3 4\nthe 1 2\n")  # the header says how wide
    assert read_vectors(file, {"New York"}).table.tolist() == [[3, 4]]
    file.write_text("the 1 2\n")  # as GloVe has it
    assert read_vectors(file, {"the"}).table.tolist() == [[1, 2]]


def test_a_byte_order_mark_and_blank_lines_are_no_words(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf2 2\r\nthe 1 2\r\n\r\ndog 3 4\r\n\r\n")
    found = read_vectors(file, {"the"}, first=9)
    assert found.words == ("the", "dog")
    assert found.table.tolist() == [[1, 2], [3, 4]]


def test_the_head_of_a_file_is_kept_beside_what_is_needed(file: Path) -> None:
    file.write_text("4 2\nthe 1 0\nof 2 0\nthe 3 0\ncat 4 0\n")
    found = read_vectors(file, {"cat"}, first=3)
    assert found.words == ("the", "of", "cat")
    assert found.table.tolist() == [[1, 0], [2, 0], [4, 0]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"the 1 2\ndog 1\n", r"line 2 of `.*words.vec` must have a word and 2 numbers, got 1\."),
        (b"1 3\nthe 1 2\n", r"line 2 .* must have a word and 3 numbers, got 2\."),
        (
            b"1 3\nthe \0\1\xff",
            r"got a NUL byte in line 2, column 5\. This is a file of another kind",
        ),
        (b"the 1 2\ndog 1 2 3\n", r"line 2 .* must have a word and 2 numbers, got 3\."),
        (b"2 " + b"9" * 5000 + b"\nthe 1 2\n", r"line 1 .* parted by spaces, got 1 number\."),
        (b"the 1 2\ndog 1 x\n", r"line 2 .* 2 numbers after its word, got 'x' as number 2\."),
        (b"the 1 1e99\n", r"line 1 .* must have finite numbers, got '1e99' as number 2\."),
        (b"the 1 nan\n", r"line 1 .* must have finite numbers, got 'nan' as number 2\."),
        (b"the 1 2\nd\xf6g 1 2\n", r"must be UTF-8 text, got byte 0xf6 in line 2, column 2\."),
        (b"\n \n", r"must hold vectors of words of the text, got no vector\."),
        (b"cat 1 2\n", r"`.*words.vec` must hold vectors of words of the text, got none in 1"),
        (b"the\n", r"line 1 .* must have a word and its numbers"),
        (b"", r"must hold vectors of words of the text, got no vector\."),
        (b"7 2\n", r"must hold vectors of words of the text, got no vector\."),
    ],
)
def test_faults_are_named_with_their_line(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_vectors(file, {"the", "dog"})


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(DataError, match=r"words.vec` must be a file .* got: No such file"):
        read_vectors(file, {"the"})


@pytest.fixture
def fitted(file: Path, tmp_path: Path) -> Tagger:
    """Learned from texts that have no birds and no fish, with vectors that say what these are."""
    text, held_out = tmp_path / "train.txt", tmp_path / "valid.txt"
    text.write_text("dog/NOUN barks/VERB\ncat/NOUN barks/VERB\nbarks/VERB dog/NOUN\n" * 60)
    held_out.write_text("bird/NOUN barks/VERB\n")
    file.write_text("4 3\nfish 2 .1 0\ndog 2 0 0\ncat 2 0 .1\nbird 2 0 .05\nbarks 0 2 0\n")
    options = {**SMALL, "character_hidden_size": 0}
    tagger = Tagger(**options, vectors=str(file), vector_words=1)
    command = f"elman train tagging {text} --validation {held_out} --vectors {file}"
    return tagger.fit(text, validation=held_out, out=tmp_path / "run", command=command)


def test_words_that_training_never_saw_are_understood_by_their_vectors(
    fitted: Tagger, file: Path, tmp_path: Path
) -> None:
    """bird stands in the validation text, fish only at the head of the vectors."""
    found = fitted.predict([["bird", "barks"], ["Fish", "barks"]])
    assert [[word.tag for word in each] for each in found] == [["NOUN", "VERB"]] * 2
    again = Tagger.load(tmp_path / "run")
    file.unlink()  # a fitted tagger needs it no more
    assert again.predict("Fish barks") == fitted.predict("Fish barks")
    assert again.material().source == f"{tmp_path / 'valid.txt'} (as given)"
    fitted.save(tmp_path / "copy")
    assert Tagger.load(tmp_path / "copy").predict("Fish barks") == fitted.predict("Fish barks")


def test_a_run_whose_vectors_are_missing_or_others_is_refused(
    fitted: Tagger, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    codec = json.loads((run / "codec.json").read_text())
    codec["vector_words"].append("cow")
    (run / "codec.json").write_text(json.dumps(codec))
    with pytest.raises(CheckpointError, match=r"`vectors` must have a row of 32-bit numbers for"):
        Tagger.load(run)
    with pytest.raises(CheckpointError, match=r"`vector_words` must be the words .* got others"):
        Tagger(**fitted.get_params()).fit(
            tmp_path / "train.txt", validation=tmp_path / "valid.txt", out=run
        )
    (run / "vectors.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"vectors\.safetensors"):
        Tagger.load(run)


@pytest.mark.parametrize(
    ("vectors", "said"),
    [
        (torch.full((5, 3), torch.nan), "must hold finite numbers, got NaN or infinity"),
        (torch.ones(5, 3, dtype=torch.float64), "must have a row of 32-bit numbers for each of"),
        (torch.ones(15), "must have a row of 32-bit numbers for each of"),
    ],
)
def test_a_run_whose_vectors_are_no_vectors_is_refused(
    fitted: Tagger, tmp_path: Path, vectors: torch.Tensor, said: str
) -> None:
    write_tensors(tmp_path / "run" / "vectors.safetensors", {"vectors": vectors})
    with pytest.raises(CheckpointError, match=f"vectors.safetensors: `vectors` {said}"):
        Tagger.load(tmp_path / "run")


def test_words_with_vectors_are_counted_however_they_are_written(
    fitted: Tagger, file: Path, tmp_path: Path
) -> None:
    """Dog is looked up as dog, and its vector as it is written."""
    file.write_text("Dog 2 0 0\nbarks 0 2 0\n")
    (tmp_path / "train.txt").write_text("Dog/NOUN barks/VERB\ncat/NOUN barks/VERB\n" * 9)
    told = list[Record]()
    Tagger(**{**fitted.get_params(), "epochs": 1}).fit(tmp_path / "train.txt", observer=told.append)
    (found,) = (each["vectors"] for each in told if each["event"] == "data")
    assert found == 2
