"""Codecs: text ↔ ids, by words, characters or subwords."""

from typing import Any

from elman.checks import suggest
from elman.choices import EOS, UNKNOWN
from elman.data.codecs.characters import CharacterCodec
from elman.data.codecs.protocol import Codec
from elman.data.codecs.subwords import SubwordCodec
from elman.data.codecs.vocabulary import EOS_ID, UNKNOWN_ID
from elman.data.codecs.words import WordCodec
from elman.errors import CheckpointError

__all__ = [
    "CODECS",
    "EOS",
    "EOS_ID",
    "UNKNOWN",
    "UNKNOWN_ID",
    "CharacterCodec",
    "Codec",
    "SubwordCodec",
    "WordCodec",
    "from_json",
]

CODECS: dict[str, type[WordCodec] | type[CharacterCodec] | type[SubwordCodec]] = {
    codec.unit: codec for codec in (WordCodec, CharacterCodec, SubwordCodec)
}
"""Unit → codec."""


def from_json(data: Any) -> Codec:
    """The codec that a codec's `to_json` described.

    Raises:
        CheckpointError: `data` describes no codec.
        ConfigError: it takes a library that is not installed.

    >>> codec = WordCodec.fit(["I love cats"])
    >>> from_json(codec.to_json()).tokens == codec.tokens
    True
    >>> from_json({"unit": "wrod"})
    Traceback (most recent call last):
    elman.errors.CheckpointError: codec: `unit` must be one of 'word', 'character', 'subword',
    got 'wrod'. Did you mean 'word'?
    """
    unit = data.get("unit") if isinstance(data, dict) else data
    if not isinstance(data, dict) or not isinstance(unit, str) or unit not in CODECS:
        known = ", ".join(f"'{name}'" for name in CODECS)
        raise CheckpointError(
            f"codec: `unit` must be one of {known}, got {unit!r:.60}.{suggest(str(unit), CODECS)}"
        )
    return CODECS[unit].from_json(data)
