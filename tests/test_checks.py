import math
from fractions import Fraction

import numpy as np
import pytest

from elman.checks import as_kind, check_choice, check_range, closest, suggest
from elman.errors import ChoiceError, ConfigError


def test_only_close_names_are_suggested() -> None:
    assert suggest("hiden_size", ["hidden_size", "layers"]) == " Did you mean 'hidden_size'?"
    assert suggest("moon", ["hidden_size", "layers"]) == ""
    assert closest("hiden_size", ["hidden_size", "layers"]) == "hidden_size"
    assert closest("moon", ["hidden_size", "layers"]) is None
    assert closest("label", ["TEXT", "LABEL"]) == "LABEL"


def test_a_name_that_is_none_of_the_choices_is_refused() -> None:
    check_choice("here", "cell", "gru", ("gru", "lstm"))
    with pytest.raises(ChoiceError) as caught:
        check_choice("here", "cell", "moon", ("gru", "lstm"))
    assert str(caught.value) == "here: `cell` must be one of 'gru', 'lstm'; got 'moon'."


@pytest.mark.parametrize("value", [0, 1.5, math.nextafter(2, 0)])
def test_numbers_within_the_bounds_pass(value: float) -> None:
    check_range("here", "x", value, at_least=0, below=2)


@pytest.mark.parametrize(
    ("value", "bounds", "said"),
    [
        (-1, {"at_least": 0}, "at least 0, got -1."),
        (0, {"above": 0, "at_most": 3}, "above 0 and at most 3, got 0."),
        (4, {"above": 0, "at_most": 3}, "above 0 and at most 3, got 4."),
        (1.0, {"below": 1}, "below 1, got 1.0."),
        (math.nan, {"at_least": 0}, "at least 0, got nan."),
    ],
)
def test_numbers_beyond_a_bound_are_refused(
    value: float, bounds: dict[str, float], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        check_range("here", "x", value, **bounds)
    assert str(caught.value) == f"here: `x` must be {said}"


@pytest.mark.parametrize(
    ("value", "kind", "plain"),
    [
        (np.int64(8), int, 8),
        (np.float32(0.5), float, 0.5),
        (3, float, 3.0),
        (Fraction(1, 4), float, 0.25),
        (10**400, float, math.inf),
        (-(10**400), float, -math.inf),
        (np.str_("gru"), str, "gru"),
        (True, bool, True),
    ],
)
def test_what_passes_for_a_kind_becomes_plain(value: object, kind: type, plain: object) -> None:
    found = as_kind("here", "x", value, kind)
    assert type(found) is kind
    assert found == plain


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (8.0, int, "a whole number, got 8.0."),
        ("8", int, "a whole number, got '8'."),
        (True, int, "a whole number, got True."),
        (True, float, "a number, got True."),
        (1j, float, "a number, got 1j."),
        (0, bool, "True or False, got 0."),
        (None, str, "a string, got None."),
    ],
)
def test_what_is_of_another_kind_is_refused(value: object, kind: type, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        as_kind("here", "x", value, kind)
    assert str(caught.value) == f"here: `x` must be {said}"
