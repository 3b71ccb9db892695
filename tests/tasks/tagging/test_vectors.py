import json
from pathlib import Path

import pytest
from tests.tasks.tagging.conftest import SMALL

from elman import Tagger
from elman.errors import CheckpointError, DataError
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
        (b"1 3\nthe \0\1\xff", r"line 2 .* and 3 numbers, got those of a binary file\."),
        (b"the 1 2\ndog 1 x\n", r"line 2 .* 2 numbers after its word, got 'x' as number 2\."),
        (b"the 1 1e99\n", r"line 1 .* must have finite numbers, got NaN or infinity"),
        (b"the 1 nan\n", r"line 1 .* must have finite numbers, got NaN"),
        (b"the 1 2\nd\xf6g 1 2\n", r"line 2 .* must have UTF-8, got byte 0xf6 in column 2"),
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
    return Tagger(**options, vectors=str(file), vector_words=1).fit(
        text, validation=held_out, out=tmp_path / "run"
    )


def test_words_that_training_never_saw_are_understood_by_their_vectors(
    fitted: Tagger, file: Path, tmp_path: Path
) -> None:
    """bird stands in the validation text, fish only at the head of the vectors."""
    found = fitted.predict([["bird", "barks"], ["Fish", "barks"]])
    assert [[word.tag for word in each] for each in found] == [["NOUN", "VERB"]] * 2
    again = Tagger.load(tmp_path / "run")
    file.unlink()  # a fitted tagger needs it no more
    assert again.predict("Fish barks") == fitted.predict("Fish barks")
    fitted.save(tmp_path / "copy")
    assert Tagger.load(tmp_path / "copy").predict("Fish barks") == fitted.predict("Fish barks")


def test_a_run_whose_vectors_are_missing_or_others_is_refused(
    fitted: Tagger, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    codec = json.loads((run / "codec.json").read_text())
    codec["vector_words"].append("cow")
    (run / "codec.json").write_text(json.dumps(codec))
    with pytest.raises(CheckpointError, match="`vectors` must have a row of numbers for each of"):
        Tagger.load(run)
    (run / "vectors.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"vectors\.safetensors"):
        Tagger.load(run)
