import pytest

from elman.data.tagged import Sentence
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.counting import count

TRUE = ("B-PER", "I-PER", "O", "B-LOC", "O")
WORDS = ("Ann", "Lee", "saw", "Rome", "again")
CODEC = TaggingCodec.fit([Sentence(WORDS[:4], TRUE[:4])], written={"entities": True})


@pytest.mark.parametrize(
    ("found", "exact", "marked", "right"),
    [
        (TRUE, 2, 2, 5),
        (("B-PER", "O", "O", "B-LOC", "O"), 1, 2, 4),  # too short: not exact
        (("B-PER", "I-PER", "O", "B-PER", "O"), 1, 2, 4),  # another kind
        (
            ("I-PER", "I-PER", "O", "I-LOC", "O"),
            2,
            2,
            3,
        ),  # an I that begins one, as conlleval has it
        (("B-PER", "B-PER", "O", "B-LOC", "B-LOC"), 1, 4, 3),
        (("O",) * 5, 0, 0, 2),
    ],
)
def test_entities_count_when_exact(
    found: tuple[str, ...], exact: int, marked: int, right: int
) -> None:
    counts = count([Sentence(WORDS, TRUE)], [found], CODEC)
    assert (counts.exact, counts.marked, counts.entities, counts.right) == (exact, marked, 2, right)
    precision, recall = exact / max(1, marked), exact / 2
    f1 = 2 * precision * recall / (precision + recall) if exact else 0
    assert counts.f1 == pytest.approx(100 * f1)
    assert counts.wrong(True) == pytest.approx(100 - 100 * f1)


def test_unknown_words_and_foreign_tags_are_counted() -> None:
    sentence = Sentence(("Ann", "zorbs", "ann"), ("B-PER", "X", "B-PER"))
    counts = count([sentence], [("B-PER", "O", "B-PER")], CODEC)
    assert (counts.unknown, counts.unknown_right, counts.foreign) == (2, 1, 1)
    assert counts.unknown_accuracy == 50
    assert count([Sentence(WORDS[:1], TRUE[:1])], [("O",)], CODEC).unknown_accuracy is None
