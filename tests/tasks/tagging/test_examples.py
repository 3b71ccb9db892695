import numpy as np
import torch

from elman.data.tagged import Sentence
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.examples import Examples, by_length, shuffled

WORDS = [["a", "cab", "a"], ["b"], ["cab", "b"]]
TAGS = [["X", "Y", "X"], ["Z"], ["Y", "?"]]
CODEC = TaggingCodec.fit(
    [Sentence(tuple(w), tuple(t)) for w, t in zip(WORDS[:2], TAGS, strict=False)]
)


def test_each_different_word_is_spelled_once() -> None:
    examples = Examples(CODEC, WORDS, TAGS)
    batch = examples.words([0, 2])
    assert len(batch.words) == len(batch.spelled.values) == 3
    for row, words in zip(batch.places.to_list(), (WORDS[0], WORDS[2]), strict=True):
        assert batch.words[row].tolist() == [CODEC.word_id(word) for word in words]
        spelled = batch.spelled.to_list()
        assert [spelled[n].tolist() for n in row] == [CODEC.character_ids(w) for w in words]
    assert examples.total == 6


def test_unknown_tags_are_marked() -> None:
    assert Examples(CODEC, WORDS, TAGS).tags([1, 2]).tolist() == [
        [CODEC.tag_ids(["Z"])[0], 0],
        [CODEC.tag_ids(["Y"])[0], -1],
    ]


def test_batches_hold_every_sentence_once_in_an_order_of_the_epoch() -> None:
    lengths = np.random.default_rng(0).integers(1, 40, 1000)
    first, again, other = (shuffled(lengths, 8, 3, epoch) for epoch in (0, 0, 1))
    assert sorted(np.concatenate(first)) == list(range(1000)) and len(first) == 125
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert any((a != b).any() for a, b in zip(first, other, strict=True))
    padding = sum(int((lengths[rows].max() - lengths[rows]).sum()) for rows in first)
    assert padding < 0.1 * lengths.sum()  # in the order of the text it would be about as much


def test_what_is_read_once_stands_by_length() -> None:
    batches = list(by_length(np.array([3, 1, 2, 1]), 3))
    assert [rows.tolist() for rows in batches] == [[1, 3, 2], [0]]
    assert torch.equal(Examples(CODEC, WORDS).words([1]).places.lengths, torch.tensor([1]))
