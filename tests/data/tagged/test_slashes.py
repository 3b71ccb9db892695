import pytest

from elman.data.tagged.formats import FormatError
from elman.data.tagged.slashes import Slashes


def test_words_and_tags() -> None:
    cells = Slashes().cells("\tThe/at  1/2/cd \u00a0x/nn cats\r\n")
    assert [(cell.word, cell.tag) for cell in cells] == [
        ("The", "at"),
        ("1/2", "cd"),
        ("\u00a0x", "nn"),
        ("cats", ""),
    ]


def test_a_slash_may_be_a_word() -> None:
    assert [(c.word, c.tag) for c in Slashes().cells("//sym a/\n")] == [("/", "sym"), ("a", "")]


def test_a_tag_without_a_word() -> None:
    with pytest.raises(FormatError, match="a word before each slash, got '/nn'") as caught:
        Slashes().cells("\nThe/at /nn\n")
    assert caught.value.row == 1
