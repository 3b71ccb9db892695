from elman.data.tagged import Sentence
from elman.tasks.tagging.codec import TaggingCodec
from elman.tasks.tagging.examples import Examples

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
