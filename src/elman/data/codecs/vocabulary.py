"""The list of all tokens that a codec knows: id → text, and back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from elman.choices import EOS, UNKNOWN
from elman.errors import CheckpointError, DataError

__all__ = [
    "EOS_ID",
    "UNKNOWN_ID",
    "Vocabulary",
    "choose_tokens",
    "plain_ids",
    "read_tokens",
]

UNKNOWN_ID, EOS_ID = 0, 1
LARGEST = 1 << 24


class Vocabulary(dict[str, int]):
    """Token → id, where whatever is not listed is `<unk>`.

    >>> vocabulary = Vocabulary(["<unk>", "<eos>", "cats"])
    >>> vocabulary["cats"], vocabulary["dogs"]
    (2, 0)
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        super().__init__(zip(tokens, range(len(tokens)), strict=True))

    def __missing__(self, token: str) -> int:
        return UNKNOWN_ID


class TooRareError(DataError):
    """No token of a text is frequent enough for a vocabulary.

    Args:
        where: who asks.
        what: the text, as people call it.
        unit: what a token is.
        min_count: how often one would have to be seen.
        kinds: how many different ones there are.
        most: how often the most frequent of them is seen.
    """

    def __init__(
        self, where: str, what: str, unit: str, min_count: int, kinds: int, most: int
    ) -> None:
        super().__init__(
            f"{where}: {what} must hold a {unit} seen at least {min_count} times (`min_count`), "
            f"got none among {kinds:,} (the most frequent: {most}). Lower it, or give more text."
        )
        self._counts = min_count, kinds, most

    def of(self, what: str, unit: str) -> "TooRareError":
        """The same of a text and its tokens as people call them, which codecs do not know."""
        return TooRareError("data", what, unit, *self._counts)


def choose_tokens(where: str, counts: Counter[str], min_count: int, size: int) -> list[str]:
    """Choose a text's vocabulary: `<unk>`, `<eos>`, then the frequent, most frequent first.

    Args:
        where: who asks, for the message.
        counts: how often each token occurs.
        min_count: tokens seen less often are left out.
        size: most entries, the first two included; 0 sets no limit.

    Raises:
        TooRareError: nothing is frequent enough.
    """
    for special in (UNKNOWN, EOS):
        counts.pop(special, None)
    frequent = [(-count, token) for token, count in counts.items() if count >= min_count]
    if not frequent:
        most = max(counts.values(), default=0)
        raise TooRareError(where, "the text", "token", min_count, len(counts), most)
    frequent.sort()
    tokens = [UNKNOWN, EOS, *(token for _, token in frequent)]
    return tokens[: max(size, 3)] if size else tokens


def read_tokens(where: str, tokens: Any, *, distinct: bool = True) -> list[str]:
    """Return `tokens` as a list of texts, the first two `<unk>` and `<eos>`.

    Raises:
        CheckpointError: it is anything else.
    """
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise CheckpointError(f"{where}: `tokens` must be a list of texts.")
    if not 2 < len(tokens) <= LARGEST:
        raise CheckpointError(
            f"{where}: `tokens` must have 3 to {LARGEST:,} entries, got {len(tokens)}."
        )
    if tokens[:2] != [UNKNOWN, EOS]:
        raise CheckpointError(
            f"{where}: `tokens` must begin with {UNKNOWN}, {EOS}, got {tokens[:2]}."
        )
    if distinct and len(set(tokens)) < len(tokens):
        twice = Counter(tokens).most_common(1)[0][0]
        raise CheckpointError(f"{where}: `tokens` must be distinct, got {twice[:40]!r} twice.")
    try:
        "".join(tokens).encode()
    except UnicodeEncodeError as error:
        raise CheckpointError(
            f"{where}: `tokens` must be Unicode text, got {error.reason}."
        ) from error
    return tokens


def plain_ids(ids: Iterable[int], size: int) -> list[int]:
    """Return `ids` as a list of plain integers.

    Raises:
        DataError: one is not in the vocabulary.
    """
    plain = [int(number) for number in ids]
    if plain and (min(plain) < 0 or max(plain) >= size):
        wrong = next(number for number in plain if not 0 <= number < size)
        raise DataError(
            f"Codec.decode: `ids` must be at least 0 and below {size:,}, got {wrong:,}."
        )
    return plain
