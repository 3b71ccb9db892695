from collections import Counter
from typing import Any

import pytest

from elman.data.codecs import from_json
from elman.data.codecs.vocabulary import Vocabulary, choose_tokens
from elman.errors import CheckpointError

START = ["<unk>", "<eos>"]


def test_vocabulary_takes_what_is_not_listed_for_unknown() -> None:
    vocabulary = Vocabulary([*START, "cats"])
    assert [vocabulary[token] for token in ("cats", "<eos>", "dogs")] == [2, 1, 0]


def test_a_vocabulary_always_holds_one_token_of_the_text() -> None:
    assert choose_tokens("here", Counter("aab"), min_count=1, size=1) == [*START, "a"]


@pytest.mark.parametrize(
    ("tokens", "complaint"),
    [
        (None, "must be a list of texts"),
        ("abc", "must be a list of texts"),
        ([*START, 7], "must be a list of texts"),
        (START, "must have 3 to 16,777,216 entries, got 2"),
        (["a", "b", "c"], r"must begin with <unk>, <eos>, got \['a', 'b'\]"),
        ([*START, "a", "a"], "must be distinct, got 'a' twice"),
        ([*START, "\ud800"], "must be Unicode text, got surrogates not allowed"),
    ],
)
@pytest.mark.parametrize("unit", ["word", "character", "subword"])
def test_hostile_tokens(unit: str, tokens: Any, complaint: str) -> None:
    data = {"unit": unit, "tokens": tokens, "word_split": "whitespace", "merges": []}
    with pytest.raises(CheckpointError, match=complaint):
        from_json(data)
