import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.codecs import EOS_ID, UNKNOWN_ID, CharacterCodec, from_json
from elman.errors import CheckpointError, DataError


def test_specials_first_then_by_frequency() -> None:
    codec = CharacterCodec.fit(["ba𝄞\n", "𝄞\n", "𝄞a"])
    assert codec.tokens == ["<unk>", "<eos>", "𝄞", "a", "b"]
    assert (codec.size, codec.unknown_id, codec.eos_id, codec.unit) == (5, 0, 1, "character")


def test_rare_characters_are_left_out() -> None:
    codec = CharacterCodec.fit(["aab"], min_count=2)
    assert codec.encode("ab") == [2, UNKNOWN_ID]


def test_size_counts_the_specials() -> None:
    assert CharacterCodec.fit(["aaabbc"], size=4).tokens == ["<unk>", "<eos>", "a", "b"]


def test_no_characters() -> None:
    with pytest.raises(DataError, match=r"CharacterCodec.fit: the text must hold a token"):
        CharacterCodec.fit(["\n"])


@given(st.text(min_size=1).filter(lambda text: text.strip("\n") and "\r" not in text))
def test_any_text_survives(text: str) -> None:
    codec = CharacterCodec.fit([text])
    ids = codec.encode_block(text)
    assert len(ids) == len(text)
    assert codec.decode(ids) == text
    assert codec.encode(text) == [codec.tokens.index(c) if c != "\n" else EOS_ID for c in text]


def test_a_piece_for_each_id() -> None:
    codec = CharacterCodec.fit(["ab"])
    assert codec.split("a<unk>") == ["a", "<", "u", "n", "k", ">"]
    assert codec.encode("a<unk>") == [2] + [UNKNOWN_ID] * 5


def test_half_a_surrogate_pair_is_unknown() -> None:
    assert CharacterCodec.fit(["a"]).encode("a\udc80") == [2, UNKNOWN_ID]


def test_json_there_and_back() -> None:
    codec = CharacterCodec.fit(["I love cats"])
    again = from_json(json.loads(json.dumps(codec.to_json())))
    assert isinstance(again, CharacterCodec)
    assert again.encode("cats") == codec.encode("cats")


@pytest.mark.parametrize("token", ["ab", ""])
def test_json_with_a_token_that_is_no_character(token: str) -> None:
    data = {"unit": "character", "tokens": ["<unk>", "<eos>", token]}
    with pytest.raises(CheckpointError, match=r"`tokens` must be single characters"):
        from_json(data)
