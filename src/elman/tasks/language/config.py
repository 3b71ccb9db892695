"""The options of a language model. Imports no torch: the command line shows them at once."""

from dataclasses import dataclass

from elman.checks import check_choice, check_range
from elman.choices import SEQUENCES, UNITS, WORD_SPLITS
from elman.fields import StackFields, StreamFields, settle_kinds

__all__ = ["LanguageConfig", "LanguageFields", "NetworkFields", "TextFields"]


@dataclass(kw_only=True)
class NetworkFields(StackFields):
    """The network."""

    dropout: float = 0.2
    """Share of values dropped before, between and after the layers while training, 0 up to 1."""
    embedding_dropout: float = 0.0
    """Share of the vocabulary whose embedding is dropped whole while training, 0 up to 1."""
    memory_dropout: float = 0.0
    """Share of steps before which memory is wiped while training, to learn to begin in mid-text."""
    variational_dropout: bool = False
    """Keep one dropout mask for all steps of a window instead of drawing one for each."""
    tie_weights: bool = True
    """One matrix serves as the input embedding and as the output layer."""


@dataclass(kw_only=True)
class TextFields:
    """How text is read."""

    unit: str = "word"
    """What text is cut into: word, character or subword."""
    word_split: str = "auto"
    """How words are told apart: whitespace, punctuation (cut off words), or auto (by a look)."""
    min_count: int = 0
    """Words or characters seen less often become <unk>; 0 takes 2, or 1 where words hold <unk>."""
    vocabulary_size: int = 0
    """Most entries of the vocabulary; 0 takes 20,000 words or characters, or 4,000 subwords."""
    sequences: str = "stream"
    """Where memory starts anew: at each file (stream), line (sentence) or blank line (document)."""
    ngram_order: int = 5
    """Words in the n-grams of the Kneser–Ney baseline; 0 goes without a baseline."""

    def check_text(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        check_choice(where, "unit", self.unit, UNITS)
        check_choice(where, "word_split", self.word_split, WORD_SPLITS)
        check_range(where, "min_count", self.min_count, at_least=0)
        check_range(where, "vocabulary_size", self.vocabulary_size, at_least=0)
        check_choice(where, "sequences", self.sequences, SEQUENCES)
        check_range(where, "ngram_order", self.ngram_order, at_least=0, at_most=10)


@dataclass(kw_only=True)
class LanguageFields(StreamFields, TextFields, NetworkFields):
    """All options of a language model; checked when `check_language` is called."""

    def check_language(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        settle_kinds(where, self)
        self.check_stack(where)
        check_range(where, "embedding_dropout", self.embedding_dropout, at_least=0, below=1)
        check_range(where, "memory_dropout", self.memory_dropout, at_least=0, at_most=1)
        self.check_text(where)
        self.check_streams(where)
        if self.variational_dropout:  # whose one mask would differ between the pieces
            check_range(where, "checkpoint_steps", self.checkpoint_steps, at_most=0)


@dataclass(kw_only=True)
class LanguageConfig(LanguageFields):
    """The options of a language model, checked as soon as they are given.

    Raises:
        ChoiceError: a name is not one of those allowed.
        ConfigError: a value is of the wrong kind, or a number out of its range.

    >>> LanguageConfig(cell="gru", hidden_size=64).layers
    1
    >>> LanguageConfig(cell="ltsm")
    Traceback (most recent call last):
    elman.errors.ChoiceError: LanguageConfig: `cell` must be one of 'elman', 'rnn', 'gru', 'lstm';
    got 'ltsm'. Did you mean 'lstm'?
    """

    def __post_init__(self) -> None:
        self.check_language("LanguageConfig")
