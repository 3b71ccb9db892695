import re
from pathlib import Path

import pytest

from elman.data.datasets.elman_sentences.grammar import (
    DEEPEST,
    FORMS,
    RULES,
    next_words,
    read_forms,
    read_rules,
)
from elman.errors import ConfigError

GRAMMAR = read_forms(FORMS) | read_rules(RULES)


def test_shares_of_every_rule_add_to_one() -> None:
    for name, ways in GRAMMAR.items():
        assert sum(share for share, _ in ways) == pytest.approx(1), name


def test_every_symbol_is_a_rule_or_a_word() -> None:
    symbols = {symbol for ways in GRAMMAR.values() for _, way in ways for symbol in way}
    unknown = {symbol for symbol in symbols - set(GRAMMAR) if ":" in symbol}
    assert {symbol.split(":")[1] for symbol in unknown} <= {"me"}  # nouns, never said of me


def test_number_means_the_same_throughout_a_rule() -> None:
    rules = read_rules("clause:n -> 30% subject:n verb:n | subject:n")
    assert rules["clause:one"] == [
        (0.3, ("subject:one", "verb:one")),
        (0.7, ("subject:one",)),
    ]
    assert set(rules) == {"clause:me", "clause:one", "clause:many"}


def test_ways_without_a_share_divide_the_rest_and_lines_go_on() -> None:
    assert read_rules("a -> 40% b\n  | c | d\n\nb -> e f")["a"] == [
        (0.4, ("b",)),
        (0.3, ("c",)),
        (0.3, ("d",)),
    ]


@pytest.mark.parametrize("ways", ["60% b | 50% c", "60% b | 30% c", "110% b | c"])
def test_shares_that_do_not_add_up_are_refused(ways) -> None:
    with pytest.raises(ConfigError, match=r"the shares of `a` must add to 100 %, got 1?\d0 %"):
        read_rules(f"a -> {ways}")


def test_next_words_multiply_the_shares_on_the_way() -> None:
    rules = read_rules("sentence -> 25% a x | 75% b\na -> 50% u | v\nb -> u y")
    assert next_words(rules, ()) == {
        "u": {(("x", 0),): 0.125, (("y", 0),): 0.75},
        "v": {(("x", 0),): 0.125},
    }


def test_relative_clauses_deepen_until_they_are_closed() -> None:
    rules = read_rules("sentence -> 50% a relative:one | b\nrelative:n -> 20% c sentence | 80% d")
    deepest = (("sentence", DEEPEST),)
    assert next_words(rules, deepest) == {"b": {(): 1.0}}
    above = next_words(rules, (("sentence", DEEPEST - 1),))
    assert above["a"] == {(("relative:one", DEEPEST),): 0.5}


def test_the_page_shows_the_rules_as_they_are() -> None:
    page = Path(__file__).parents[4] / "docs" / "elman_sentences.md"
    blocks = re.findall(r"^```text\n(.*?)^```$", page.read_text(), flags=re.M | re.S)
    assert blocks == [RULES.strip() + "\n", FORMS.strip() + "\n"]
