from dataclasses import dataclass

import pytest

from elman.errors import ChoiceError, ConfigError
from elman.fields import StackFields, TrainingFields, settle_kinds


@dataclass(kw_only=True)
class Options(TrainingFields, StackFields):
    pass


def test_options_are_brought_to_the_kind_of_their_default() -> None:
    options = Options(dropout=0, learning_rate=1)
    settle_kinds("here", options)
    assert (type(options.dropout), type(options.learning_rate)) == (float, float)
    assert options == Options(dropout=0.0, learning_rate=1.0)


def test_an_option_of_another_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^here: `epochs` must be a whole number, got 2\.5\.$"):
        settle_kinds("here", Options(epochs=2.5))  # type: ignore[arg-type]


def test_the_stack_is_checked() -> None:
    Options().check_stack("here")
    with pytest.raises(ChoiceError, match=r"^here: `cell` must be .* Did you mean 'gru'"):
        Options(cell="grv").check_stack("here")
    with pytest.raises(ConfigError, match=r"^here: `dropout` must be .* below 1, got 1\.0"):
        Options(dropout=1.0).check_stack("here")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("optimizer", "adam"),
        ("schedule", "cosin"),
        ("precision", "float16"),
        ("epochs", 0),
        ("learning_rate", 0.0),
        ("momentum", 1.0),
        ("weight_decay", 1e38),
        ("clip_value", -1.0),
        ("threads", -1),
        ("seed", 2**63),
    ],
)
def test_training_is_checked(name: str, value: object) -> None:
    options = Options(**{name: value})  # type: ignore[arg-type]
    with pytest.raises((ChoiceError, ConfigError), match=f"^here: `{name}` must be "):
        options.check_training("here")
