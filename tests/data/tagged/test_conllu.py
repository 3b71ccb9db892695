import pytest

from elman.data.tagged.conllu import Conllu
from elman.data.tagged.formats import FormatError
from elman.errors import ChoiceError

TEXT = (
    "# sent_id = 1\n"
    "# text = Vámonos al mar\n"
    "1-2\tVámonos\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "1\tVamos\tir\tVERB\tV\tMood=Imp|Number=Plur\t0\troot\t_\t_\n"
    "2\tnos\tnosotros\tPRON\t_\tCase=Acc\t1\tobj\t_\tSpaceAfter=No\n"
    "2.1\tnada\tnada\tX\t_\t_\t_\t_\t_\t_\n"
    "3\tal\u2028mar\tmar\tNOUN\t_\t_\t1\tobl\t_\t_\n"
    "\n"
)


def rewritten(column: str, *tags: str) -> list[str]:
    """The words' cells of the column's whole line after writing tags."""
    written = Conllu(column)
    cells = written.cells(TEXT)
    return [written.write(TEXT[c.start : c.stop], tag) for c, tag in zip(cells, tags, strict=True)]


def test_syntactic_words_alone_have_tags() -> None:
    cells = Conllu().cells(TEXT)
    assert [cell.word for cell in cells] == ["Vamos", "nos", "al\u2028mar"]
    assert [cell.tag for cell in cells] == ["VERB", "PRON", "NOUN"]
    assert [TEXT[cell.start : cell.stop] for cell in cells] == ["VERB", "PRON", "NOUN"]


def test_columns_and_keys_by_name() -> None:
    def tags(column: str) -> list[str]:
        return [cell.tag for cell in Conllu(column).cells(TEXT)]

    assert tags("XPOS") == ["V", "", ""]
    assert tags("deprel") == ["root", "obj", "obl"]
    assert tags("feats") == ["Mood=Imp|Number=Plur", "Case=Acc", "_"]
    assert tags("feats.Number") == ["Plur", "_", "_"]
    assert tags("misc.SpaceAfter") == ["_", "No", "_"]


def test_a_column_is_written_whole() -> None:
    assert rewritten("upos", "NOUN", "", "X") == ["NOUN", "_", "X"]


def test_a_key_is_written_in_its_place() -> None:
    assert rewritten("feats.Number", "Sing", "Sing", "Sing") == [
        "Mood=Imp|Number=Sing",
        "Case=Acc|Number=Sing",
        "Number=Sing",
    ]
    assert rewritten("feats.Mood", "_", "_", "_") == ["Number=Plur", "Case=Acc", "_"]
    assert rewritten("feats.Gender", "Fem", "Fem", "_") == [
        "Gender=Fem|Mood=Imp|Number=Plur",
        "Case=Acc|Gender=Fem",
        "_",
    ]


@pytest.mark.parametrize(
    ("text", "row", "problem"),
    [
        ("# x\n1\tcats\tNOUN\n", 1, "must have 10 tab-separated columns, got 3."),
        (TEXT.replace("3\tal", "1\tal"), 6, "must have the ID 3 in column 1, got '1'."),
        ("1\t" + "\t_" * 8, 0, "must have a word in column 2"),
    ],
)
def test_faults(text: str, row: int, problem: str) -> None:
    with pytest.raises(FormatError) as caught:
        Conllu().cells(text)
    assert caught.value.row == row
    assert caught.value.problem.startswith(problem)


@pytest.mark.parametrize("column", ["pos", "form", "id", "upos.Number"])
def test_unknown_columns(column: str) -> None:
    with pytest.raises(ChoiceError, match="`column` must be one of"):
        Conllu(column)
