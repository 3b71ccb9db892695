import pytest

from elman.errors import ChoiceError, ConfigError
from elman.tasks.tagging.config import TaggingConfig


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"head": "crv"}, ChoiceError, "Did you mean 'crf'"),
        ({"format": "conll"}, ChoiceError, "Did you mean 'conllu'"),
        ({"word_dropout": -1}, ConfigError, "`word_dropout` must be at least 0"),
        ({"character_size": 0}, ConfigError, "`character_size` must be at least 1"),
        ({"min_count": 0}, ConfigError, "`min_count` must be at least 1"),
        ({"dropout": 1.0}, ConfigError, "`dropout` must be at least 0 and below 1"),
        ({"bidirectional": 1}, ConfigError, "`bidirectional` must be True or False"),
    ],
)
def test_what_cannot_be_is_named(options: dict[str, object], error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        TaggingConfig(**options)  # type: ignore[arg-type]
