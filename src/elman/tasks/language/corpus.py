"""Which texts a language model learns from, which one it is validated on, and their codec."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from elman.checks import check_range
from elman.data.codecs import UNKNOWN, CharacterCodec, Codec, SubwordCodec, WordCodec
from elman.data.codecs.subwords import FEWEST_SUBWORDS
from elman.data.codecs.vocabulary import TooRareError
from elman.data.sources import Data, expand
from elman.data.text import Source, TextSpan, read_blocks, sha256, split_off
from elman.data.tokens import TokenFile, encode_files
from elman.errors import DataError
from elman.tasks.language.config import LanguageFields

__all__ = ["TASK", "Corpus", "encode", "fit_codec", "open_corpus"]

TASK = "language"
VALIDATION_SHARE = 0.1
WORDS_AND_CHARACTERS, SUBWORDS = 20_000, 4_000
RARE = 2


@dataclass(frozen=True)
class Corpus:
    """Texts to learn from and to validate on.

    Attributes:
        train: what is learned.
        validation: what chooses the best weights.
        digests: SHA-256 by role, as a run folder records them.
        split: how the two were told apart, in words.
    """

    train: tuple[Source, ...]
    validation: tuple[Source, ...]
    digests: dict[str, str]
    split: str


def open_corpus(data: Data, validation: Data | None) -> Corpus:
    """Find the texts; without `validation`, a data set brings its own, else a share is split off.

    Raises:
        DataError: a text is missing or cannot be read.
    """
    train = expand(data, "train")
    held_out = expand(data if validation is None else validation, "validation")
    for path in [*train, *held_out]:
        next(read_blocks(path))  # what cannot be read at all is said before anything else
    digests = {"train": sha256(train)}
    if validation is None and set(train) & set(held_out):
        before, after = split_off(train, VALIDATION_SHARE)
        split = f"the last {VALIDATION_SHARE:.0%} of the text, split off"
        return Corpus(tuple(before), tuple(after), digests, split)
    digests["validation"] = sha256(held_out)
    split = "as the data set has it" if validation is None else "as given"
    return Corpus(tuple(train), tuple(held_out), digests, split)


def fit_codec(sources: Sequence[Source], fields: LanguageFields) -> Codec:
    """Choose the vocabulary of texts, read block by block.

    Raises:
        DataError: a text cannot be read, or nothing in it is frequent enough.
    """
    try:
        return _fit_codec(sources, fields)
    except TooRareError as error:
        raise error.of(f"`{_named(sources)}`", fields.unit) from None


def _fit_codec(sources: Sequence[Source], fields: LanguageFields) -> Codec:
    """As `fit_codec`, whose errors name the text."""
    blocks = itertools.chain.from_iterable(map(read_blocks, sources))
    size, min_count = fields.vocabulary_size, fields.min_count or RARE
    if fields.unit == "subword":
        size = size or SUBWORDS
        check_range("LanguageModel.fit", "vocabulary_size", size, at_least=FEWEST_SUBWORDS)
        return SubwordCodec.fit(blocks, min_count=min_count, size=size)
    size = size or WORDS_AND_CHARACTERS
    if fields.unit == "character":
        return CharacterCodec.fit(blocks, min_count=min_count, size=size)
    beginning = next(blocks)
    if fields.min_count == 0 and UNKNOWN in beginning:
        min_count = 1  # whoever prepared the text has chosen its vocabulary already
    blocks = itertools.chain([beginning], blocks)
    return WordCodec.fit(blocks, min_count=min_count, size=size, word_split=fields.word_split)


def encode(sources: Sequence[Source], codec: Codec, fields: LanguageFields) -> TokenFile:
    """Turn texts into ids.

    Raises:
        DataError: a text cannot be read, or the codec knows nothing in it.
    """
    tokens = encode_files(sources, codec, boundaries=fields.sequences)
    if len(tokens) and not _any_known(tokens, codec):
        place = _named(sources)
        written = next(iter(codec.split(next(_lines(sources)))), "")
        if any(isinstance(source, TextSpan) for source in sources):
            raise DataError(
                f"data: the end of `{place}`, held out to judge by, must hold a {codec.unit} of "
                f"what comes before it, got only others, such as '{written:.40}'. Give more text."
            )
        raise DataError(
            f"data: `{place}` must hold a {codec.unit} that the model knows, got only unknown "
            f"ones, such as '{written:.40}'. Was the model trained on text of this kind?"
        )
    return tokens


def _named(sources: Sequence[Source]) -> str:
    """Texts as people call them."""
    return ", ".join(str(getattr(source, "path", source)) for source in sources)


def _any_known(tokens: TokenFile, codec: Codec) -> bool:
    """Whether a token other than `<unk>` and `<eos>` occurs."""
    block = 1 << 20
    return any(
        bool((tokens.ids[at : at + block] > max(codec.unknown_id, codec.eos_id)).any())
        for at in range(0, len(tokens), block)
    )


def _lines(sources: Sequence[Source]) -> Iterator[str]:
    for block in itertools.chain.from_iterable(map(read_blocks, sources)):
        yield from filter(str.strip, block.split("\n"))
