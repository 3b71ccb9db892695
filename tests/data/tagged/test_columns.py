import pytest

from elman.data.tagged.columns import Columns
from elman.data.tagged.formats import FormatError
from elman.errors import ChoiceError


def found(written: Columns, text: str) -> list[tuple[str, str]]:
    return [(cell.word, cell.tag) for cell in written.cells(text)]


def written_out(written: Columns, text: str, tag: str) -> str:
    (cell,) = written.cells(text)
    return text[: cell.start] + written.write(text[cell.start : cell.stop], tag) + text[cell.stop :]


def test_the_last_column_holds_the_tags() -> None:
    text = "-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\r\nrejects  VBZ B-VP O\n"
    assert found(Columns(4, tabbed=False), text) == [("EU", "B-ORG"), ("rejects", "O")]


def test_another_column_by_number() -> None:
    text = "EU NNP B-NP B-ORG\n"
    assert found(Columns(4, "2", tabbed=False), text) == [("EU", "NNP")]


def test_words_with_spaces_between_tabs() -> None:
    assert found(Columns(2), "New York\tPROPN\n") == [("New York", "PROPN")]


def test_comments_have_other_columns_than_words() -> None:
    text = "# text = cats\n#\tSYM\n"
    assert found(Columns(2), text) == [("#", "SYM")]
    assert found(Columns(1), "# text = cats\n#\n") == [("#", "")]


def test_writing_keeps_what_parts_the_columns() -> None:
    assert written_out(Columns(2, tabbed=False), "EU   ORG \r\n", "X") == "EU   X \r\n"
    assert written_out(Columns(3, "2"), "EU\tNNP\tORG\n", "X") == "EU\tX\tORG\n"
    assert written_out(Columns(1), "EU\n", "X") == "EU\tX\n"
    assert written_out(Columns(2), "EU\t\n", "X") == "EU\tX\n"


@pytest.mark.parametrize(
    ("written", "text", "problem"),
    [
        (Columns(2), "a\tX\nb\n", "must have 2 tab-separated columns, got 1."),
        (Columns(2, tabbed=False), "a X\nb X Y\n", "must have 2 space-separated columns, got 3."),
        (Columns(2), "a\tX\n\tX\n", "must have a word in column 1, got nothing."),
    ],
)
def test_faults(written: Columns, text: str, problem: str) -> None:
    with pytest.raises(FormatError) as caught:
        written.cells(text)
    assert (caught.value.row, caught.value.problem) == (1, problem)


@pytest.mark.parametrize("column", ["1", "5", "upos", "-1"])
def test_unknown_columns(column: str) -> None:
    with pytest.raises(ChoiceError, match=r"must be a number from 2 to 4, got"):
        Columns(4, column)
