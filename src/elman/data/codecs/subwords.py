"""Subwords ↔ ids: byte-pair encoding by the `tokenizers` library (extra [text])."""

import importlib
import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.checks import check_range
from elman.choices import EOS, UNKNOWN
from elman.data.codecs.vocabulary import (
    EOS_ID,
    UNKNOWN_ID,
    Vocabulary,
    plain_ids,
    read_tokens,
)
from elman.errors import CheckpointError, ConfigError, DataError

__all__ = ["FEWEST_SUBWORDS", "SubwordCodec"]

FEWEST_SUBWORDS = 2 + 256
Merge = tuple[str, str]


class SubwordCodec:
    r"""Subwords ↔ ids: id 0 is `<unk>`, id 1 `<eos>` (a line's end), then bytes and merges of them.

    Byte-pair encoding over bytes: any text can be written, so `<unk>` stands only where the text
    itself says `<unk>`. The space before a word belongs to it: "I love" is "I", " love".

    Args:
        symbols: id → symbol in the byte alphabet; the first two are `<unk>` and `<eos>`.
        merges: the pairs of symbols to join, in order.

    Raises:
        ConfigError: the library is not installed.

    Source: Sennrich et al., ACL 2016; the byte alphabet of Radford et al., 2019.

    >>> codec = SubwordCodec.fit(["I love cats"] * 9, size=270)
    >>> codec.split("I love cats")
    ['I', ' love', ' cats']
    >>> codec.decode(codec.encode("I love dogs"))
    'I love dogs'
    >>> SubwordCodec.fit(["I love cats"], size=100)
    Traceback (most recent call last):
    elman.errors.ConfigError: SubwordCodec.fit: `size` must be at least 258, got 100.
    """

    unit = "subword"
    unknown_id = UNKNOWN_ID
    eos_id = EOS_ID

    def __init__(self, symbols: list[str], merges: list[Merge]) -> None:
        self._symbols = symbols
        self._merges = merges
        self._tokenizer = _tokenizer(dict(Vocabulary(symbols)), merges)

    @classmethod
    def fit(cls, lines: Iterable[str], *, min_count: int = 2, size: int = 4000) -> "SubwordCodec":
        """Learn the vocabulary of a text, reading it once.

        Args:
            lines: the text, in lines or in blocks of lines.
            min_count: pairs of symbols seen less often are not joined.
            size: most entries of the vocabulary, the 256 bytes included.

        Raises:
            ConfigError: `size` is too small, or the library is not installed.
            DataError: the text is empty.
        """
        check_range("SubwordCodec.fit", "size", size, at_least=FEWEST_SUBWORDS)
        library = _library()
        tokenizer = _tokenizer({}, [])
        trainer = library.trainers.BpeTrainer(
            vocab_size=size,
            min_frequency=min_count,
            special_tokens=[UNKNOWN, EOS],
            initial_alphabet=sorted(library.pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        )
        tokenizer.train_from_iterator((block.split("\n") for block in lines), trainer)
        learned = json.loads(tokenizer.to_str())["model"]
        if not learned["merges"]:
            raise DataError(
                f"SubwordCodec.fit: the text must hold a pair of characters in one word at least "
                f"{min_count} times (`min_count`), got none. Lower it, or give more text."
            )
        symbols = sorted(learned["vocab"], key=learned["vocab"].__getitem__)
        return cls(symbols, [_pair(merge) for merge in learned["merges"]])

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SubwordCodec":
        """The codec that `to_json` described.

        Raises:
            CheckpointError: `data` describes no codec.
            ConfigError: the library is not installed.
        """
        symbols, merges = read_tokens("SubwordCodec", data.get("tokens")), data.get("merges")
        if not isinstance(merges, list):
            raise CheckpointError("SubwordCodec: `merges` must be a list of pairs.")
        known = set(symbols)
        if missing := {*_library().pre_tokenizers.ByteLevel.alphabet()} - known:
            raise CheckpointError(
                f"SubwordCodec: `tokens` must hold all 256 bytes, got {256 - len(missing)}."
            )
        for merge in merges:
            parts = merge if isinstance(merge, list) else []
            if len(parts) != 2 or not {*map(str, parts), "".join(map(str, parts))} <= known:
                raise CheckpointError(
                    f"SubwordCodec: `merges` must join two tokens to a third, got {merge!r:.60}."
                )
        return cls(symbols, [_pair(merge) for merge in merges])

    @property
    def size(self) -> int:
        """V, the number of tokens."""
        return len(self._symbols)

    @cached_property
    def tokens(self) -> list[str]:
        """Id → text; part of a character, which only a longer sequence completes, is "�"."""
        return [self._tokenizer.decode([n], skip_special_tokens=False) for n in range(self.size)]

    def split(self, line: str) -> list[str]:
        """The subwords of a line."""
        return [self.tokens[number] for number in self.encode(line)]

    def encode(self, line: str) -> list[int]:
        """The ids of a line, without `<eos>`."""
        ids: list[int] = self._tokenizer.encode(_writable(line)).ids
        return ids

    def encode_block(self, block: str) -> NDArray[np.uint32]:
        r"""The ids of many lines, each ``\n`` as `<eos>`."""
        lines = self._tokenizer.encode_batch_fast(_writable(block).split("\n"))
        ids: list[int] = []
        for line in lines:
            ids += line.ids
            ids.append(EOS_ID)
        return np.array(ids[:-1], np.uint32)  # what follows the last newline is not closed

    def decode(self, ids: Iterable[int]) -> str:
        r"""The text of ids, each `<eos>` as ``\n``."""
        lines: list[list[int]] = [[]]
        for number in plain_ids(ids, self.size):
            if number == EOS_ID:
                lines.append([])
            else:
                lines[-1].append(number)
        return "\n".join(self._tokenizer.decode_batch(lines, skip_special_tokens=False))

    def to_json(self) -> dict[str, Any]:
        """All that `from_json` needs, as plain values."""
        return {"unit": self.unit, "tokens": self._symbols, "merges": list(map(list, self._merges))}


def _library() -> Any:
    """The `tokenizers` library, loaded when first used."""
    try:
        return importlib.import_module("tokenizers")
    except ImportError as error:
        raise ConfigError(
            "SubwordCodec: `unit` must be 'word' or 'character' without the `tokenizers` library, "
            "got 'subword'. Install it, in Elman's folder: pip install '.[text]'"
        ) from error


def _tokenizer(vocabulary: dict[str, int], merges: list[Merge]) -> Any:
    """The library's tokenizer for a vocabulary; it adds no space and loses no byte."""
    library = _library()
    tokenizer = library.Tokenizer(library.models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = library.decoders.ByteLevel()
    if vocabulary:
        tokenizer.add_special_tokens([UNKNOWN, EOS])
    return tokenizer


def _pair(merge: str | list[str]) -> Merge:
    """A merge as a pair; releases of the library write it as "a b" or as ["a", "b"]."""
    first, second = merge.split(" ") if isinstance(merge, str) else merge
    return first, second


def _writable(text: str) -> str:
    """Replace what is no Unicode text (halves of surrogate pairs, as a terminal may pass)."""
    return text.encode("utf-8", "replace").decode()
