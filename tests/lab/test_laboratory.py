import threading

from elman.lab.laboratory import Laboratory


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
