import json

import pytest

from elman.tasks.scores import Score, Scores

SCORES = Scores(
    "language",
    (
        Score(
            name="perplexity",
            value=98.2,
            better="lower",
            baseline=141.2,
            baseline_name="5-gram modified Kneser–Ney",
        ),
        Score(name="bits per token", value=6.6, unit="bits", better="lower"),
    ),
)


def test_json_is_what_the_command_line_promises() -> None:
    assert json.dumps(SCORES.to_json(), ensure_ascii=False) == (
        '{"task": "language", "scores": [{"name": "perplexity", "value": 98.2, "unit": "", '
        '"better": "lower", "baseline": 141.2, "baseline_name": "5-gram modified Kneser–Ney"}, '
        '{"name": "bits per token", "value": 6.6, "unit": "bits", "better": "lower", '
        '"baseline": null, "baseline_name": null}]}'
    )


def test_json_returns() -> None:
    assert Scores.from_json(json.loads(json.dumps(SCORES.to_json()))) == SCORES


def test_scores_are_found_by_name() -> None:
    assert SCORES["bits per token"].value == 6.6
    with pytest.raises(KeyError, match="no score named 'bits'"):
        SCORES["bits"]
