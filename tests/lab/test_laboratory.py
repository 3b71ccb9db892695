import threading

import pytest
from tests.lab.models import random_classifier, random_model

from elman.lab import starters
from elman.lab.laboratory import Laboratory
from elman.runs import Description, Run


def learners():
    names = {thread.name for thread in threading.enumerate()}
    return names & {"elman-lab-waking", "elman-starters"}


def test_closing_waits_for_all_that_still_runs_in_torch(tmp_path):
    lab = Laboratory(None, tmp_path / "runs")
    lab.open()
    assert learners()
    lab.close()
    assert not learners()


def test_a_lab_that_was_closed_does_not_wake(tmp_path):
    lab = Laboratory(None, tmp_path / "runs")
    lab.close()
    lab.open()
    lab.close()
    assert not lab.awake.is_set()
    assert not learners()


def test_beside_a_run_of_another_task_small_networks_learn_when_they_are_asked_to(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(starters, "SENTENCES", 500)
    trained = random_classifier()
    now = Description.of("classification", trained.config, command="", data={})
    with Run.begin(tmp_path / "signs", now) as run:
        trained.save(run)
    lab = Laboratory(tmp_path / "signs", tmp_path / "runs")
    lab.wake()
    (shown,) = lab.shelf.all()
    assert (shown.name, shown.described()["said"]) == ("signs", "a classifier")
    assert not learners()
    for _ in range(2):
        lab.begin_starters()
    assert [each.described()["task"] for each in lab.shelf.all()] == ["classification"] + [
        "language"
    ] * 3
    lab.close()
    assert not learners()


@pytest.mark.parametrize(
    ("scores", "said"),
    [([{"name": "perplexity", "value": 4.2}], 4.2), ([{"name": "accuracy"}], None), (7, None)],
)
def test_a_run_comes_with_the_perplexity_that_it_was_scored_with(tmp_path, scores, said):
    trained = random_model("gru")
    now = Description.of("language", trained.config, command="", data={})
    with Run.begin(tmp_path / "run", now) as run:
        trained.save(run)
        run.write_json("scores.json", {"scores": scores})
    lab = Laboratory(tmp_path / "run", tmp_path / "runs")
    lab.wake()
    (shown,) = lab.shelf.all()
    lab.close()
    assert shown.described()["perplexity"] == said


def test_a_run_of_a_task_that_it_cannot_show_is_named(tmp_path):
    now = Description.of("taging", random_classifier().config, command="", data={})
    with Run.begin(tmp_path / "run", now):
        pass
    failures = []
    lab = Laboratory(tmp_path / "run", tmp_path / "runs", failures.append)
    lab.wake()
    lab.close()
    assert "`task` must be one of" in str(failures[0])
    assert "Did you mean 'tagging'?" in str(failures[0])
