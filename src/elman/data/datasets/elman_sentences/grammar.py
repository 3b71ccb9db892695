"""The grammar of elman-sentences: rules with probabilities, and the words they allow.

A rule reads ``name -> 60% one way | 40% another``. Names on the left of an arrow stand for
phrases, every other word for itself; ways without a share divide what is left equally. ``:n`` is
the number of a subject (me, one or many) and means the same wherever it stands in a rule, so that
such a rule is three rules. ``verb:n`` takes its form from `FORMS`.

A relative clause lies one level deeper than the phrase it belongs to. At level `DEEPEST` the ways
that need another are closed, and the rest keep their proportions: so the grammar is finite.

Source: after the grammars of Elman, "Finding structure in time", 1990, and "Distributed
representations, simple recurrent networks, and grammatical structure", 1991.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from elman.errors import ConfigError

__all__ = [
    "DEEPEST",
    "FORMS",
    "NUMBERS",
    "RULES",
    "START",
    "Rules",
    "Stack",
    "next_words",
    "read_forms",
    "read_rules",
]

DEEPEST = 3
NUMBERS = ("me", "one", "many")
START = "sentence"

RULES = """
sentence        -> 34% clause:me . <eos> | 33% clause:one . <eos> | 33% clause:many . <eos>
clause:n        -> subject:n predicate:n

subject:me      -> I
subject:one     -> 15% John | 15% Mary | 70% phrase:one
subject:many    -> 15% you | 85% phrase:many
phrase:one      -> 75% the thing:one | 25% this thing:one
phrase:many     -> 75% thing:many | 25% the thing:many
thing:n         -> 60% noun:n | 40% noun:n relative:n
noun:n          -> 36% cat:n | 24% dog:n | 16% boy:n | 14% girl:n | 10% bird:n

relative:n      -> 25% that action:n | 30% that seen | 45% seen
seen            -> 40% I does:me | 30% subject:one does:one | 30% subject:many does:many

predicate:n     -> 36% action:n | 22% be:n mood | 12% give:n object to object
                 | 12% take:n object from object | 8% love:n object very much
                 | 6% will action:many | 4% have:n object
action:n        -> 80% does:n object | 20% rests:n
does:n          -> 60% love:n | 20% chase:n | 20% feed:n
rests:n         -> sleep:n | walk:n
object          -> 22% you | 23% phrase:one | 50% phrase:many | 5% noun:many and noun:many
mood            -> 40% happy | 25% hungry | 20% old | 15% very mood
"""

FORMS = """
name      me      one      many
be        am      is       are
have      have    has      have
give      give    gives    give
take      take    takes    take
love      love    loves    love
chase     chase   chases   chase
feed      feed    feeds    feed
sleep     sleep   sleeps   sleep
walk      walk    walks    walk
cat       -       cat      cats
dog       -       dog      dogs
boy       -       boy      boys
girl      -       girl     girls
bird      -       bird     birds
"""

Rules = dict[str, list[tuple[float, tuple[str, ...]]]]
"""For each name, its ways: (share, symbols)."""

Stack = tuple[tuple[str, int], ...]
"""What is still to be said, the next thing first: symbols, each with its level."""


def read_rules(text: str) -> Rules:
    """Read rules; one that begins with ``|`` goes on with the line before.

    Args:
        text: rules in the notation of this module.

    Returns:
        For each name its ways as (share, symbols), shares adding to one.

    Raises:
        ConfigError: if the shares of a rule add to more or less than 100 %.

    >>> read_rules("go:n -> 60% walk:n | fly away")["go:me"]
    [(0.6, ('walk:me',)), (0.4, ('fly', 'away'))]
    >>> read_rules("go -> 60% walk | 50% fly")
    Traceback (most recent call last):
    elman.errors.ConfigError: grammar: the shares of `go` must add to 100 %, got 110 %.
    """
    rules: Rules = {}
    for line in re.sub(r"\s*\n\s*\|", " |", text).strip().splitlines():
        for number in NUMBERS if ":n" in line else ("",):
            name, _, ways = re.sub(r":n\b", f":{number}", line).partition("->")
            if ways:
                rules[name.strip()] = _read_ways(name.strip(), ways)
    return rules


def read_forms(text: str) -> Rules:
    r"""Read a table of forms, a name and its word for each number a line, as rules of one way.

    >>> read_forms("name me one many\nbe am is are")["be:one"]
    [(1.0, ('is',))]
    """
    heads, *rows = (line.split() for line in text.strip().splitlines())
    return {
        f"{name}:{number}": [(1.0, (word,))]
        for name, *words in rows
        for number, word in zip(heads[1:], words, strict=True)
        if word != "-"
    }


def _read_ways(name: str, text: str) -> list[tuple[float, tuple[str, ...]]]:
    """Read the ways of one rule."""
    ways = [way.split() for way in text.split("|")]
    shares = [float(way.pop(0)[:-1]) if way[0].endswith("%") else None for way in ways]
    said = sum(share for share in shares if share is not None)
    silent = shares.count(None)
    if said > 100 or (said < 100 and not silent):
        raise ConfigError(f"grammar: the shares of `{name}` must add to 100 %, got {said:g} %.")
    rest = (100 - said) / max(silent, 1)
    return [
        ((rest if share is None else share) / 100, tuple(way))
        for share, way in zip(shares, ways, strict=True)
    ]


def next_words(rules: Rules, stack: Stack) -> dict[str, dict[Stack, float]]:
    """The words that may come next, each with what would then be still to be said.

    Returns:
        word -> {stack after it: probability of the word and that stack}; all add to one.
    """
    (name, level), *rest = stack or ((START, 0),)
    found: dict[str, dict[Stack, float]] = defaultdict(lambda: defaultdict(float))
    for word, begun, probability in _beginnings(rules, name, level):
        found[word][begun + tuple(rest)] += probability
    return found


def _beginnings(rules: Rules, name: str, level: int) -> Iterator[tuple[str, Stack, float]]:
    """Each (word, what follows within this symbol, probability) that a symbol may begin with."""
    if name not in rules:
        yield name, (), 1.0
        return
    ways = [way for way in rules[name] if level < DEEPEST or not any(map(_deepens, way[1]))]
    total = sum(share for share, _ in ways)
    for share, (first, *others) in ways:
        after = tuple((symbol, level + _deepens(symbol)) for symbol in others)
        for word, begun, probability in _beginnings(rules, first, level + _deepens(first)):
            yield word, begun + after, share / total * probability


def _deepens(symbol: str) -> bool:
    """Whether this symbol opens a relative clause."""
    return symbol.partition(":")[0] == "relative"
