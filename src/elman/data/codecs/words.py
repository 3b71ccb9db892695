"""Words ↔ ids."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elman.checks import check_choice
from elman.choices import EOS, WORD_SPLITS
from elman.data.codecs.vocabulary import (
    EOS_ID,
    UNKNOWN_ID,
    Vocabulary,
    choose_tokens,
    plain_ids,
    read_tokens,
)
from elman.errors import CheckpointError

__all__ = ["WordCodec"]

SAMPLE_CHARACTERS = 1 << 19

# Punctuation and symbols, by range: Unicode's own classes move with Python's version, and \w would
# tear combining marks off their letters. The underscore counts as a letter.
_MARK = (
    r"!-/:-@\[-\^`{-~\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7"  # Latin
    r"\u037e\u0387\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d"
    r"\u06d4\u0964\u0965\u0e2f\u0e5a\u0e5b\u1361-\u1368"  # Greek to Ethiopic
    r"\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u2190-\u2bff"  # general punctuation, money, symbols
    r"\u3001-\u3003\u3008-\u3011\u3014-\u301f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3e\uff5b-\uff65"
    r"\U0001f000-\U0001faff"  # pictures
)
_WORD = rf"[^\s{_MARK}]+"
_TOKENS = re.compile(
    rf"\n|<unk>|<eos>|\d+(?:[.,]\d+)+|{_WORD}(?:['’\-‑]{_WORD})*|\.{{2,}}|-{{2,}}|[{_MARK}]"
)
_ATTACHED = re.compile(rf"[^\s{_MARK}](?:[,;:!?،؛؟](?!\S)|[.!?؟।][\"”’')]*[^\S\n]*\n)")
_ALONE = re.compile(rf"(?<!\S)[{_MARK}]+(?!\S)")

_NO_SPACE_BEFORE = frozenset([*",.;:!?)]}%…”’»،؛؟।。，、；：！？）】」』", "..."])
_NO_SPACE_AFTER = frozenset("([{“‘«¿¡（【「『")


class WordCodec:
    r"""Words ↔ ids: id 0 is `<unk>`, id 1 `<eos>` (a line's end), then words by falling frequency.

    With `word_split` 'whitespace' words are what stands between white space (text whose marks
    already stand alone); with 'punctuation' marks are parted from words, while don't,
    well-known and 3.14 stay whole. A word `<unk>` or `<eos>` in the text is that token.

    Args:
        tokens: id → word; the first two are `<unk>` and `<eos>`.
        word_split: 'whitespace' or 'punctuation'.

    >>> codec = WordCodec.fit(["I love cats.", "I love you, dogs."])
    >>> codec.word_split
    'punctuation'
    >>> codec.split("I love you, and cats.")
    ['I', 'love', 'you', ',', 'and', 'cats', '.']
    >>> codec.decode(codec.encode("I love you, and cats."))
    'I love you, <unk> cats.'
    >>> WordCodec.fit(["I love cats."], min_count=2)
    Traceback (most recent call last):
    elman.data.codecs.vocabulary.TooRareError: WordCodec.fit: the text must hold a token seen
    at least 2 times (`min_count`), got none among 4 (the most frequent: 1). Lower it, or give more
    text.
    """

    unit = "word"
    unknown_id = UNKNOWN_ID
    eos_id = EOS_ID

    def __init__(self, tokens: list[str], word_split: str) -> None:
        check_choice("WordCodec", "word_split", word_split, WORD_SPLITS[1:])
        self.tokens = tokens
        self.word_split = word_split
        self._ids = Vocabulary(tokens)
        self._ids["\n"] = EOS_ID

    @classmethod
    def fit(
        cls, lines: Iterable[str], *, min_count: int = 1, size: int = 0, word_split: str = "auto"
    ) -> "WordCodec":
        """Choose the vocabulary of a text, reading it once.

        Args:
            lines: the text, in lines or in blocks of lines.
            min_count: words seen less often become `<unk>`.
            size: most entries of the vocabulary; 0 sets no limit.
            word_split: 'whitespace', 'punctuation', or 'auto', which looks at the beginning.

        Raises:
            ChoiceError: `word_split` is none of these.
            DataError: no word is frequent enough.
        """
        check_choice("WordCodec.fit", "word_split", word_split, WORD_SPLITS)
        lines = iter(lines)
        if word_split == "auto":
            sample = list(_beginning(lines))
            lines = itertools.chain(sample, lines)
            word_split = "punctuation" if _marks_touch_words(sample) else "whitespace"
        counts: Counter[str] = Counter()
        for line in lines:
            counts.update(_split(line, word_split))
        counts.pop("\n", None)
        return cls(choose_tokens("WordCodec.fit", counts, min_count, size), word_split)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "WordCodec":
        """The codec that `to_json` described.

        Raises:
            CheckpointError: `data` describes no codec.
        """
        word_split = data.get("word_split")
        if word_split not in WORD_SPLITS[1:]:
            raise CheckpointError(
                f"WordCodec: `word_split` must be one of {WORD_SPLITS[1:]}, got {word_split!r:.60}."
            )
        return cls(read_tokens("WordCodec", data.get("tokens")), word_split)

    @property
    def size(self) -> int:
        """V, the number of tokens."""
        return len(self.tokens)

    def split(self, line: str) -> list[str]:
        """The words of a line as they are written."""
        return _split(line, self.word_split)

    def encode(self, line: str) -> list[int]:
        """The ids of a line, without `<eos>`."""
        return [self._ids[word] for word in self.split(line)]

    def encode_block(self, block: str) -> NDArray[np.uint32]:
        r"""The ids of many lines, each ``\n`` as `<eos>`."""
        if self.word_split == "whitespace":
            words = block.replace("\n", f" {EOS} ").split()
        else:
            words = _TOKENS.findall(block)
        return np.fromiter(map(self._ids.__getitem__, words), np.uint32, count=len(words))

    def decode(self, ids: Iterable[int]) -> str:
        r"""The text of ids, each `<eos>` as ``\n``, with spaces where they are usual."""
        words = [self.tokens[number] for number in plain_ids(ids, self.size)]
        lines: list[list[str]] = [[]]
        for word in words:
            if word == EOS:
                lines.append([])
            else:
                lines[-1].append(word)
        join = " ".join if self.word_split == "whitespace" else _join
        return "\n".join(map(join, lines))

    def to_json(self) -> dict[str, Any]:
        """All that `from_json` needs, as plain values."""
        return {"unit": self.unit, "word_split": self.word_split, "tokens": self.tokens}


def _split(text: str, word_split: str) -> list[str]:
    """The words of `text`."""
    return text.split() if word_split == "whitespace" else _TOKENS.findall(text)


def _beginning(lines: Iterator[str]) -> Iterator[str]:
    """Take the first lines, as many as make a sample."""
    seen = 0
    while seen < SAMPLE_CHARACTERS and (line := next(lines, None)) is not None:
        seen += len(line)
        yield line


def _marks_touch_words(sample: list[str]) -> bool:
    """Whether punctuation sticks to words, more often than it stands alone.

    Full stops count at the ends of lines only, since 'mr.' and 'n.v.' keep theirs when a text is
    tokenised; one mark in a hundred words is taken for such an accident.
    """
    text = "\n".join(sample)[:SAMPLE_CHARACTERS] + "\n"
    attached, alone = len(_ATTACHED.findall(text)), len(_ALONE.findall(text))
    return attached > alone and attached * 100 > len(text.split())


def _join(words: list[str]) -> str:
    """Write words and marks as a line, so that splitting it gives the same words and marks."""
    line, before, open_quotes = "", "", set[str]()
    for word in words:
        closes = word in _NO_SPACE_BEFORE or word in open_quotes
        glued = closes and word[:1] != before[-1:]
        opened = before in _NO_SPACE_AFTER or (before in open_quotes and before in "\"'")
        line += word if not before or glued or (opened and not closes) else f" {word}"
        if word in ('"', "'"):
            open_quotes ^= {word}
        before = word
    return line
