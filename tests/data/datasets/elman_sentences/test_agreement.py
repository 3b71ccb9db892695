import pytest

from elman.data.datasets.elman_sentences import generate
from elman.data.datasets.elman_sentences.agreement import agreeing, disagreeing, links


@pytest.mark.parametrize(
    ("sentence", "pairs"),
    [
        ("I love cats .", [("I", "love")]),
        ("cats sleep .", [("cats", "sleep")]),
        ("I will love the dog .", []),
        ("I will love the dog that sleeps .", [("dog", "sleeps")]),
        ("the dog I love sleeps .", [("I", "love"), ("dog", "sleeps")]),
        ("cats that love dogs sleep .", [("cats", "love"), ("cats", "sleep")]),
        ("I give cats that sleep to you .", [("I", "give"), ("cats", "sleep")]),
        ("I love cats and dogs .", [("I", "love")]),
        ("I take boys girls love from Mary .", [("I", "take"), ("girls", "love")]),
        (
            "cats that the dog I love chases sleep .",
            [("I", "love"), ("dog", "chases"), ("cats", "sleep")],
        ),
        (
            "the cat that the dogs this boy that you love feeds chase takes birds .",
            [("you", "love"), ("boy", "feeds"), ("dogs", "chase"), ("cat", "takes")],
        ),
    ],
)
def test_links_by_hand(sentence, pairs) -> None:
    words = sentence.split()
    assert [(words[link.subject], words[link.verb]) for link in links(words)] == pairs


def test_agreement_is_always_right_at_every_distance() -> None:
    distances = set()
    for sentence in generate(5000, seed=9):
        words = sentence.split()
        for link in links(words):
            assert words[link.verb] in agreeing(link.number), sentence
            distances.add(link.distance)
    assert set(range(1, 11)) <= distances


def test_forms_that_agree_and_forms_that_do_not() -> None:
    assert {"love", "am"} <= agreeing("me") & disagreeing("one")
    assert {"loves", "is"} <= agreeing("one") & disagreeing("many")
    assert "am" in disagreeing("many")
    assert not agreeing("one") & disagreeing("one")
