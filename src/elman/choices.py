"""The names that options may take, and what stands for a line's end; each list is said here alone.

Imports neither torch nor numpy: options and the command line read it before anything heavy loads.
"""

__all__ = [
    "BALANCES",
    "CELL_NAMES",
    "EOS",
    "HEADS",
    "MEMORY",
    "OPTIMIZERS",
    "POOLINGS",
    "PRECISIONS",
    "SCHEDULES",
    "SEQUENCES",
    "TAGGED_FORMATS",
    "UNITS",
    "UNKNOWN",
    "WORD_SPLITS",
]

CELL_NAMES: tuple[str, ...] = ("elman", "rnn", "gru", "lstm")
"""Kinds of cell; rnn is another name of elman."""

OPTIMIZERS: tuple[str, ...] = ("adamw", "sgd")
"""What turns gradients into steps."""

SCHEDULES: tuple[str, ...] = ("constant", "plateau", "cosine")
"""How the learning rate runs over time."""

PRECISIONS: tuple[str, ...] = ("float32", "float64")
"""Types of the network's numbers."""

UNITS: tuple[str, ...] = ("word", "character", "subword")
"""What text is cut into."""

WORD_SPLITS: tuple[str, ...] = ("auto", "whitespace", "punctuation")
"""How words are told apart; auto takes one of the others by a look at the text."""

SEQUENCES: tuple[str, ...] = ("stream", "sentence", "document")
"""Where memory starts anew: at each file, line, or blank line."""

MEMORY: tuple[str, ...] = ("on", "off")
"""Whether the state is carried while a text is scored, or wiped before each step."""

HEADS: tuple[str, ...] = ("crf", "softmax")
"""What chooses tags: all of a sentence together, or each for itself."""

TAGGED_FORMATS: tuple[str, ...] = ("auto", "conllu", "columns", "slashes")
"""How tagged text is written; auto tells by a look."""

POOLINGS: tuple[str, ...] = ("last", "mean", "attention", "statistics")
"""What of a sequence is judged: its last step, a mean of all, or mean and deviation."""

BALANCES: tuple[str, ...] = ("none", "balanced")
"""Whether examples count alike, or classes."""

UNKNOWN, EOS = "<unk>", "<eos>"
"""The tokens that stand for what a codec does not list, and for a line's end."""
