"""Characters ↔ ids."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.data.codecs.vocabulary import (
    EOS_ID,
    UNKNOWN_ID,
    choose_tokens,
    plain_ids,
    read_tokens,
)
from elman.errors import CheckpointError

__all__ = ["CharacterCodec"]

CODE_POINTS = 0x110000


class CharacterCodec:
    r"""Characters ↔ ids: id 0 is `<unk>`, id 1 `<eos>` (a line's end), then by falling frequency.

    A character is a Unicode code point; `<unk>` written in a text is five of them.

    Args:
        tokens: id → character; the first two are `<unk>` and `<eos>`.

    >>> codec = CharacterCodec.fit(["I love cats"])
    >>> codec.tokens[:4]
    ['<unk>', '<eos>', ' ', 'I']
    >>> codec.decode(codec.encode("I love dogs"))
    'I love <unk>o<unk>s'
    """

    unit = "character"
    unknown_id = UNKNOWN_ID
    eos_id = EOS_ID

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    @classmethod
    def fit(cls, lines: Iterable[str], *, min_count: int = 1, size: int = 0) -> "CharacterCodec":
        """Choose the vocabulary of a text, reading it once.

        Args:
            lines: the text, in lines or in blocks of lines.
            min_count: characters seen less often become `<unk>`.
            size: most entries of the vocabulary; 0 sets no limit.

        Raises:
            DataError: no character is frequent enough.
        """
        counts: Counter[str] = Counter()
        for line in lines:
            seen = np.bincount(_code_points(line))
            counts.update({chr(point): int(seen[point]) for point in np.flatnonzero(seen)})
        counts.pop("\n", None)
        return cls(choose_tokens("CharacterCodec.fit", counts, min_count, size))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "CharacterCodec":
        """The codec that `to_json` described.

        Raises:
            CheckpointError: `data` describes no codec.
        """
        tokens = read_tokens("CharacterCodec", data.get("tokens"))
        for token in tokens[2:]:
            if len(token) != 1:
                raise CheckpointError(
                    f"CharacterCodec: `tokens` must be single characters, got {token[:40]!r}."
                )
        return cls(tokens)

    @property
    def size(self) -> int:
        """V, the number of tokens."""
        return len(self.tokens)

    @cached_property
    def _ids(self) -> NDArray[np.uint32]:
        """Code point → id, as a table (0x110000,)."""
        table = np.full(CODE_POINTS, UNKNOWN_ID, np.uint32)
        table[[ord(character) for character in self.tokens[2:]]] = np.arange(2, self.size)
        table[ord("\n")] = EOS_ID
        return table

    def split(self, line: str) -> list[str]:
        """The characters of a line."""
        return list(line)

    def encode(self, line: str) -> list[int]:
        """The ids of a line, without `<eos>`."""
        ids: list[int] = self.encode_block(line).tolist()
        return ids

    def encode_block(self, block: str) -> NDArray[np.uint32]:
        r"""The ids of many lines, each ``\n`` as `<eos>`."""
        return self._ids[_code_points(block)]

    def decode(self, ids: Iterable[int]) -> str:
        r"""The text of ids, each `<eos>` as ``\n``."""
        plain = plain_ids(ids, self.size)
        return "".join("\n" if number == EOS_ID else self.tokens[number] for number in plain)

    def to_json(self) -> dict[str, Any]:
        """All that `from_json` needs, as plain values."""
        return {"unit": self.unit, "tokens": self.tokens}


def _code_points(text: str) -> NDArray[np.uint32]:
    """The code points of `text`, halves of surrogate pairs included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
