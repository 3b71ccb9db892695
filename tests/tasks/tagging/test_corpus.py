"""Which texts a tagger takes, and what it says of others."""

import re
from pathlib import Path

import pytest

from elman.errors import ChoiceError, DataError
from elman.tasks.tagging.config import TaggingConfig
from elman.tasks.tagging.corpus import open_corpus, read_all

COLUMNS = "I\tPRON\nsleep\tVERB\n\n"


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content)
    return path


def test_a_text_without_the_column_is_named_with_its_format(tmp_path: Path) -> None:
    path = written(tmp_path, "cats.tsv", COLUMNS)
    with pytest.raises(DataError, match=r"`.*cats.tsv` must have .*'xpos', .*format 'columns'"):
        read_all([path], TaggingConfig(column="xpos"))
    with pytest.raises(ChoiceError, match="`column` must be 2, got 'xpos'"):
        open_corpus(path, None, TaggingConfig(column="xpos"))


def test_word_and_tag_has_one_place_for_tags_whatever_the_column(tmp_path: Path) -> None:
    path = written(tmp_path, "cats.txt", "I/PRON sleep/VERB\n")
    (sentence,) = read_all([path], TaggingConfig(column="xpos"))
    assert sentence.tags == ("PRON", "VERB")


def test_columns_that_spaces_part_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "cats.tsv", COLUMNS * 2)
    assert "count" not in open_corpus(path, None, TaggingConfig()).written
    path = written(tmp_path, "cats.txt", COLUMNS.replace("\t", " ") * 2)
    assert open_corpus(path, None, TaggingConfig()).written["count"] == 2


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("cats.csv", "text,label\nI love cats,joy\nOh no,woe\n", "texts"),
        ("cats.jsonl", '{"text": "I love cats", "label": "joy"}\n', "texts"),
        ("cats.csv", "series,step,x,label\na,0,1,joy\na,1,2,joy\n", "series"),
    ],
)
def test_data_of_a_classifier_are_known(tmp_path: Path, name: str, content: str, kind: str) -> None:
    path = written(tmp_path, name, content)
    said = rf"must have a tag .* It looks like labelled {kind}: elman train classification"
    with pytest.raises(DataError, match=said):
        open_corpus(path, None, TaggingConfig())


def test_a_hint_begins_a_sentence_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "cats.csv"
    path.write_bytes(b"text,label\nI love caf\xe9s,joy\n")
    with pytest.raises(DataError, match=r"utf-8 OLD > NEW\. It looks like labelled texts: "):
        open_corpus(path, None, TaggingConfig())


def test_other_faults_have_no_such_hint(tmp_path: Path) -> None:
    path = written(tmp_path, "cats.tsv", COLUMNS + "cats\n")
    with pytest.raises(DataError, match=r"got 1\.$"):
        open_corpus(path, None, TaggingConfig())


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("cats.txt", "I/PRON sleep/VERB\n", r"1 of 2 words\. Give more sentences\."),
        ("cats.tsv", COLUMNS, r"1 of 2 words\. Give more sentences, a blank line between them\."),
    ],
)
def test_one_sentence_is_too_few_to_hold_any_out(
    tmp_path: Path, name: str, content: str, what: str
) -> None:
    path = written(tmp_path, name, content)
    needed = rf"`{re.escape(str(path))}` must hold at least 2 sentences for one to be held out"
    with pytest.raises(DataError, match=f"{needed} to judge by, got {what}"):
        open_corpus(path, None, TaggingConfig())
