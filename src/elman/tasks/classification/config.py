"""The options of a classifier. Imports no torch: the command line shows them at once."""

from dataclasses import dataclass

from elman.checks import check_choice, check_range
from elman.choices import BALANCES, POOLINGS, UNITS, WORD_SPLITS
from elman.fields import StackFields, TrainingFields, settle_kinds

__all__ = [
    "ClassificationConfig",
    "ClassificationFields",
    "ClassifierFields",
    "ExampleFields",
    "LearningFields",
]

MOST_MEMBERS = 100


@dataclass(kw_only=True)
class ClassifierFields(StackFields):
    """The network."""

    cell: str = "gru"
    """Kind of cell: elman (also called rnn), gru or lstm."""
    hidden_size: int = 128
    """Units in each layer's memory, in each direction (H)."""
    embedding_size: int = 0
    """Width of the embedding of a text's words; 0 takes hidden_size. Series have none."""
    dropout: float = 0.3
    """Share of values dropped from input, between layers and before classes while training."""
    bidirectional: bool = False
    """Read from both ends, which leaves no answer before the end."""
    pooling: str = "statistics"
    """What is judged: last step, mean, attention (weighted mean), statistics (mean, deviation)."""
    pool_input: bool = True
    """Pool what is read at every step beside the memory of it; the last step alone does not."""
    word_dropout: float = 0.3
    """Share of a text's words that are read as unknown while training."""
    noise: float = 0.0
    """Noise added to series while training, in standard deviations of their channels."""
    shift: float = 0.0
    """The same, but one draw for all steps of a series, which moves it as a whole."""
    members: int = 1
    """Networks that learn side by side and are averaged when they judge; each takes its time."""

    def check_network(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        self.check_stack(where)
        check_choice(where, "pooling", self.pooling, POOLINGS)
        check_range(where, "word_dropout", self.word_dropout, at_least=0, below=1)
        check_range(where, "noise", self.noise, at_least=0, at_most=1e6)
        check_range(where, "shift", self.shift, at_least=0, at_most=1e6)
        check_range(where, "members", self.members, at_least=1, at_most=MOST_MEMBERS)


@dataclass(kw_only=True)
class ExampleFields:
    """How examples are read."""

    unit: str = "word"
    """What text is cut into: word, character or subword."""
    word_split: str = "auto"
    """How words are told apart: whitespace, punctuation (cut off words), or auto (by a look)."""
    min_count: int = 1
    """Words or characters seen less often become <unk>."""
    vocabulary_size: int = 20_000
    """Most entries of the vocabulary."""
    text_column: str = ""
    """Column, or JSON's key, of the text; without it, text."""
    label_column: str = ""
    """Column, or JSON's key, of the class; without it, label."""
    group_column: str = ""
    """Column of what belongs together, such as a speaker; without it, group if there is one."""
    series_column: str = ""
    """Column that tells series of a table apart; without it, series."""
    time_column: str = ""
    """Column that puts the steps of a series in order; without it, time if there is one."""
    value_columns: str = ""
    """Columns of a series' values, parted by commas; without it, all that are left."""

    def check_examples(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        check_choice(where, "unit", self.unit, UNITS)
        check_choice(where, "word_split", self.word_split, WORD_SPLITS)
        check_range(where, "min_count", self.min_count, at_least=1)
        check_range(where, "vocabulary_size", self.vocabulary_size, at_least=3)


@dataclass(kw_only=True)
class LearningFields(TrainingFields):
    """How the network is trained."""

    epochs: int = 0
    """Passes over the training data; 0 chooses by the amount of data."""
    learning_rate: float = 0.005
    """Step size of the optimiser, at its highest."""
    class_weights: str = "none"
    """none (every example counts alike) or balanced (every class does)."""
    label_smoothing: float = 0.0
    """Share of each example that counts for all classes alike, so that none is quite certain."""
    baselines: bool = True
    """Fit simpler classifiers too, whose scores stand beside the network's."""

    def check_learning(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        self.check_training(where, least_epochs=0)
        check_choice(where, "class_weights", self.class_weights, BALANCES)
        check_range(where, "label_smoothing", self.label_smoothing, at_least=0, below=1)


@dataclass(kw_only=True)
class ClassificationFields(LearningFields, ExampleFields, ClassifierFields):
    """All options of a classifier; checked when `check_classification` is called."""

    def check_classification(self, where: str) -> None:
        """Raise `ChoiceError` or `ConfigError` on a value that cannot be used."""
        settle_kinds(where, self)
        self.check_network(where)
        self.check_examples(where)
        self.check_learning(where)


@dataclass(kw_only=True)
class ClassificationConfig(ClassificationFields):
    """The options of a classifier, checked as soon as they are given.

    Raises:
        ChoiceError: a name is not one of those allowed.
        ConfigError: a value is of the wrong kind, or a number out of its range.

    >>> ClassificationConfig(cell="lstm", pooling="last").bidirectional
    False
    >>> ClassificationConfig(pooling="lats")
    Traceback (most recent call last):
    elman.errors.ChoiceError: ClassificationConfig: `pooling` must be one of 'last', 'mean',
    'attention', 'statistics'; got 'lats'. Did you mean 'last'?
    """

    def __post_init__(self) -> None:
        self.check_classification("ClassificationConfig")
