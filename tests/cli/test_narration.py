"""The lines that the records of a training are worth."""

from typing import Any

import pytest

from elman.cli.classification_narration import ClassificationNarrator
from elman.cli.language_narration import LanguageNarrator
from elman.cli.narration import Narrator
from elman.cli.tagging_narration import TaggingNarrator
from elman.tasks.classification.config import ClassificationConfig
from elman.tasks.language.config import LanguageConfig
from elman.tasks.tagging.config import TaggingConfig

DATA = {
    "event": "data",
    "example": "I love",
    "tokens": 12345,
    "validation_tokens": 678,
    "validation": "the last tenth",
    "vocabulary": 90,
    "unknown": 0.012,
}
START = {"event": "start", "parameters": 12345, "epochs": 2, "steps_per_epoch": 1000}
EPOCH = {
    "event": "epoch",
    "epoch": 1,
    "loss": 4.5,
    "validation": 98.21,
    "gradient_norm": 0.25,
    "items_per_s": 12345.0,
    "training_s": 65.0,
    "best": False,
}
SCORES = {"value": 98.2, "baseline": 141.2, "baseline_name": "5-gram"}


@pytest.fixture
def narrator() -> Narrator:
    return LanguageNarrator(LanguageConfig(layers=2), "runs/mine", "corpus.txt")


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (DATA, "12,345 words to learn from, 678 to validate on (the last tenth)"),
        (DATA, "vocabulary  90 words; 1.2 % of the text is unknown"),
        ({"event": "baseline", "name": "5-gram", "perplexity": 141.2}, "5-gram: perplexity 141.20"),
        (EPOCH, "1 min 5 s   no gain"),
        ({"event": "stop", "reason": "no improvement", "best_epoch": 3}, "the weights of epoch 3"),
        ({"event": "stop", "reason": "paused", "best_epoch": 0}, "Paused."),
        ({**EPOCH, "validation": float("nan")}, "4.500  not finite      0.25"),
        (START, "lstm, 2 × 256 units, 12,345 parameters"),
        ({**START, "resumed": True, "epoch": 2, "step": 1500}, "at epoch 2, step 1,500"),
        ({**START, "resumed": True, "epoch": 2, "step": 2000}, "This run is finished"),
    ],
)
def test_a_record_is_told(narrator: Narrator, record: dict[str, Any], line: str) -> None:
    assert line in "\n".join(narrator.lines(record))


def test_members_are_counted_where_they_are_several() -> None:
    for members, said in (1, "16 units, 12,345 parameters"), (3, "16 units, 3 members, 12,345 "):
        config = ClassificationConfig(hidden_size=16, members=members)
        first, *_ = ClassificationNarrator(config, "runs/cats", "cats.csv").lines(START)
        assert said in first


def test_an_end_with_nothing_to_keep_is_left_to_the_error(narrator: Narrator) -> None:
    for reason in ("all epochs", "no improvement"):
        assert narrator.lines({"event": "stop", "reason": reason, "best_epoch": 0}) == []


def test_a_finished_run_is_not_going_on(narrator: Narrator) -> None:
    lines = narrator.lines({**START, "resumed": True, "epoch": 2, "step": 2000})
    assert not any("going on" in line for line in lines)


@pytest.mark.parametrize(
    ("baseline", "beside"), [(141.2, " (5-gram: 141.20)."), (None, "read in one go.")]
)
def test_scores_end_with_commands_that_quote_the_example(
    narrator: Narrator, baseline: float | None, beside: str
) -> None:
    narrator.lines(DATA)
    lines = narrator.lines({"event": "scores", "scores": [{**SCORES, "baseline": baseline}]})
    assert lines[0].startswith("Perplexity 98.20 on the validation text")
    assert lines[0].endswith(beside)
    assert "  elman next runs/mine 'I love'" in lines


@pytest.mark.parametrize("seen", [True, False])
def test_a_text_that_was_learned_from_is_called_so(seen: bool) -> None:
    narrator = LanguageNarrator(LanguageConfig(), "runs/mine", "corpus.txt", seen=seen)
    last = narrator.lines({"event": "scores", "scores": [SCORES]})[-1]
    assert ("It learned from corpus.txt" in last) == seen


def test_most_records_are_worth_no_line(narrator: Narrator) -> None:
    assert narrator.lines({"event": "step", "loss": 1.0}) == []


@pytest.mark.parametrize(("baseline", "advised"), [(60.0, True), (90.0, False), (None, False)])
def test_a_network_far_behind_the_n_gram_is_told_so(
    narrator: Narrator, baseline: float | None, advised: bool
) -> None:
    narrator.lines(DATA)
    lines = narrator.lines({"event": "scores", "scores": [{**SCORES, "baseline": baseline}]})
    assert advised == any("n-gram model is far ahead" in line for line in lines)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("feats.Number", "2 in FEATS.Number"),
        ("upos", "2 in UPOS"),
        ("3", "2 in column 3"),
        ("", "2"),
    ],
)
def test_a_tagger_says_where_its_tags_stand(column: str, said: str) -> None:
    record = {
        "tokens": 2,
        "sentences": 1,
        "validation_tokens": 1,
        "validation": "as given",
        "vocabulary": 2,
        "vectors": None,
        "tags": 2,
        "column": column,
        "entities": False,
        "unknown": 0.5,
    }
    text, tags, _ = TaggingNarrator(TaggingConfig(), "runs/cats", "cats.txt").data(record)
    assert (
        text == "text        2 words in 1 sentence to learn from, 1 word to validate on (as given)"
    )
    assert tags == f"tags        {said}"
