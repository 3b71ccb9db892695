import pytest

from elman.lab.tints import TINTS, Tint, tints

BROWN = ["NN", "IN", "VB", "JJ", "AT", ".", "PPSS+HV", "BEZ*", "NP$-TL", "FW-NN", "*", "UH", "``"]


@pytest.mark.parametrize(
    ("tag", "group"),
    [
        ("PPSS+HV", "pronoun"),
        ("BEZ*", "verb"),
        ("NP$-TL", "noun"),
        ("FW-NN", "noun"),
        ("*", "adverb"),
        ("UH", "other"),
        ("``", "punctuation"),
    ],
)
def test_tags_of_the_brown_corpus_go_by_classes_of_words(tag: str, group: str) -> None:
    assert tints(BROWN)[tag].group == group
    small = tints([each.lower() for each in BROWN])
    assert small[tag.lower()].group == group


def test_marks_wear_plain_paper_and_classes_differ() -> None:
    found = tints(["NOUN", "VERB", "PUNCT", "ADV"])
    assert found["PUNCT"] == Tint("punctuation", None)
    assert len({found[tag].number for tag in ("NOUN", "VERB", "ADV")}) == 3


def test_entities_go_by_their_kind() -> None:
    found = tints(["O", "B-PER", "I-PER", "B-LOC"])
    assert found["B-PER"] == found["I-PER"] == Tint("PER", 0)
    assert found["B-LOC"] == Tint("LOC", 1)
    assert found["O"].number is None


def test_of_an_unknown_set_the_frequent_tags_differ() -> None:
    tags = [f"case{number}" for number in range(2 * TINTS)]
    found = tints(tags)
    assert len({found[tag].number for tag in tags[:TINTS]}) == TINTS
    assert all(found[tag].group == "" for tag in tags)
