from typing import Any

import pytest

from elman.data.codecs import CODECS, CharacterCodec, Codec, SubwordCodec, WordCodec, from_json
from elman.errors import CheckpointError


def test_every_codec_keeps_the_protocol() -> None:
    text = ["I love cats"] * 9
    codecs: list[Codec] = [
        WordCodec.fit(text),
        CharacterCodec.fit(text),
        SubwordCodec.fit(text, size=300),
    ]
    for codec in codecs:
        assert CODECS[codec.unit] is type(codec)
        assert codec.tokens[codec.unknown_id] == "<unk>"
        assert codec.tokens[codec.eos_id] == "<eos>"
        assert len(codec.tokens) == codec.size
        assert codec.decode([*codec.encode("I love cats"), codec.eos_id]) == "I love cats\n"


@pytest.mark.parametrize("data", [None, [], 7, {}, {"unit": 7}, {"unit": ["word"]}, {"unit": "w"}])
def test_hostile_json(data: Any) -> None:
    with pytest.raises(CheckpointError, match=r"codec: `unit` must be one of 'word', 'character'"):
        from_json(data)
