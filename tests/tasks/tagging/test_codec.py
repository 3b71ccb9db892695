import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from elman.data.tagged import Sentence
from elman.errors import CheckpointError, DataError
from elman.tasks.tagging.codec import TaggingCodec

SENTENCES = [
    Sentence(("The", "cat", "saw", "the", "İ"), ("DET", "NOUN", "VERB", "DET", "NOUN")),
    Sentence(("cat", "cats"), ("NOUN", "NOUN")),
]


def test_words_are_looked_up_as_the_options_say() -> None:
    lower, cased = (TaggingCodec.fit(SENTENCES, lowercase=low) for low in (True, False))
    assert lower.counts["the"] == 2 and cased.counts["The"] == 1
    assert lower.word_id("THE") == lower.word_id("the") > 0
    assert cased.word_id("THE") == 0
    assert not lower.is_known("THE") and lower.is_known("The")
    assert TaggingCodec.fit(SENTENCES, min_count=2).word_id("saw") == 0


def test_characters_of_one_word_alone_are_unknown() -> None:
    codec = TaggingCodec.fit(SENTENCES)
    assert "c" in codec.characters and "s" in codec.characters and "İ" not in codec.characters
    assert codec.character_ids("İc") == [0, codec.characters.index("c") + 1]


def test_numbers_do_not_depend_on_the_process() -> None:
    """Sets of characters would come in another order in each."""
    program = (
        "from elman.data.tagged import Sentence\n"
        "from elman.tasks.tagging.codec import TaggingCodec\n"
        "codec = TaggingCodec.fit([Sentence(('abcdef', 'fedcba'), ('X', 'Y'))])\n"
        "print(''.join(codec.characters))"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        found = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=True
        )
        assert found.stdout == b"abcdef\n"


def test_of_a_very_long_word_both_ends_are_read() -> None:
    codec = TaggingCodec.fit([Sentence(("abc", "cab", "bca"), ("X", "Y", "X"))])
    ids = codec.character_ids("a" * 1000 + "b" * 1000)
    assert len(ids) == 48
    assert ids == codec.character_ids("a" * 24 + "b" * 24)


def test_json_returns() -> None:
    codec = TaggingCodec.fit(SENTENCES, vector_words=("dogs",), written={"column": "upos"})
    again = TaggingCodec.from_json("codec.json", json.loads(json.dumps(codec.to_json())))
    assert again == codec
    assert again.vector_id("Dogs") == 1 and again.vector_id("cat") == 0
    before = {name: each for name, each in codec.to_json().items() if name != "vector_words"}
    assert TaggingCodec.from_json("codec.json", before) == replace(codec, vector_words=())


def test_one_tag_alone_is_refused() -> None:
    one = Sentence(("a", "b"), ("X", "X"), "a X\nb X\n\n", "cats.txt")
    two = Sentence(("a", "b"), ("X", "X"), "a X\nb X\n\n", "cats.txt", 4)
    said = (
        r"`cats.txt` must hold at least two different tags in lines 1 to 5, which are learned "
        r"from, got only 'X' in 4 words"
    )
    with pytest.raises(DataError, match=said):
        TaggingCodec.fit([one, two])
    more = replace(two, path="more.txt", line=1)
    with pytest.raises(DataError, match=r"in lines 1 to 2 of `more.txt`, which are"):
        TaggingCodec.fit([one, more])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tags": ["A"]}, "`tags` be two"),
        ({"tags": [1, 2]}, "`tags` must hold str"),
        ({"counts": [1]}, "`forms` must have a count each"),
        ({"vector_words": [1]}, "`vector_words` must hold str"),
        ({"forms": {}}, "`forms` must be a list"),
        ({"lowercase": "yes"}, "`lowercase` must be a bool"),
    ],
)
def test_a_damaged_file_is_refused(change: dict[str, object], said: str) -> None:
    found = {**TaggingCodec.fit(SENTENCES).to_json(), **change}
    with pytest.raises(CheckpointError, match=f"codec.json: .*{said}"):
        TaggingCodec.from_json("codec.json", found)
