from dataclasses import dataclass, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import CheckpointError
from elman.fields import StackFields
from elman.runs.description import ADDED_OPTIONS, Description
from elman.runs.differences import compare
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.language.config import LanguageConfig
from elman.tasks.tagging.config import TaggingConfig
from elman.version import VERSION

WHERE = "runs/mine/config.json"


@dataclass(kw_only=True)
class Config(StackFields):
    tie_weights: bool = True

    def __post_init__(self) -> None:
        self.check_stack("Config")


def content(**changes: Any) -> dict[str, Any]:
    return Description.of("language", Config(), command="elman train").to_json() | changes


FIRST_OPTIONS = {  # of format 1; every later one needs a value for the runs that came before it
    LanguageConfig: """batch_size cell clip_norm clip_value device dropout embedding_dropout
        embedding_size epochs hidden_size layers learning_rate memory_dropout min_count momentum
        ngram_order optimizer patience precision schedule seed sequences threads tie_weights
        truncation_steps unit variational_dropout vocabulary_size weight_decay word_split""",
    TaggingConfig: """batch_size bidirectional cell character_hidden_size character_size clip_norm
        clip_value column crf_baseline device dropout embedding_size epochs format head
        hidden_size layers learning_rate lowercase min_count momentum optimizer patience precision
        schedule seed threads vectors weight_decay""",
    ClassificationConfig: """baselines batch_size bidirectional cell class_weights clip_norm
        clip_value device dropout embedding_size epochs group_column hidden_size label_column
        layers learning_rate min_count momentum noise optimizer patience pooling precision
        schedule seed series_column text_column threads time_column unit value_columns
        vocabulary_size weight_decay word_split""",
}


def test_it_comes_back_as_it_was() -> None:
    described = Description.of(
        "language", Config(layers=2), command="elman train", data={"train": "9f"}
    )
    assert Description.from_json(WHERE, described.to_json()) == described
    assert described.to_json()["format"] == 1
    assert described.version == VERSION


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"program": "other"}, '`program` must be "elman"'),
        ({"format": "1"}, "`format` must be 1, got '1'"),
        ({"format": True}, "`format` must be 1, got True"),
        ({"format": 0}, "`format` must be 1, got 0"),
        ({"task": None}, "`task` must be a string, got None"),
        ({"config": []}, r"`config` must be a JSON object, got \[\]"),
        ({"data": {"train": 7}}, r"`data\.train` must be a string, got 7"),
        ({"environment": 3}, "`environment` must be a JSON object, got 3"),
        ({"environment": {"threads": "2"}}, r"`environment\.threads` must be like 0, got '2'"),
    ],
)
def test_what_is_not_a_description_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        Description.from_json(WHERE, content(**changes))


def test_a_later_format_says_who_wrote_it_and_what_to_do() -> None:
    with pytest.raises(
        CheckpointError, match=r"got 2: .* Elman 0\.9\.0.*Read it with that version or a later one"
    ):
        Description.from_json(WHERE, content(format=2, version="0.9.0"))


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_no_json_raises_anything_else(found: Any) -> None:
    with pytest.raises(CheckpointError):
        Description.from_json(WHERE, found)


def test_the_config_is_rebuilt_and_checked() -> None:
    described = Description.of("language", Config(cell="gru", dropout=0.5))
    assert described.config_as(Config, WHERE) == Config(cell="gru", dropout=0.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hiden_size": 3}, "got 'hiden_size'. Did you mean 'hidden_size'"),
        ({"hidden_size": "3"}, r"`config\.hidden_size` must be a whole number, got '3'"),
        ({"hidden_size": True}, r"`config\.hidden_size` must be a whole number, got True"),
        ({"tie_weights": 1}, r"`config\.tie_weights` must be a true or false, got 1"),
        ({"cell": "ltsm"}, "cannot be used. Config: `cell` must be one of"),
        ({"dropout": 2}, "cannot be used. Config: `dropout` must be"),
    ],
)
def test_a_config_that_cannot_be_used_is_refused(changes: dict[str, Any], said: str) -> None:
    good = Description.of("language", Config())
    bad = Description(task="language", config={**good.config, **changes})
    with pytest.raises(CheckpointError, match=said):
        bad.config_as(Config, WHERE)


def test_a_run_from_before_an_option_was_added_is_read() -> None:
    now = Description.of("language", LanguageConfig(hidden_size=7))
    older = {name: value for name, value in now.config.items() if name not in ADDED_OPTIONS}
    assert older != now.config
    then = Description(task="language", config=older)
    assert then.config_as(LanguageConfig, WHERE) == LanguageConfig(hidden_size=7)
    assert compare(now, then) == []


@pytest.mark.parametrize("kind", FIRST_OPTIONS)
def test_runs_from_before_an_option_know_its_value(kind: type[LanguageConfig]) -> None:
    named = {field.name for field in fields(kind)}
    assert named - set(FIRST_OPTIONS[kind].split()) <= set(ADDED_OPTIONS)


def test_a_config_with_a_gap_is_refused() -> None:
    with pytest.raises(CheckpointError, match="`config` must say 'cell', which is missing"):
        Description(task="language", config={}).config_as(Config, WHERE)
