from pathlib import Path

import pytest
from tests.tasks.tagging.conftest import SMALL

from elman import Tagger
from elman.errors import ConfigError, DataError
from elman.tasks.tagging.vectors import read_vectors


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "words.vec"


def test_headers_and_words_with_spaces_are_understood(file: Path) -> None:
    file.write_text("3 2\nthe 1 2\nNew York 3 4\ndog 5 6 \n")
    found = read_vectors(file, {"the", "New York", "cat"})
    assert found.width == 2 and sorted(found.rows) == ["New York", "the"]
    assert found.rows["New York"].tolist() == [3, 4]
    file.write_text("2 2\nNew York 3 4\nthe 1 2\n")  # the header says how wide
    assert read_vectors(file, {"New York"}).rows["New York"].tolist() == [3, 4]
    file.write_text("the 1 2\n")  # as GloVe has it
    assert read_vectors(file, {"the"}, 2).rows["the"].tolist() == [1, 2]


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


def test_a_missing_file_and_another_width_are_named(file: Path) -> None:
    with pytest.raises(DataError, match=r"words.vec` must be a file .* got: No such file"):
        read_vectors(file, {"the"})
    file.write_text("the 1 2\n")
    with pytest.raises(ConfigError, match="`embedding_size` must be 2, the width of the vectors"):
        read_vectors(file, {"the"}, 100)


def test_a_tagger_begins_with_them_and_knows_words_by_them(file: Path, tmp_path: Path) -> None:
    """bird is not in the training text; its vector says that it is a noun like dog."""
    text, held_out = tmp_path / "train.txt", tmp_path / "valid.txt"
    text.write_text("dog/NOUN barks/VERB\ncat/NOUN barks/VERB\nbarks/VERB dog/NOUN\n" * 60)
    held_out.write_text("bird/NOUN barks/VERB\n")
    file.write_text("3 3\ndog 2 0 0\ncat 2 0 .1\nbird 2 0 .05\nbarks 0 2 0\nother 1 1 1\n")
    options = {**SMALL, "embedding_size": 0, "character_hidden_size": 0, "word_dropout": 0.0}
    tagger = Tagger(**options, vectors=str(file)).fit(
        text, validation=held_out, out=tmp_path / "run"
    )
    assert tagger.module.embedding.weight.shape == (5, 3)
    assert [word.tag for word in tagger.predict([["bird", "barks"]])[0]] == ["NOUN", "VERB"]
    again = Tagger.load(tmp_path / "run")
    file.unlink()  # a fitted tagger needs it no more
    assert again.predict("bird barks") == tagger.predict("bird barks")
