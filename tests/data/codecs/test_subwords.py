import importlib
import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.codecs import EOS_ID, UNKNOWN_ID, SubwordCodec, from_json
from elman.errors import CheckpointError, ConfigError, DataError

TEXT = "I love cats and the cats love you .\n" * 20


@pytest.fixture(scope="module")
def codec() -> SubwordCodec:
    return SubwordCodec.fit([TEXT], size=280)


def test_specials_first(codec: SubwordCodec) -> None:
    assert codec.tokens[:2] == ["<unk>", "<eos>"]
    assert (codec.unknown_id, codec.eos_id, codec.unit) == (0, 1, "subword")
    assert 258 < codec.size <= 280
    assert " cats" in codec.tokens


def test_a_piece_for_each_id(codec: SubwordCodec) -> None:
    line = "the cats love dogs"
    assert "".join(codec.split(line)) == line
    assert len(codec.split(line)) == len(codec.encode(line))
    assert codec.split("I love cats")[1:] == [" love", " cats"]


@given(st.text().filter(lambda text: "<unk>" not in text and "<eos>" not in text))
def test_any_text_survives(codec: SubwordCodec, text: str) -> None:
    text = text.replace("\r", "")
    assert codec.decode(codec.encode_block(text)) == text


def test_a_block_is_its_lines_each_closed(codec: SubwordCodec) -> None:
    ids = codec.encode_block("I love\n dogs\n").tolist()
    assert ids == [*codec.encode("I love"), EOS_ID, *codec.encode(" dogs"), EOS_ID]


def test_unk_in_the_text_is_that_token(codec: SubwordCodec) -> None:
    assert UNKNOWN_ID in codec.encode("I love <unk>")
    assert UNKNOWN_ID not in codec.encode("日本 \udc80")


def test_fit_on_lines_and_on_blocks_is_the_same(codec: SubwordCodec) -> None:
    assert SubwordCodec.fit(TEXT.splitlines(), size=280).tokens == codec.tokens


def test_json_there_and_back(codec: SubwordCodec) -> None:
    again = from_json(json.loads(json.dumps(codec.to_json())))
    assert isinstance(again, SubwordCodec)
    assert again.tokens == codec.tokens
    assert again.encode(TEXT) == codec.encode(TEXT)


@pytest.mark.parametrize(
    "merges",
    [None, {}, "ab", [["a"]], [["a", "b", "c"]], [["qq", "z"]], [["z", "q"]], [[1, 2]], [7]],
)
def test_hostile_merges(codec: SubwordCodec, merges: Any) -> None:
    with pytest.raises(CheckpointError, match=r"SubwordCodec: `merges` must"):
        from_json({**codec.to_json(), "merges": merges})


def test_missing_bytes(codec: SubwordCodec) -> None:
    data = codec.to_json()
    with pytest.raises(CheckpointError, match=r"must hold all 256 bytes, got 255"):
        from_json({**data, "tokens": [token for token in data["tokens"] if token != "!"]})


def test_nothing_to_join() -> None:
    with pytest.raises(DataError, match=r"a pair of .* 2 times \(`min_count`\), got none"):
        SubwordCodec.fit(["cat"], size=300)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    importlib.invalidate_caches()
    with pytest.raises(ConfigError, match=r"pip install '\.\[text\]'"):
        SubwordCodec.fit([TEXT])
