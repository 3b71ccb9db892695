import dataclasses
import json

import numpy as np
import pytest

from elman.errors import ChoiceError, ConfigError
from elman.tasks.language.config import LanguageConfig, LanguageFields


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("cell", "ltsm", "Did you mean 'lstm'?"),
        ("unit", "words", "Did you mean 'word'?"),
        ("sequences", "sentences", "Did you mean 'sentence'?"),
        ("word_split", "white", "Did you mean 'whitespace'?"),
    ],
)
def test_names_are_checked_with_a_suggestion(name: str, value: str, said: str) -> None:
    with pytest.raises(ChoiceError, match=rf"LanguageConfig: `{name}` must be one of .*") as caught:
        LanguageConfig(**{name: value})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hidden_size", 0),
        ("hidden_size", -5),
        ("layers", 0),
        ("dropout", 1.0),
        ("embedding_dropout", 1.0),
        ("memory_dropout", 1.5),
        ("epochs", 0),
        ("batch_size", -1),
        ("checkpoint_steps", -1),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("clip_norm", float("nan")),
        ("min_count", -1),
        ("ngram_order", -1),
        ("seed", 2**63),
    ],
)
def test_numbers_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"LanguageConfig: `{name}` must be .*, got {value}\."):
        LanguageConfig(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("hidden_size", 8.5, "a whole number, got 8.5."),
        ("hidden_size", "64", "a whole number, got '64'."),
        ("layers", True, "a whole number, got True."),
        ("learning_rate", "0.1", "a number, got '0.1'."),
        ("learning_rate", False, "a number, got False."),
        ("learning_rate", 1e39, "above 0 and at most 1e+37, got 1e+39."),
        ("clip_norm", 10**400, "at least 0 and at most 1e+37, got inf."),
        ("tie_weights", 1, "True or False, got 1."),
        ("tie_weights", "no", "True or False, got 'no'."),
        ("cell", None, "a string, got None."),
    ],
)
def test_values_of_another_kind_are_refused(name: str, value: object, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        LanguageConfig(**{name: value})
    assert str(caught.value) == f"LanguageConfig: `{name}` must be {said}"


def test_numpy_numbers_become_plain_ones() -> None:
    config = LanguageConfig(hidden_size=np.int64(8), learning_rate=np.float32(0.5), dropout=0)
    assert (type(config.hidden_size), config.hidden_size) == (int, 8)
    assert (type(config.learning_rate), config.learning_rate) == (float, 0.5)
    assert type(config.dropout) is float
    json.dumps(dataclasses.asdict(config))


def test_fields_are_checked_only_when_asked() -> None:
    fields = LanguageFields(hidden_size=0)
    with pytest.raises(ConfigError, match=r"^here: `hidden_size` must be at least 1, got 0\.$"):
        fields.check_language("here")


def test_every_option_has_a_help_text() -> None:
    """What stands under a field is what `--help` prints."""
    import inspect

    sources = "".join(inspect.getsource(kind) for kind in LanguageConfig.__mro__[:-1])
    for option in dataclasses.fields(LanguageConfig):
        declared = sources.index(f"    {option.name}: ")
        assert sources[declared:].split("\n", 2)[1].strip().startswith('"""'), option.name


def test_pieces_of_a_window_cannot_share_one_mask() -> None:
    with pytest.raises(ConfigError, match="`checkpoint_steps` must be at most 0, got 5"):
        LanguageConfig(checkpoint_steps=5, variational_dropout=True)
