"""The options of a tagger. Imports no torch: the command line shows them at once."""

from dataclasses import dataclass

from elman.checks import check_choice, check_range
from elman.choices import HEADS, TAGGED_FORMATS
from elman.fields import StackFields, TrainingFields, settle_kinds

__all__ = ["TaggedTextFields", "TaggerFields", "TaggingConfig", "TaggingFields"]


@dataclass(kw_only=True)
class TaggerFields(StackFields):
    """The network."""

    hidden_size: int = 200
    """Units in each layer's memory, in each direction (H)."""
    embedding_size: int = 0
    """Width of the words' embedding; 0 takes 100."""
    dropout: float = 0.5
    """Share of values dropped before, between and after the layers while training, 0 up to 1."""
    bidirectional: bool = True
    """Read each sentence from both ends; in one direction, tags come word by word."""
    head: str = "crf"
    """crf (tags of a sentence are chosen together) or softmax (each for itself)."""
    character_size: int = 30
    """Width of the characters' embedding."""
    character_hidden_size: int = 100
    """Units that read the characters of a word, in each direction; 0 leaves characters out."""
    word_dropout: float = 1.0
    """A word seen n times is read as unknown with probability d / (d + n) while training."""

    def check_network(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        self.check_stack(where)
        check_choice(where, "head", self.head, HEADS)
        check_range(where, "character_size", self.character_size, at_least=1)
        check_range(where, "character_hidden_size", self.character_hidden_size, at_least=0)
        check_range(where, "word_dropout", self.word_dropout, at_least=0, at_most=1e6)


@dataclass(kw_only=True)
class TaggedTextFields:
    """How tagged text is read."""

    format: str = "auto"
    """conllu, columns (a word a line), slashes (word/tag), or auto (by a look)."""
    column: str = ""
    """Where tags stand: upos, xpos, feats.Number … in CoNLL-U, else a column's number from 2."""
    lowercase: bool = True
    """Look words up in lower case; their characters are read as they are written."""
    min_count: int = 1
    """Words seen less often are unknown, and known by their characters alone."""
    vectors: str = ""
    """Word vectors to read beside what is learned: a word2vec or fastText text file, or glove."""
    vector_words: int = 250_000
    """Words at the head of --vectors to keep beside those of the text, to read later texts by."""
    crf_baseline: bool = False
    """Fit a CRF on features of words as a baseline, too (extra [baselines]); it takes a while."""

    def check_text(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        check_choice(where, "format", self.format, TAGGED_FORMATS)
        check_range(where, "min_count", self.min_count, at_least=1)
        check_range(where, "vector_words", self.vector_words, at_least=0)


@dataclass(kw_only=True)
class TaggingFields(TrainingFields, TaggedTextFields, TaggerFields):
    """All options of a tagger; checked when `check_tagging` is called."""

    def check_tagging(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        settle_kinds(where, self)
        self.check_network(where)
        self.check_text(where)
        self.check_training(where)


@dataclass(kw_only=True)
class TaggingConfig(TaggingFields):
    """The options of a tagger, checked as soon as they are given.

    Raises:
        ChoiceError: a name is not one of those allowed.
        ConfigError: a value is of the wrong kind, or a number out of its range.

    >>> TaggingConfig(cell="gru", head="softmax").bidirectional
    True
    >>> TaggingConfig(head="crv")
    Traceback (most recent call last):
    elman.errors.ChoiceError: TaggingConfig: `head` must be one of 'crf', 'softmax'; got 'crv'.
    Did you mean 'crf'?
    """

    def __post_init__(self) -> None:
        self.check_tagging("TaggingConfig")
