"""What every codec offers."""

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Codec"]


class Codec(Protocol):
    """Text ↔ ids. Id 0 is `<unk>`, whatever is not listed; id 1 is `<eos>`, a line's end."""

    @property
    def unit(self) -> str:
        """What text is cut into: 'word', 'character' or 'subword'."""
        ...

    @property
    def tokens(self) -> list[str]:
        """Id → text."""
        ...

    @property
    def size(self) -> int:
        """V, the number of tokens."""
        ...

    @property
    def unknown_id(self) -> int:
        """The id of `<unk>`."""
        ...

    @property
    def eos_id(self) -> int:
        """The id of `<eos>`."""
        ...

    def split(self, line: str) -> list[str]:
        """The pieces of a line as they are written, one for each id that `encode` gives."""
        ...

    def encode(self, line: str) -> list[int]:
        """The ids of a line, without `<eos>`."""
        ...

    def encode_block(self, block: str) -> NDArray[np.uint32]:
        r"""The ids of many lines, each ``\n`` as `<eos>`."""
        ...

    def decode(self, ids: Iterable[int]) -> str:
        r"""The text of ids, each `<eos>` as ``\n``."""
        ...

    def to_json(self) -> dict[str, Any]:
        """All that `from_json` needs, as plain values."""
        ...
