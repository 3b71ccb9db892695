"""Which tags wear the same tint on the page: those of one class of words, as far as it is known."""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["TINTS", "Tint", "tints"]

TINTS = 10
"""How many there are; tag.css has as many."""


class Tint(NamedTuple):
    """What a tag wears.

    Attributes:
        group: what the tint stands for, in words; "" for nothing but this tag.
        number: of the tint, below `TINTS`; None for plain paper.
    """

    group: str
    number: int | None


_CLASSES = (
    "noun",
    "verb",
    "adjective",
    "adverb",
    "pronoun",
    "determiner",
    "adposition",
    "conjunction",
    "number",
    "other",
)
_UNIVERSAL = {
    "NOUN": "noun",
    "PROPN": "noun",
    "VERB": "verb",
    "AUX": "verb",
    "ADJ": "adjective",
    "ADV": "adverb",
    "PRON": "pronoun",
    "DET": "determiner",
    "ADP": "adposition",
    "CCONJ": "conjunction",
    "SCONJ": "conjunction",
    "NUM": "number",
    "PART": "other",
    "INTJ": "other",
    "X": "other",
    "_": "other",
    "SYM": "punctuation",
    "PUNCT": "punctuation",
}
_ENGLISH = (
    ("noun", ("NN", "NP", "NR")),
    ("verb", ("VB", "BE", "HV", "DO", "MD")),
    ("adjective", ("JJ",)),
    ("adverb", ("RB", "RN", "RP", "QL", "WRB", "WQL", "*")),
    ("pronoun", ("PP", "PN", "PR", "WP", "EX")),
    ("determiner", ("AT", "AP", "AB", "DT", "WDT", "PDT")),
    ("adposition", ("IN", "TO")),
    ("conjunction", ("CC", "CS")),
    ("number", ("CD", "OD")),
)
"""How the tags of the Brown Corpus and of the Penn Treebank begin."""


def tints(tags: Sequence[str]) -> dict[str, Tint]:
    """What each tag of a tagger wears.

    Universal tags, those of Brown and of Penn go by classes of words, entities by their kind; the
    tags of any other set, of which nothing is known, take turns.

    Args:
        tags: all of them, the most frequent first.

    >>> tints(["NOUN", "PROPN", "PUNCT"])["PROPN"]
    Tint(group='noun', number=0)
    >>> tints(["NN", "VB", "JJ", "IN", "VBD-TL"])["VBD-TL"]
    Tint(group='verb', number=1)
    >>> tints(["O", "B-PER", "I-PER"])["I-PER"]
    Tint(group='PER', number=0)
    >>> tints(["Akk", "Dat"])["Dat"]
    Tint(group='', number=1)
    """
    if set(tags) <= _UNIVERSAL.keys():
        return {tag: _of_class(_UNIVERSAL[tag]) for tag in tags}
    if {"NN", "VB", "JJ", "IN"} <= set(map(str.upper, tags)):
        return {tag: _of_class(_english(tag)) for tag in tags}
    if "O" in tags and all(tag == "O" or tag[1:2] == "-" for tag in tags):
        kinds = list(dict.fromkeys(tag[2:] for tag in tags if tag != "O"))
        worn = {kind: Tint(kind, number % TINTS) for number, kind in enumerate(kinds)}
        return {tag: worn.get(tag[2:], Tint("no entity", None)) for tag in tags}
    return {tag: Tint("", number % TINTS) for number, tag in enumerate(tags)}


def _of_class(name: str) -> Tint:
    """What a class of words wears."""
    return Tint(name, _CLASSES.index(name) if name in _CLASSES else None)


def _english(tag: str) -> str:
    """The class of words of one of Brown's or Penn's tags, in capitals or not."""
    bare = tag.upper().removeprefix("FW-")
    for name, beginnings in _ENGLISH:
        if bare.startswith(beginnings):
            return name
    return "other" if any(letter.isalpha() for letter in bare) else "punctuation"
