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


def test_of_several_baselines_the_strongest_stands_first() -> None:
    found = {"most frequent tag": 90.2, "HMM": 96.0, "CRF": 95.5}
    higher = Score.beside("accuracy", 97.3, found, unit="%", better="higher")
    assert list(higher.baselines.items()) == [
        ("HMM", 96.0),
        ("CRF", 95.5),
        ("most frequent tag", 90.2),
    ]
    assert higher.to_json()["others"] == {"CRF": 95.5, "most frequent tag": 90.2}
    scores = Scores("tagging", (higher,))
    assert Scores.from_json(json.loads(json.dumps(scores.to_json()))) == scores
    assert Score.beside("error", 2.7, found, better="lower").baseline_name == "most frequent tag"
    alone = Score.beside("accuracy", 97.3, {}, better="higher")
    assert alone.baseline is None and alone.baselines == {}
