"""The options of a classifier."""

import pytest

from elman.errors import ChoiceError, ConfigError
from elman.tasks.classification.config import ClassificationConfig


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pooling": "lats"}, "Did you mean 'last'"),
        ({"class_weights": "balance"}, "Did you mean 'balanced'"),
        ({"unit": "wrod"}, "Did you mean 'word'"),
        ({"word_split": "white"}, "`word_split` must be one of"),
    ],
)
def test_names_are_checked(options: dict[str, str], said: str) -> None:
    with pytest.raises(ChoiceError, match=said):
        ClassificationConfig(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options",
    [
        {"noise": -1.0},
        {"shift": -1.0},
        {"label_smoothing": -0.1},
        {"word_dropout": -0.1},
        {"min_count": 0},
        {"vocabulary_size": 2},
    ],
)
def test_numbers_are_checked(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=f"`{next(iter(options))}` must be at least"):
        ClassificationConfig(**options)  # type: ignore[arg-type]
