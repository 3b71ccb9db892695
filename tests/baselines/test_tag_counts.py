from elman.baselines.tag_counts import count_tags
from elman.data.tagged import Sentence


def test_by_hand() -> None:
    text = [Sentence(("My", "love"), ("D", "N")), Sentence(("love",), ("N",)), Sentence((), ())]
    counted = count_tags(text)
    assert (counted.tags, counted.words, counted.states) == (["D", "N"], ["My", "love"], 5)
    assert counted.pairs.tolist() == [[0, 0], [1, 1]]
    assert counted.pair_counts.tolist() == [1, 2]
    # state 0 is the boundary, 2 is D with a capital, 3 is N without
    assert counted.trigrams.tolist() == [[0, 0, 2], [0, 0, 3], [0, 2, 3], [0, 3, 0], [2, 3, 0]]
    assert counted.trigram_counts.tolist() == [1, 1, 1, 1, 1]
