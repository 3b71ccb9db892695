import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.tagged.entities import Entity, are_entities, entities, iob2


@pytest.mark.parametrize(
    ("tags", "normalised"),
    [
        ("I-A I-A O I-A", "B-A I-A O B-A"),  # IOB1
        ("I-A B-A I-B", "B-A B-A B-B"),
        ("B-A I-A B-A O", "B-A I-A B-A O"),  # IOB2
        ("S-A B-B I-B E-B O", "B-A B-B I-B I-B O"),  # BIOES
        ("U-A B-B L-B I-B", "B-A B-B I-B B-B"),  # BILOU
        ("E-A E-A", "B-A B-A"),
        ("B-A-B I-A-B", "B-A-B I-A-B"),
    ],
)
def test_schemes(tags: str, normalised: str) -> None:
    assert " ".join(iob2(tags.split())) == normalised


@pytest.mark.parametrize("tag", ["PER", "X-PER", "B-", "B", "", "o"])
def test_other_tags(tag: str) -> None:
    with pytest.raises(ValueError, match="1"):
        iob2(["O", tag])
    assert not are_entities(["O", tag])
    assert are_entities(["B-PER", "I-PER", tag])


@given(st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"])))
def test_spans_say_all_that_tags_say(tags: list[str]) -> None:
    rebuilt = ["O"] * len(tags)
    for start, stop, kind in entities(tags):
        rebuilt[start:stop] = [f"B-{kind}"] + [f"I-{kind}"] * (stop - start - 1)
    assert tuple(rebuilt) == iob2(tags)


def test_entities_to_the_end() -> None:
    assert entities(["O", "B-A", "I-A"]) == [Entity(1, 3, "A")]
