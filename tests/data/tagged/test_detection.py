import pytest

from elman.data.tagged.columns import Columns
from elman.data.tagged.conllu import Conllu
from elman.data.tagged.detection import detect
from elman.data.tagged.formats import Format
from elman.data.tagged.slashes import Slashes
from elman.errors import ChoiceError

CONLLU = "1\tI\tI\tPRON\t_\t_\t0\troot\t_\t_"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"# sent_id = 1\n{CONLLU}", Conllu("upos")),
        ("1-2" + CONLLU[1:], Conllu("upos")),
        ("I\tPRON\nlove\tVERB", Columns(2)),
        ("I\tPRON", Columns(2)),
        ("#\tSYM", Columns(2)),
        ("I PRON\nlove VERB\n", Columns(2, tabbed=False)),
        ("I PRON\n\nlove VERB", Columns(2, tabbed=False)),
        ("-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\nin IN O O", Columns(4, "", False, True)),
        ("EU\tO\nsaid\tO", Columns(2)),
        ("EU\tB-ORG\nUN\tB-ORG\nsaid\tX", Columns(2, entities=True)),  # X is told of later
        ("I/PRON love/VERB", Slashes()),
        ("I/PRON love/VERB\nI/PRON go/VERB", Slashes()),
        ("\tI/PRON love/VERB", Slashes()),
        ("I/PRON\tlove/VERB", Slashes()),
        ("EU X O\nAnna Y B-PER\n\nin Z\n", Columns(3, "", False, True)),
        ("I love cats.\nYou do.", Slashes()),
        ("I love cats.\n\nYou love cats.\n\nYou do.", Slashes()),
        ("I love cats.\nYou do.\n\nSo do we all.", Slashes()),
        ("I love cats.", Slashes()),
        ("I", Slashes()),
        ("I\nlove\n\ncats\n", Columns(1)),
        ("", Slashes()),
    ],
)
def test_by_a_look(text: str, expected: Format) -> None:
    assert detect(text.split("\n")) == expected


def test_a_name_goes_before_the_look() -> None:
    assert detect(["I"], "columns") == Columns(1)
    assert detect([CONLLU], "columns", "4") == Columns(10, "4")
    assert detect([CONLLU], "auto", "xpos") == Conllu("xpos")
    assert detect(["I PRON"], "columns") == Columns(2, tabbed=False)


def test_a_named_column_tells_of_entities() -> None:
    lines = ["EU NNP B-ORG", "said VBD O"]
    assert detect(lines, column="2") == Columns(3, "2", tabbed=False)
    assert detect(lines, column="3") == Columns(3, "3", tabbed=False, entities=True)


def test_unknown_names() -> None:
    with pytest.raises(ChoiceError, match=r"`format` must be one of .*Did you mean 'conllu'"):
        detect(["I"], "conll")
    with pytest.raises(ChoiceError, match="`column` must be 2, got 'upos'"):
        detect(["I\tPRON"], column="upos")
    with pytest.raises(ChoiceError, match="`column` must be a number from 2 to 3, got '4'"):
        detect(["I\tX\tPRON"], column="4")


@pytest.mark.parametrize("name", ["auto", "slashes"])
def test_a_column_of_word_and_tag_is_refused(name: str) -> None:
    with pytest.raises(ChoiceError, match=r"`column` must be left out where .*, got '2'\."):
        detect(["I/PRON love/VERB"], name, "2")
